// A trace beside the list, narrowing by cells, and new traces as they come.
import { expectAccessible } from '../fixtures/axe';
import { expect, interactive, test } from '../fixtures/data';
import { addTraces, freshExperiment } from '../fixtures/fresh';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

test('Enter looks into a trace beside the list, and the list keeps its cursor', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]trace=tr-/);
  await expect(list.peek.getByRole('heading', { level: 2 }).first()).toBeVisible();
  await expect(list.peek.getByRole('treegrid')).toBeVisible();
  const first = page.url();
  await page.keyboard.press('j');
  await expect(page).not.toHaveURL(first);
  await expectAccessible(page);
  await screenshots(page, 'list-peek');
  const divider = page.getByRole('separator', { name: 'Width of the list' });
  await divider.focus();
  const before = Number(await divider.getAttribute('aria-valuenow'));
  await page.keyboard.press('ArrowRight');
  await expect(divider).toHaveAttribute('aria-valuenow', String(before + 2));
  await page.keyboard.press('Escape');
  await expect(list.peek).toHaveCount(0);
  await expect(page).not.toHaveURL(/trace=/);
});

test('an address with a trace opens it beside the list, remembering the width', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support, { trace: facts.traces.failed! });
  await expect(list.peek.getByText('in query_database').or(list.peek.getByText(/query_database/)).first()).toBeVisible();
  await list.peek.getByRole('link', { name: 'Open', exact: true }).click();
  await expect(new TracePage(page).heading).toBeVisible();
  await page.goBack();
  await interactive(page);
  await expect(list.peek).toBeVisible();
});

test('a cell narrows the list by keys and by its bar', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await list.row('refund_agent').getByRole('link', { name: 'refund_agent', exact: true }).focus();
  await page.keyboard.press('=');
  await expect(list.filter).toHaveValue("name = 'refund_agent'");
  await list.open(facts.support);
  await list.row('refund_agent').locator('[data-cell=name]').hover();
  await page.getByRole('button', { name: "Only name != 'refund_agent' (-)" }).click();
  await expect(list.filter).toHaveValue("name != 'refund_agent'");
  await expect(list.row('refund_agent')).toHaveCount(0);
});

test('new traces come while the list is at its top', async ({ page, server }) => {
  const list = new TraceListPage(page);
  const experiment = await freshExperiment(server, 'live', 130);
  await list.open(experiment);
  await page.keyboard.press('l');
  await expect(page.getByRole('button', { name: 'Live' })).toHaveAttribute('aria-pressed', 'true');
  await addTraces(server, experiment, 'live', 130, 2, Date.now() - 60_000);
  await expect(list.row('live 131')).toBeVisible({ timeout: 15_000 });
  await expect(list.place).toContainText('of 132');
  await list.scrollTo(1);
  await expect(list.row('live 0')).toBeVisible();
  await addTraces(server, experiment, 'live', 132, 3, Date.now() - 30_000);
  const waiting = page.getByRole('button', { name: '3 new' });
  await expect(waiting).toBeVisible({ timeout: 15_000 });
  await waiting.click();
  await expect(list.row('live 134')).toBeInViewport();
  await expect(list.place).toContainText('of 135');
  await expectAccessible(page);
});

test('the way to the next trace goes on past the rows that are kept', async ({ page, server }) => {
  const list = new TraceListPage(page);
  await list.open(await freshExperiment(server, 'walk', 110), { filter: "name != 'walk 5'" });
  await expect(list.place).toContainText('of 109');
  await page.keyboard.press('j');
  await page.keyboard.press('End');
  await expect(page.getByRole('link', { name: 'walk 0', exact: true })).toBeFocused();
  await page.keyboard.press('o');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('walk 0');
  await expect(page.getByRole('link', { name: '109 of 109' })).toBeVisible();
  for (const name of ['walk 1', 'walk 2', 'walk 3', 'walk 4', 'walk 6']) {
    await page.keyboard.press('Shift+K');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  }
});

test('a trace is rated beside the list, and its row shows it', async ({ page, server }) => {
  const list = new TraceListPage(page);
  await list.open(await freshExperiment(server, 'thumbs', 3), { cols: 'name,feedback' });
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await list.peek.getByRole('radio', { name: 'Thumb up' }).check({ force: true });
  await expect(list.peek.getByText('Saved', { exact: true })).toBeVisible();
  await expect(list.row('thumbs 2').locator('.trace-table__feedback .chip')).toHaveCount(1);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(list.row('thumbs 2').getByRole('link', { name: 'thumbs 2' })).toBeFocused();
});

test('Back leads to the rows that one left', async ({ page, server }) => {
  const list = new TraceListPage(page);
  await list.open(await freshExperiment(server, 'back', 240));
  await expect(list.place).toContainText('of 240');
  await list.scrollTo(0.5);
  await expect(list.row('back 120')).toBeInViewport();
  const before = await list.row('back 120').boundingBox();
  await list.row('back 120').getByRole('link', { name: 'back 120', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('back 120');
  await page.goBack();
  await expect(list.row('back 120')).toBeInViewport();
  await expect.poll(async () => Math.round((await list.row('back 120').boundingBox())?.y ?? 0)).toBe(Math.round(before!.y));
  await expect(list.row('back 120').getByRole('link', { name: 'back 120', exact: true })).toBeFocused();
  // Another question begins at its top.
  await list.search("name != 'back 3'");
  await expect(list.row('back 239')).toBeInViewport();
});
