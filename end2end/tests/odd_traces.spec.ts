// Traces that no well-behaved application sends are drawn whole, and say what is odd about them.
import { expect, open, test } from '../fixtures/data';
import { deepSpanCount } from '../fixtures/odd_traces';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

test('all of them are listed', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.odd);
  await expect(list.rows).toHaveCount(4);
});

test('spans whose parent never came', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.orphans!);
  for (const name of ['first orphan', 'second orphan']) {
    await expect(trace.row(name)).toContainText('missing parent');
    await expect(trace.bar(trace.row(name))).toBeVisible();
  }
});

test('spans that are their own ancestors', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.cycle!);
  await expect(trace.rows).toHaveCount(2);
  await expect(trace.grid).toContainText('cycle');
});

test('spans that end before they start, or start before their parent', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.backwards!);
  await expect(trace.row('ends too early')).toContainText('ends before it starts');
  await expect(trace.row('starts too early')).toContainText('starts before its parent');
});

test('a chain of 2,000 spans, down to its end', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.deep!);
  await trace.grid.focus();
  await page.keyboard.press('End');
  const last = trace.row(`level ${deepSpanCount - 1}`);
  await expect(last).toBeInViewport();
  await expect(last).toHaveAttribute('aria-level', String(deepSpanCount));
  await expect(trace.bar(last)).toBeInViewport();
  await expect(trace.spanName).toHaveText(`level ${deepSpanCount - 1}`);
});

test('a trace without spans yet', async ({ page, facts, server }) => {
  const traceId = 'tr-0000000000000000000000000000abcd';
  const location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: facts.odd.id } };
  const info = { trace_id: traceId, trace_location: location, request_time: '2026-01-02T03:04:05Z', state: 'IN_PROGRESS' };
  const reply = await page.request.post(`${server.url}/api/3.0/mlflow/traces`, { data: { trace: { trace_info: info } } });
  expect(reply.ok()).toBe(true);
  await open(page, TracePage.path(traceId));
  await expect(page.getByText('No span here yet.')).toBeVisible();
  await page.request.post(`${server.url}/api/3.0/mlflow/traces/delete-traces`, {
    data: { experiment_id: facts.odd.id, request_ids: [traceId] },
  });
});
