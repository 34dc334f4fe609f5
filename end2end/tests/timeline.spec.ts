// The timeline as an instrument: the map of the trace, windows of time, spans left aside, the place in the address, running traces.
import { expect, open, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

test('dragging over the map zooms, the window is in the address, and a link leads back to it', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  const map = page.locator('.minimap');
  const box = (await map.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.25, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 8, { steps: 4 });
  await page.mouse.up();
  await expect(page.locator('.minimap__window')).toBeVisible();
  await expect(page).toHaveURL(/z=\d+-\d+/);
  const ticks = await page.locator('.timeline__tick').allTextContents();
  await page.reload();
  await trace.tree();
  await expect(page.locator('.minimap__window')).toBeVisible();
  await expect.poll(() => page.locator('.timeline__tick').allTextContents()).toEqual(ticks);
  await trace.button('Whole trace (0)').click();
  await expect(page).not.toHaveURL(/z=/);
});

test('dragging over the axis zooms further', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  const box = (await page.locator('.timeline__axis').boundingBox())!;
  const label = page.locator('.timeline__tick').last();
  const before = await label.textContent();
  await page.mouse.move(box.x + box.width * 0.1, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.2, box.y + 10, { steps: 4 });
  await page.mouse.up();
  await expect(label).not.toHaveText(before!);
});

test('a branch alone is in the address', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await trace.row('retrieve_policy').getByRole('link').click();
  await page.keyboard.press('z');
  await expect(page).toHaveURL(/root=0000000000000004/);
  await page.reload();
  await trace.tree();
  await expect(trace.rows).toHaveCount(3);
  await page.keyboard.press('z');
  await expect(trace.rows).toHaveCount(11);
});

test('kinds and short spans are left aside, and the way back is said', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await trace.filter();
  await page.getByLabel('Show only').selectOption('retriever');
  await expect(trace.rows).toHaveCount(2);
  await expect(trace.row('retrieve_policy')).toBeVisible();
  await page.getByRole('button', { name: /spans aside/ }).click();
  await expect(trace.rows).toHaveCount(11);
  await trace.button('Hide < 1 %').click();
  // check_input took 84 ms of 8.4 s.
  await expect(trace.row('check_input')).toHaveCount(0);
  // The way to an error leads out of what is left aside.
  await page.keyboard.press('e');
  await expect(trace.selected).toBeVisible();
});

test('two presses of Shift J lead two traces on', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await list.row('paged 249').getByRole('link', { name: 'paged 249', exact: true }).click();
  const trace = new TracePage(page);
  await trace.tree();
  await page.keyboard.press('Shift+J');
  await page.keyboard.press('Shift+J');
  await expect(trace.heading).toHaveText('paged 247');
  await page.keyboard.press('Shift+K');
  await page.keyboard.press('Shift+K');
  await expect(trace.heading).toHaveText('paged 249');
});

test('a trace in progress is followed until it has ended', async ({ page, facts, server }) => {
  const traceId = 'tr-0000000000000000000000000000bead';
  const post = (path: string, data: object, headers = {}) => page.request.post(`${server.url}${path}`, { data, headers });
  const location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: facts.large.id } };
  const info = (state: string) => ({
    trace: { trace_info: { trace_id: traceId, trace_location: location, request_time: new Date().toISOString(), state } },
  });
  const span = (id: number, name: string, parent?: number) => ({
    traceId: traceId.slice(3),
    spanId: id.toString(16).padStart(16, '0'),
    ...(parent && { parentSpanId: parent.toString(16).padStart(16, '0') }),
    name,
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 50}000000`,
  });
  const send = (...spans: object[]) =>
    post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] }, { 'x-mlflow-experiment-id': facts.large.id });
  expect((await post('/api/3.0/mlflow/traces', info('IN_PROGRESS'))).ok()).toBe(true);
  expect((await send(span(2, 'first step', 1))).ok()).toBe(true);
  const trace = new TracePage(page);
  await trace.open(traceId);
  await expect(page.getByText('so far')).toBeVisible();
  // With a row for the root, which comes last.
  await expect(trace.rows).toHaveCount(2);
  expect((await send(span(3, 'second step', 1))).ok()).toBe(true);
  await expect(trace.row('second step')).toBeVisible();
  expect((await send(span(1, 'whole'))).ok()).toBe(true);
  expect((await post('/api/3.0/mlflow/traces', info('OK'))).ok()).toBe(true);
  await expect(trace.rows).toHaveCount(3);
  await expect(page.getByText('so far')).toHaveCount(0);
});

test('copies, files and expectations are at hand', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.labelled!);
  await trace.more();
  await expect(page.getByRole('link', { name: 'Download JSON' })).toHaveAttribute('href', /traces\/get\?trace_id=tr-/);
  await expect(page.getByRole('button', { name: 'Copy as Python' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(trace.acts).not.toHaveAttribute('open');
  await trace.more();
  await trace.acts.locator('summary', { hasText: 'Expectation' }).click();
  await page.getByLabel('What should have come out').fill('a short answer');
  await trace.acts.getByRole('button', { name: 'Add', exact: true }).click();
  await trace.more();
  await trace.tab('Feedback').click();
  await expect(trace.span.getByText('expected_response')).toBeVisible();
  await expect(trace.span.getByText('a short answer')).toBeVisible();
});

test('attributes are found by key and value', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await open(page, `${TracePage.path(facts.traces.story!)}?span=0000000000000003&tab=attributes`);
  await expect(trace.span.getByText('mlflow.llm.model')).toBeVisible();
  const alike = trace.span.getByRole('link', { name: 'Traces with this value of mlflow.llm.model' });
  await alike.click();
  await expect(page).toHaveURL(/filter=span\.attributes\.mlflow\.llm\.model/);
  await expect(page.locator('.trace-table__row').first()).toBeVisible();
});
