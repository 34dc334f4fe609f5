// A list without traces says what leaves them out, and leads to where some are.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, test } from '../fixtures/data';
import { freshExperiment } from '../fixtures/fresh';
import { screenshots } from '../fixtures/screenshot';
import type { Experiment } from '../fixtures/seed';
import { TraceListPage } from '../pages/trace_list_page';

const filter = "name LIKE 'hidden %' AND execution_time_ms > 5000 AND status = 'OK'";

async function look(page: Page, experiment: Experiment): Promise<void> {
  const list = new TraceListPage(page);
  await page.goto(TraceListPage.path(experiment, { filter }));
  await expect(page.getByText('No trace matches.')).toBeVisible();
  await expect(page.getByText('The filter that excludes most is execution_time_ms > 5000: 4 would match without it.')).toBeVisible();
  await page.getByRole('link', { name: 'Without execution_time_ms > 5000 · 4' }).click();
  await expect(list.filter).toHaveValue("name LIKE 'hidden %' AND status = 'OK'");
  await expect(list.rows).toHaveCount(4);
}

async function lookAtRange(page: Page, experiment: Experiment): Promise<void> {
  const list = new TraceListPage(page);
  await page.goto(TraceListPage.path(experiment, { from: '-5m', filter: "name LIKE 'hidden %'" }));
  await page.getByRole('link', { name: /^Last trace was 20\d\d-.*: go there$/ }).click();
  await expect(page).toHaveURL(/from=20\d\d-[^&]*&to=20\d\d-/);
  await expect(list.rows).toHaveCount(4);
}

test('the condition that leaves out the most is named and can be left out', async ({ page, server }) => {
  const experiment = await freshExperiment(server, 'hidden', 4);
  await page.goto(TraceListPage.path(experiment, { filter }));
  await expect(page.getByText('No trace matches.')).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'list-empty');
  await look(page, experiment);
});

test('a range without traces leads to the last one', async ({ page, server }) => {
  const experiment = await freshExperiment(server, 'hidden', 4);
  await lookAtRange(page, experiment);
});

test('where no single condition is to blame, all can be left out', async ({ page, server }) => {
  const experiment = await freshExperiment(server, 'hidden', 4);
  const list = new TraceListPage(page);
  await page.goto(TraceListPage.path(experiment, { filter: "name = 'x' AND status = 'ERROR'" }));
  await expect(page.getByText('The filter that excludes most is')).toHaveCount(0);
  await page.getByRole('link', { name: 'Without the filter' }).click();
  await expect(list.rows).toHaveCount(4);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('the ways out are links', async ({ page, server }) => {
    const experiment = await freshExperiment(server, 'hidden', 4);
    await look(page, experiment);
    await lookAtRange(page, experiment);
  });
});
