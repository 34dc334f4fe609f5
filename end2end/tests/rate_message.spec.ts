// Ratings of single messages of the conversation: the form at the message, what was said shown there and under Feedback, keys, the
// way without script.
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, interactive, open, test as base } from '../fixtures/data';
import { type Span, logTrace } from '../fixtures/otlp';
import { beyond } from '../fixtures/presentable';
import { readBack } from '../fixtures/read_back';
import { screenshots } from '../fixtures/screenshot';
import type { Server } from '../fixtures/server';
import { TracePage } from '../pages/trace_page';

interface Shared {
  /** A trace of this worker's own by name: an agent, two calls of a model, a tool. */
  asked: (name: string) => Promise<string>;
}

const test = base.extend<object, Shared>({
  asked: [
    async ({ seeded: { server } }, use) => {
      const reply = await fetch(`${server.url}/api/2.0/mlflow/experiments/create`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: `messages ${Date.now()}` }),
      });
      expect(reply.ok).toBe(true);
      const { experiment_id: id } = (await reply.json()) as { experiment_id: string };
      const experiment = { id, name: 'messages' };
      await use((name) => logTrace(server.url, experiment, `msg ${name}`, spans(), Date.now() - 60_000));
    },
    { scope: 'worker' },
  ],
});

const call = '0000000000000002';
const tool = '0000000000000003';

/** A model asks for a tool, gets its result and answers. */
function spans(): Span[] {
  const question = { role: 'user', content: 'What does the kettle cost?' };
  const asks = {
    role: 'assistant',
    content: 'I look it up.',
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find_price', arguments: '{"item":"kettle"}' } }],
  };
  const result = { role: 'tool', tool_call_id: 'c1', content: '49.90 EUR' };
  const answers = { role: 'assistant', content: 'The kettle costs **49.90 EUR**.' };
  const span = (type: string, name: string, inputs: unknown, outputs: unknown): Pick<Span, 'name' | 'attributes'> => ({
    name,
    attributes: {
      'mlflow.spanType': JSON.stringify(type),
      'mlflow.spanInputs': JSON.stringify(inputs),
      'mlflow.spanOutputs': JSON.stringify(outputs),
    },
  });
  const chat = (messages: object[], message: object) => span('CHAT_MODEL', 'chat', { messages }, { choices: [{ index: 0, message }] });
  return [
    { ...span('AGENT', 'shop_agent', { messages: [question] }, answers.content), id: 1, start: 0, end: 4_000 },
    { ...chat([question], asks), id: 2, parent: 1, start: 10, end: 1_000 },
    { ...span('TOOL', 'find_price', { item: 'kettle' }, '49.90 EUR'), id: 3, parent: 1, start: 1_100, end: 1_400 },
    { ...chat([question, asks, result], answers), id: 4, parent: 1, start: 1_500, end: 3_900 },
  ];
}

/** Feedback on a span as an application would log it. */
async function log(server: Server, traceId: string, spanId: string, name: string, value: unknown, source: object): Promise<void> {
  const assessment = { assessment_name: name, span_id: spanId, source, feedback: { value }, rationale: 'As the page of the shop says.' };
  const reply = await fetch(`${server.url}/api/3.0/mlflow/traces/${traceId}/assessments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ assessment: { trace_id: traceId, ...assessment } }),
  });
  expect(reply.ok, await reply.text()).toBe(true);
}

/** The conversation with what is needed to rate its messages. */
class Messages {
  readonly story: Locator;
  /** What the model said when it asked for the tool. */
  readonly asking: Locator;
  /** The last answer. */
  readonly answer: Locator;
  readonly card: Locator;
  readonly form: Locator;
  readonly state: Locator;

  constructor(readonly page: Page) {
    this.story = page.getByRole('region', { name: 'Conversation' });
    this.asking = this.story.locator('.chat__message').filter({ hasText: 'I look it up.' });
    this.answer = this.story.locator('.chat__message').filter({ hasText: 'The kettle costs' });
    this.card = this.story.locator('.chat__card').filter({ hasText: 'find_price' });
    this.form = page.getByRole('dialog', { name: /^Rate / });
    this.state = this.form.getByRole('status');
  }

  async open(traceId: string, more = ''): Promise<void> {
    await open(this.page, `${TracePage.path(traceId)}?view=chat${more}`);
    await expect(this.answer).toBeVisible();
  }

  /** The act at a message. */
  act(message: Locator): Locator {
    return message.getByRole('link', { name: 'Rate this message' });
  }

  /** What was said of a message. */
  said(message: Locator): Locator {
    return message.getByRole('list', { name: 'Feedback' });
  }

  /** Presses a choice as a pointer does. */
  async choose(name: string): Promise<void> {
    await this.form.getByRole('radio', { name }).locator('..').click();
  }
}

test('a message is rated where it stands, as feedback on its span', async ({ page, asked, server }) => {
  // Python takes its time.
  test.slow();
  const traceId = await asked('rated');
  const chat = new Messages(page);
  await chat.open(traceId);
  await expect(chat.form).toBeHidden();
  await expect(chat.said(chat.answer)).toHaveCount(0);
  await chat.act(chat.answer).click();
  await expect(chat.form).toBeVisible();
  await chat.choose('Thumb up');
  await expect(chat.state).toHaveText('Saved');
  // The message says so at once, and no other.
  await expect(chat.said(chat.answer)).toContainText('thumbs_up: yes');
  await expect(chat.story.getByRole('list', { name: 'Feedback' })).toHaveCount(1);
  await chat.choose('4 of 5');
  await expect(chat.said(chat.answer)).toContainText('user_rating: 4');
  await chat.form.getByLabel('Comment').fill('Right. <b>Where from?</b>');
  await chat.form.getByLabel('Your name').fill('ada');
  await chat.form.getByRole('button', { name: 'Save' }).click();
  await expect(chat.said(chat.answer)).toContainText('Right. <b>Where from?</b>');
  await expect(chat.said(chat.answer)).toContainText('ada');
  await expectAccessible(page);
  await screenshots(page, 'story-rate-form');
  await page.keyboard.press('Escape');
  await expect(chat.form).toBeHidden();

  const byAda = (await readBack(server, traceId)).assessments.filter(({ author }) => author === 'ada');
  const said = { source: 'HUMAN', author: 'ada', valid: true, rationale: 'Right. <b>Where from?</b>', span: '0000000000000004' };
  expect(byAda).toHaveLength(2);
  expect(byAda).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...said, name: 'thumbs_up', value: true }),
      expect.objectContaining({ ...said, name: 'user_rating', value: 4 }),
    ]),
  );

  await page.reload();
  await interactive(page);
  await expect(chat.said(chat.answer)).toContainText('user_rating: 4');
  await chat.act(chat.answer).click();
  await expect(chat.form.getByRole('radio', { name: 'Thumb up' })).toBeChecked();
  await expect(chat.form.getByRole('radio', { name: '4 of 5' })).toBeChecked();
  await expect(chat.form.getByLabel('Comment')).toHaveValue('Right. <b>Where from?</b>');
  // The form is another one for another message.
  await page.keyboard.press('Escape');
  await chat.act(chat.asking).click();
  await expect(chat.form.getByRole('radio', { name: 'Thumb up' })).not.toBeChecked();
  await expect(chat.form.getByLabel('Comment')).toHaveValue('');
  await expect(chat.state).toHaveText('');
});

test('messages and the tab Feedback say the same', async ({ page, asked, server }) => {
  const traceId = await asked('in step');
  await log(server, traceId, call, 'correctness', 'yes', { source_type: 'LLM_JUDGE', source_id: 'judge-4' });
  const chat = new Messages(page);
  const trace = new TracePage(page);
  await chat.open(traceId, `&span=${call}&tab=feedback`);
  await expect(chat.said(chat.asking)).toContainText('correctness: yes');
  await expect(chat.said(chat.asking)).toContainText('judge-4');
  await expect(chat.said(chat.asking)).toContainText('As the page of the shop says.');
  const own = trace.span.getByRole('region', { name: 'Rate this span' });
  await own.getByRole('radio', { name: 'Thumb down' }).locator('..').click();
  await expect(own.getByRole('status')).toHaveText('Saved');
  await expect(chat.said(chat.asking)).toContainText('thumbs_up: no');
  await chat.act(chat.asking).click();
  await expect(chat.form.getByRole('radio', { name: 'Thumb down' })).toBeChecked();
  await chat.choose('2 of 5');
  await expect(own.getByRole('radio', { name: '2 of 5' })).toBeChecked();
  await page.keyboard.press('Escape');
  await expectAccessible(page);
  await screenshots(page, 'story-rated');
  // What is removed there is gone here.
  await trace.span.getByRole('button', { name: 'Remove thumbs_up' }).click();
  await expect(chat.said(chat.asking)).not.toContainText('thumbs_up: no');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(chat.said(chat.asking)).toContainText('thumbs_up: no');
});

test('r rates the message with the focus, else the trace', async ({ page, asked }) => {
  const chat = new Messages(page);
  const trace = new TracePage(page);
  await chat.open(await asked('by keys'));
  await chat.story.focus();
  // Tab reaches the act; r does it from anywhere in the message.
  await chat.answer.getByRole('button', { name: 'Raw' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(chat.act(chat.answer)).toBeFocused();
  await page.keyboard.press('r');
  await expect(chat.form.getByRole('radio', { name: 'Thumb up' })).toBeFocused();
  await page.keyboard.press('Space');
  await expect(chat.state).toHaveText('Saved');
  await expect(chat.form.getByRole('radio', { name: 'Thumb up' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(chat.form).toBeHidden();
  await expect(chat.act(chat.answer)).toBeFocused();

  await chat.card.getByRole('link', { name: 'find_price' }).focus();
  await page.keyboard.press('r');
  await expect(chat.form).toHaveAccessibleName('Rate this tool call');
  await page.keyboard.press('Escape');

  await chat.story.focus();
  await page.keyboard.press('r');
  await expect(chat.form).toBeHidden();
  await expect(trace.rating.thumb('up')).toBeFocused();
  await page.keyboard.press('Space');
  await expect(trace.rating.state).toHaveText('Saved');
});

test.describe('when saving fails', () => {
  test.use({ allowedComplaints: [/500/] });

  test('that is said, and tried again', async ({ page, asked }) => {
    const chat = new Messages(page);
    await chat.open(await asked('failing'));
    let isBroken = true;
    await page.route('**/ui-api/rate_trace', (route) => (isBroken ? route.fulfill({ status: 500, body: 'broken' }) : route.continue()));
    await chat.act(chat.answer).click();
    await chat.choose('3 of 5');
    await expect(chat.state).toContainText('Not saved');
    await expect(chat.said(chat.answer)).toHaveCount(0);
    isBroken = false;
    await chat.form.getByRole('button', { name: 'Retry' }).click();
    await expect(chat.state).toHaveText('Saved');
    await expect(chat.said(chat.answer)).toContainText('user_rating: 3');
  });
});

test('a tool call and an agent are rated, too', async ({ page, asked }) => {
  const chat = new Messages(page);
  await chat.open(await asked('others'));
  await chat.card.getByRole('link', { name: 'Rate this tool call' }).click();
  await chat.choose('Thumb down');
  await expect(chat.card.getByRole('list', { name: 'Feedback' })).toContainText('thumbs_up: no');
  await page.keyboard.press('Escape');
  await chat.story.getByRole('link', { name: 'Rate this agent' }).click();
  await chat.choose('5 of 5');
  const agent = chat.story.locator('[data-what=agent]');
  await expect(agent.getByRole('list', { name: 'Feedback' })).toContainText('user_rating: 5');
});

/** Chooses a text of a message as a drag does, from its first letter to its last. */
async function choose(message: Locator, from: string, to: string): Promise<void> {
  await message.evaluate(
    (element, [from, to]) => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const text = node.textContent ?? '';
        if (text.includes(from!)) range.setStart(node, text.indexOf(from!));
        if (text.includes(to!)) range.setEnd(node, text.indexOf(to!) + to!.length);
      }
      const selection = getSelection()!;
      selection.removeAllRanges();
      selection.addRange(range);
    },
    [from, to],
  );
}

/** The words that are marked as having feedback. */
function marked(page: Page): Promise<string[]> {
  return page.evaluate(() => [...(CSS.highlights.get('pinned') ?? [])].map(String));
}

test('chosen words have feedback of their own', async ({ page, asked, server }) => {
  // Python takes its time.
  test.slow();
  const traceId = await asked('words');
  const chat = new Messages(page);
  const trace = new TracePage(page);
  const pin = page.getByRole('button', { name: 'Pin feedback to these words' });
  await chat.open(traceId, `&span=0000000000000004&tab=feedback`);
  await expect(pin).toBeHidden();
  await choose(chat.answer.locator('.markdown'), 'costs', '49.90 EUR');
  await expect(pin).toBeVisible();
  await screenshots(page, 'story-pin');
  await pin.click();
  await expect(chat.form).toHaveAccessibleName('Rate these words');
  await chat.choose('Thumb down');
  await expect(chat.state).toHaveText('Saved');
  await expect(chat.form.getByRole('radio', { name: 'Thumb down' })).toBeChecked();
  await chat.form.getByLabel('Comment').fill('Without tax.');
  await chat.form.getByRole('button', { name: 'Save' }).click();
  await expect(chat.said(chat.answer)).toContainText('costs 49.90 EUR');
  await expect(chat.said(chat.answer)).toContainText('Without tax.');
  await page.keyboard.press('Escape');
  await expect.poll(() => marked(page)).toEqual(['costs 49.90 EUR']);
  await expect(trace.span.getByRole('listitem').filter({ hasText: 'Without tax.' })).toContainText('costs 49.90 EUR');
  await expectAccessible(page);
  await screenshots(page, 'story-pinned');

  const { assessments } = await readBack(server, traceId);
  expect(assessments).toHaveLength(1);
  expect(assessments[0]).toMatchObject({
    name: 'thumbs_up',
    value: false,
    rationale: 'Without tax.',
    span: '0000000000000004',
    metadata: {
      'spanfall.pin.path': 'mlflow.spanOutputs/choices/0/message/content',
      'spanfall.pin.start': '11',
      'spanfall.pin.end': '28',
      'spanfall.pin.quote': 'costs 49.90 EUR',
    },
  });
  // The message as a whole has no rating by that.
  await chat.act(chat.answer).click();
  await expect(chat.form).toHaveAccessibleName('Rate this message');
  await expect(chat.form.getByRole('radio', { name: 'Thumb down' })).not.toBeChecked();
  await page.keyboard.press('Escape');
  // By key, with what was said of these words before.
  await choose(chat.answer.locator('.markdown'), 'costs', '49.90 EUR');
  await expect(pin).toBeVisible();
  await page.keyboard.press('n');
  await expect(chat.form).toHaveAccessibleName('Rate these words');
  await expect(chat.form.getByRole('radio', { name: 'Thumb down' })).toBeChecked();
  await page.keyboard.press('Escape');
  await page.reload();
  await interactive(page);
  await expect.poll(() => marked(page)).toEqual(['costs 49.90 EUR']);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('the act leads to the form under Feedback', async ({ page, asked }) => {
    const traceId = await asked('no script');
    const chat = new Messages(page);
    const trace = new TracePage(page);
    await page.goto(`${TracePage.path(traceId)}?view=chat`);
    await chat.card.getByRole('link', { name: 'Rate this tool call' }).click();
    await expect(page).toHaveURL(new RegExp(`span=${tool}&tab=feedback`));
    const own = trace.span.getByRole('region', { name: 'Rate this span' });
    await own.getByRole('radio', { name: 'Thumb up' }).locator('..').click();
    await own.getByRole('button', { name: 'Save rating' }).click();
    await expect(own.getByRole('radio', { name: 'Thumb up' })).toBeChecked();
    await expect(trace.span.getByRole('listitem').filter({ hasText: tool })).toContainText('thumbs_up');
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the form is a sheet at the bottom, and what is pressed is large', async ({ page, asked }) => {
    const chat = new Messages(page);
    await chat.open(await asked('phone'));
    const act = (await chat.act(chat.answer).boundingBox())!;
    expect(Math.min(act.width, act.height)).toBeGreaterThanOrEqual(44);
    await chat.act(chat.answer).tap();
    await expect(chat.form).toBeVisible();
    const form = (await chat.form.boundingBox())!;
    expect(form.x).toBe(0);
    expect(form.width).toBe(390);
    expect(Math.round(form.y + form.height)).toBe(844);
    const choice = (await chat.form.getByRole('radio', { name: '5 of 5' }).locator('..').boundingBox())!;
    expect(Math.min(choice.width, choice.height)).toBeGreaterThanOrEqual(44);
    expect(await beyond(page)).toBe(0);
    await chat.choose('5 of 5');
    await expect(chat.said(chat.answer)).toContainText('user_rating: 5');
  });
});
