// The opened span: why it failed, what went in and out, what it recorded.
import { expect, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

test('a failed trace opens at the span that failed, with its stack trace', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await expect(trace.selected).toContainText('query_database');
  await expect(trace.span.getByText('TimeoutError', { exact: true })).toBeVisible();
  await expect(trace.span.getByText('order A-1042 could not be read within 30 s').first()).toBeVisible();
  const stack = trace.span.getByText('Traceback (most recent call last)').first();
  await expect(stack).toBeInViewport();
  await expect(stack).toContainText('in query_database');
  await expect(stack).toContainText('ConnectionError: connection to 10.0.0.7 timed out');
});

test('the first line says in which span the trace failed and leads there', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await expect(trace.why).toContainText('Failed in query_database');
  await expect(trace.why).toContainText('2 other spans failed too');
  await trace.row('plan').getByRole('link').click();
  await expect(trace.spanName).toHaveText('plan');
  await trace.why.getByRole('link', { name: 'query_database' }).click();
  await expect(trace.spanName).toHaveText('query_database');
});

test('the exception is among the events of its span', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await trace.tab('Events').click();
  await expect(page).toHaveURL(/tab=events/);
  await expect(trace.span.getByRole('listitem').filter({ hasText: 'TimeoutError' })).toBeVisible();
});

test('a model call is shown as a conversation, its JSON a press away', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { session: 'b762699f-cf72-4a2f-b500-5bbe1258209c' });
  await list.row('llm_agent').getByRole('link', { name: 'llm_agent', exact: true }).click();
  const trace = new TracePage(page);
  await trace.tree();
  await trace.row('chat gpt-4.1').first().getByRole('link').click();
  await expect(trace.spanName).toHaveText('chat gpt-4.1');
  const speaker = (name: string) => trace.span.locator('.chat__speaker').filter({ hasText: new RegExp(`^${name}$`) });
  await expect(speaker('User').first()).toBeVisible();
  await expect(speaker('Assistant').first()).toBeVisible();
  await trace.span.getByRole('button', { name: 'JSON', exact: true }).first().click();
  await expect(trace.span.getByText('"messages": [').first()).toBeVisible();
});

test('attributes are listed', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { session: 'b762699f-cf72-4a2f-b500-5bbe1258209c' });
  await list.row('llm_agent').getByRole('link', { name: 'llm_agent', exact: true }).click();
  const trace = new TracePage(page);
  await trace.tree();
  await trace.tab('Attributes').click();
  await expect(trace.span.getByText('replay.timing')).toBeVisible();
});

test('an unknown span of a known trace is told, and the tree still stands', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!, '?span=ffffffffffffffff');
  await expect(trace.span.getByText('No span here yet.')).toBeVisible();
  await expect(trace.rows).toHaveCount(4);
});
