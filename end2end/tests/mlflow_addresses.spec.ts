// Addresses of MLflow's own viewer, which SDKs print and notebooks keep, lead to our pages.
import { expect, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

test('the address of a trace', async ({ page, facts }) => {
  const traceId = facts.traces.failed!;
  await page.goto(`/#/experiments/${facts.support.id}/traces?selectedEvaluationId=${traceId}`);
  await expect(page).toHaveURL(TracePage.path(traceId));
  await expect(new TracePage(page).heading).toHaveText('refund_agent');
});

test("the address of an experiment's traces", async ({ page, facts }) => {
  await page.goto(`/#/experiments/${facts.demo.id}/traces`);
  await expect(page).toHaveURL(TraceListPage.path(facts.demo));
});

test('the address of an experiment', async ({ page, facts }) => {
  await page.goto(`/#/experiments/${facts.demo.id}`);
  await expect(page).toHaveURL(TraceListPage.path(facts.demo));
});

test('the address of a run', async ({ page, facts }) => {
  await page.goto(`/#/experiments/${facts.support.id}/runs/${facts.run}`);
  await expect(page).toHaveURL(`/runs/${facts.run}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('nightly');
});
