// Finding the wrong step of a trace: why it failed, where the time went, search, loops, one branch alone, other layouts.
import { expectAccessible } from '../fixtures/axe';
import { expect, interactive, open, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

/** A recorded run with repeated steps and tool errors. */
const user = 'yara_garcia_1905';
/** Opens a trace at its last step instead of its error. */
const lastStep = '?span=0000000000000003';

test('the first lines say what failed and what the time went into', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await expect(trace.why).toContainText('Failed in POST /v1/refunds: PaymentTimeout: no answer within 3.5 s');
  await expect(trace.time).toContainText('model calls');
  await expect(trace.time).toContainText(/\d+ % steps/);
  await expect(trace.time).toContainText('Waited longest for: chat claude-sonnet-4-5 3.57 s in 2 calls');
  await trace.time.getByRole('link', { name: 'chat claude-sonnet-4-5' }).click();
  await expect(trace.spanName).toHaveText('chat claude-sonnet-4-5');
});

test('a phone shows the spans before tags, rating and acts', async ({ page, facts }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await expect(trace.rating.score(1)).toBeHidden();
  await expect(trace.rows.first()).toBeInViewport();
  await page.locator('.trace-header__fold summary').focus();
  await page.keyboard.press('Enter');
  await expect(trace.rating.score(1)).toBeVisible();
  await expectAccessible(page);
  await trace.more();
  await expect(page.getByRole('link', { name: 'Compare with…' })).toBeInViewport();
  await screenshots(page, 'trace-acts');
});

test('an exception without a status message still says why', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { user });
  await list.row('llm_agent').getByRole('link', { name: 'llm_agent', exact: true }).click();
  const trace = new TracePage(page);
  await expect(trace.why).toContainText('update_reservation_flights (call 1 of ');
  await expect(trace.why).toContainText('Gift card balance is not enough');
});

test('the critical path is drawn by m and undrawn', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await trace.grid.focus();
  await page.keyboard.press('m');
  await expect(trace.button('Critical path')).toHaveAttribute('aria-pressed', 'true');
  const path = (name: string) => trace.row(name).locator('.timeline-row__path');
  await expect(path('find_order')).toHaveCount(1);
  await expect(path('embed_query')).toHaveCount(1);
  await expect(trace.span.locator('.span-detail__facts')).toContainText('of the critical path');
  await page.keyboard.press('m');
  await expect(path('find_order')).toHaveCount(0);
});

test('the opened span says how long it took by itself', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await trace.row('retrieve_policy').getByRole('link').click();
  await expect(trace.span.locator('.span-detail__facts')).toContainText('self 86 ms');
});

test('a text is found in names, types, models and messages', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await page.keyboard.press('/');
  await expect(trace.find).toBeFocused();
  await trace.find.pressSequentially('REFUND');
  // The trace opens at the second of them.
  await expect(trace.found).toHaveText('2 of 2');
  await page.keyboard.press('Enter');
  await expect(trace.found).toHaveText('1 of 2');
  await expect(trace.selected).toContainText('refund_payment');
  await expect(trace.row('refund_payment')).toHaveAttribute('data-hit', 'true');
  await expect(trace.row('validate')).not.toHaveAttribute('data-hit', 'true');
  await trace.find.fill('nothing like it');
  await expect(trace.found).toHaveText('not found');
  await page.keyboard.press('Escape');
  await expect(trace.find).toHaveValue('');
});

test('z shows one span and what is below it, and the whole again', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await trace.row('refund_payment').getByRole('link').click();
  await expect(trace.selected).toContainText('refund_payment');
  await trace.grid.focus();
  await page.keyboard.press('z');
  await expect(trace.rows).toHaveCount(3);
  await expect(trace.row('refund_payment')).toHaveAttribute('aria-level', '1');
  await expectAccessible(page);
  await screenshots(page, 'trace-alone');
  await page.getByRole('button', { name: 'Whole trace', exact: true }).click();
  await expect(trace.rows).toHaveCount(11);
});

test('steps that repeat are one row until it is unfolded', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.loop!, lastStep);
  await expect(trace.rows).toHaveCount(4);
  const loop = trace.row('plan → run_sql');
  await expect(loop).toContainText('×5');
  await expect(loop).toContainText('1 error');
  await expect(loop.locator('.timeline-row__bar')).toHaveCount(5);
  await expectAccessible(page);
  await screenshots(page, 'trace-loop');
  await loop.locator('.timeline-row__fold').click();
  await expect(trace.rows).toHaveCount(13);
  await trace.filter();
  await trace.button('Fold repeats').click();
  await expect(trace.rows).toHaveCount(13);
  await trace.button('Fold repeats').click();
  await expect(trace.rows).toHaveCount(4);
});

test('an error within a loop is reached by e', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.loop!, lastStep);
  await expect(trace.rows).toHaveCount(4);
  await trace.grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('e');
  await expect(trace.selected).toContainText('run_sql');
  await expect(trace.spanName).toHaveText('run_sql');
});

test('the table by name sums up and leads to the longest', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await page.keyboard.press('v');
  await page.keyboard.press('b');
  await expect(page).toHaveURL(/view=table/);
  const line = trace.names.getByRole('row').filter({ hasText: 'chat claude-sonnet-4-5' });
  await expect(line).toContainText('3.57 s');
  await trace.names.getByRole('button', { name: 'Errors' }).click();
  await expect(trace.names.getByRole('columnheader', { name: 'Errors' })).toHaveAttribute('aria-sort', 'descending');
  await expectAccessible(page);
  await screenshots(page, 'trace-names');
  await page.reload();
  await interactive(page);
  await line.getByRole('button').click();
  await expect(trace.selected).toContainText('chat claude-sonnet-4-5');
  await expect(trace.spanName).toHaveText('chat claude-sonnet-4-5');
});

test('the flame graph shows where the time went and opens spans', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await open(page, `${TracePage.path(facts.traces.story!)}?view=flame`);
  const flame = page.getByRole('region', { name: 'Flame graph' });
  await flame.getByRole('button', { name: /^chat claude-sonnet-4-5 ×2: 3\.57 s/ }).click();
  await expect(trace.spanName).toHaveText('chat claude-sonnet-4-5');
  await expectAccessible(page);
  await screenshots(page, 'trace-flame');
  await flame.getByRole('button', { name: 'Tokens', exact: true }).click();
  await expect(page).toHaveURL(/by=tokens/);
  await expect(flame.getByText(/^[\d,]+ tokens\. Wider means more/)).toBeVisible();
  await page.reload();
  await expect(flame.getByRole('button', { name: 'Tokens', exact: true })).toHaveAttribute('aria-pressed', 'true');
});

test('the keys are listed by question mark', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'keys');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('Shift J and K walk the list that one came from', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await list.rows.nth(1).getByRole('link', { name: 'paged 248', exact: true }).click();
  const trace = new TracePage(page);
  await expect(page.getByRole('link', { name: '2 of 250' })).toBeVisible();
  await page.keyboard.press('Shift+J');
  await expect(trace.heading).toHaveText('paged 247');
  await expect(trace.spanName).toHaveText('paged 247');
  await page.keyboard.press('Shift+K');
  await expect(trace.heading).toHaveText('paged 248');
  await expect(trace.spanName).toHaveText('paged 248');
  await page.keyboard.press('Shift+K');
  await expect(trace.heading).toHaveText('paged 249');
  await page.getByRole('link', { name: '1 of 250' }).click();
  await expect(list.row('paged 249')).toBeVisible();
});
