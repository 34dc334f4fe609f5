// Runs: their list, the way from a trace to its run, and a run's traces.
import { expect, open, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

test('a trace leads to its run, and the run lists its traces', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await page.getByRole('link', { name: 'nightly' }).click();
  await expect(page).toHaveURL(`/runs/${facts.run}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('nightly');
  await expect(page.getByRole('heading', { name: 'Traces (1)' })).toBeVisible();
  const list = new TraceListPage(page);
  await list.row('refund_agent').getByRole('link', { name: 'refund_agent', exact: true }).click();
  await expect(page).toHaveURL(TracePage.path(facts.traces.failed!));
});

test('a run shows its metrics and parameters', async ({ page, facts }) => {
  await open(page, `/runs/${facts.run}`);
  await expect(page.getByText('mean_reward')).toBeVisible();
  await expect(page.getByText('0.75')).toBeVisible();
  await expect(page.getByText('temperature')).toBeVisible();
  await expect(page.getByText('claude-sonnet-4-5')).toBeVisible();
});

test('the runs of an experiment are listed with their traces counted', async ({ page, facts }) => {
  await open(page, TraceListPage.path(facts.demo));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Runs' }).click();
  await expect(page).toHaveURL(`/experiments/${facts.demo.id}/runs`);
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'gpt-4.1', exact: true }) });
  await expect(row.getByRole('cell', { name: '8', exact: true }).first()).toBeVisible();
  await row.getByRole('link', { name: 'gpt-4.1' }).click();
  await expect(page.getByRole('heading', { name: 'Traces (8)' })).toBeVisible();
  await expect(page.locator('.trace-table__row')).toHaveCount(8);
});
