// A trace told as a conversation: who said what, tools with their results, and at each call of a model only what is new.
import { expectAccessible } from '../fixtures/axe';
import { expect, interactive, open, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

/** A recorded run with repeated steps and tool errors. */
const user = 'yara_garcia_1905';

test('a recorded run reads as a conversation', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { user });
  await list.row('llm_agent').getByRole('link', { name: 'llm_agent', exact: true }).click();
  const trace = new TracePage(page);
  await trace.tree();
  await page.keyboard.press('v');
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/view=chat/);
  await expect(trace.story.steps.first()).toBeVisible();
  // Each call names what is new, and nothing is told twice.
  await expect(trace.story.deltas.nth(1)).toHaveText(/^\+\d+ messages?, [\d,]+ → [\d,]+ tokens/);
  await expect(trace.story.card('get_reservation_details').first()).toContainText('gift_card');
  await expect(trace.story.region.locator('[data-role="system"]')).toHaveCount(1);
  await expectAccessible(page);
  await screenshots(page, 'trace-story-told');
});

test('full prompts are there for who wants them', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await open(page, `${TracePage.path(facts.traces.story!)}?view=chat`);
  const system = trace.story.region.locator('[data-role="system"]');
  await expect(system).toHaveCount(1);
  await page.keyboard.press('Shift+D');
  await expect(system).toHaveCount(2);
  await expect(trace.button('Full prompts')).toHaveAttribute('aria-pressed', 'true');
  await expect(trace.story.region.getByText('% of the prompt').first()).toBeVisible();
  await page.keyboard.press('Shift+D');
  await expect(system).toHaveCount(1);
});

test('documents, tools and failures have cards that open their spans', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await open(page, `${TracePage.path(facts.traces.story!)}?view=chat`);
  await expect(trace.story.region.getByText('Broken on arrival: full refund within 30 days.')).toBeVisible();
  await trace.story.region.getByRole('link', { name: 'find_order' }).first().click();
  await expect(trace.spanName).toHaveText('find_order');
  await expect(page).toHaveURL(/span=0000000000000008/);
  await expect(trace.story.region.getByText('PaymentTimeout: no answer within 3.5 s').first()).toBeVisible();
});

test('a trace without any of that says so', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await open(page, `${TracePage.path(facts.traces.orphans!)}?view=chat`);
  await expect(trace.story.region.getByText('Nothing was said in this trace.')).toBeVisible();
});

test('a trace of 20,000 spans is told a part at a time', async ({ page, facts }) => {
  await open(page, `${TracePage.path(facts.traces.large!)}?view=chat`);
  const trace = new TracePage(page);
  await expect(trace.story.region.getByText('Nothing was said in this trace.')).toBeVisible();
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('the conversation is read all the same', async ({ page, facts }) => {
    await page.goto(`${TracePage.path(facts.traces.story!)}?view=chat`);
    await expect(page.getByText('I will look up the rules and the order.').first()).toBeVisible();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the conversation is offered first', async ({ page, facts }) => {
    await page.goto(TracePage.path(facts.traces.story!));
    await interactive(page);
    const chat = await page.getByRole('button', { name: 'Conversation' }).boundingBox();
    const timeline = await page.getByRole('button', { name: 'Timeline', exact: true }).boundingBox();
    expect(chat!.x).toBeLessThan(timeline!.x);
  });
});
