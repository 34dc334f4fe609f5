// The tree of a trace and its timing chart, by pointer and by keys.
import { expect, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

test('a row of the list opens its trace', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await list.row('refund_agent').getByRole('link', { name: 'refund_agent', exact: true }).click();
  await expect(page).toHaveURL(TracePage.path(facts.traces.failed!));
  await expect(new TracePage(page).heading).toHaveText('refund_agent');
});

test('spans stand below the span that called them', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await expect(trace.rows).toHaveCount(4);
  const levels = { refund_agent: 1, plan: 2, look_up_order: 2, query_database: 3 };
  for (const [name, level] of Object.entries(levels)) {
    await expect(trace.row(name)).toHaveAttribute('aria-level', String(level));
  }
  await expect(trace.grid).toHaveAttribute('aria-rowcount', '4');
});

test('bars show when spans ran and for how long', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.large!);
  const box = async (name: string) => (await trace.bar(trace.row(name)).boundingBox())!;
  await expect(trace.row('step 0')).toBeVisible();
  const whole = await box('large root');
  const first = await box('step 0');
  expect(first.x).toBeCloseTo(whole.x, 0);
  expect(first.width / whole.width).toBeCloseTo(1 / 200, 2);
});

test('arrows move, Home and End go to the ends', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await trace.grid.focus();
  await page.keyboard.press('Home');
  await expect(trace.selected).toContainText('refund_agent');
  await page.keyboard.press('ArrowDown');
  await expect(trace.selected).toContainText('plan');
  await expect(trace.spanName).toHaveText('plan');
  await page.keyboard.press('End');
  await expect(trace.selected).toContainText('query_database');
  await page.keyboard.press('ArrowUp');
  await expect(trace.selected).toContainText('look_up_order');
  await expect(trace.spanName).toHaveText('look_up_order');
});

test('the grid names the marked row to assistive technology', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await trace.grid.focus();
  await page.keyboard.press('Home');
  await expect(trace.selected).toContainText('refund_agent');
  const id = await trace.selected.getAttribute('id');
  await expect(trace.grid).toHaveAttribute('aria-activedescendant', id!);
});

test('sideways arrows fold and unfold', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await trace.grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(trace.rows).toHaveCount(1);
  await expect(trace.row('refund_agent')).toHaveAttribute('aria-expanded', 'false');
  await expect(trace.row('refund_agent')).toContainText('3 spans · 2 errors');
  await page.keyboard.press('ArrowRight');
  await expect(trace.rows).toHaveCount(4);
  await expect(trace.row('refund_agent')).toHaveAttribute('aria-expanded', 'true');
});

test('e goes to the next error, also into what is folded', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await trace.grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(trace.rows).toHaveCount(1);
  await page.keyboard.press('e');
  await expect(trace.selected).toContainText('look_up_order');
  await page.keyboard.press('e');
  await expect(trace.selected).toContainText('query_database');
  await page.keyboard.press('Shift+E');
  await expect(trace.selected).toContainText('look_up_order');
});

test('a press on a row opens its span and writes it into the address', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await trace.row('plan').getByRole('link').click();
  await expect(trace.spanName).toHaveText('plan');
  await expect(page).toHaveURL(/span=[0-9a-f]{16}/);
  await page.reload();
  await expect(trace.spanName).toHaveText('plan');
  await expect(trace.selected).toContainText('plan');
});

test('a press on the fold mark folds', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await trace.row('look_up_order').locator('.timeline-row__fold').click();
  await expect(trace.rows).toHaveCount(3);
});

test('zooming changes the bars and 0 shows the whole again', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.large!);
  await trace.grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await expect(trace.selected).toContainText('step 0');
  const bar = trace.bar(trace.row('step 0'));
  const width = async () => (await bar.boundingBox())?.width ?? 0;
  const before = await width();
  await page.keyboard.press('f');
  await expect.poll(width).toBeGreaterThan(before * 50);
  await page.keyboard.press('0');
  await expect.poll(width).toBeCloseTo(before, 0);
});

test('Enter goes on to the opened span', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await trace.grid.focus();
  await page.keyboard.press('Enter');
  await expect(trace.span).toBeFocused();
});
