// The overview: charts and tables whose parts lead to the traces behind them.
import { expectAccessible } from '../fixtures/axe';
import { expect, interactive, open, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';

test('figures of an experiment, and the way to the traces behind them', async ({ page, facts }) => {
  await open(page, TraceListPage.path(facts.demo));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Overview' }).click();
  await expect(page).toHaveURL(`/experiments/${facts.demo.id}/overview`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await expect(page.getByRole('img', { name: /^Traces over time/ })).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'overview');
  const names = page.getByRole('group', { name: 'Name', exact: true });
  await names.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/traces\?filter=name/);
  await expect(new TraceListPage(page).rows.first()).toBeVisible();
});

test('keys reach the traces of a stretch of time by the table of a chart', async ({ page, facts }) => {
  await open(page, `/experiments/${facts.demo.id}/overview`);
  await interactive(page);
  const table = page.getByText('Table', { exact: true }).first();
  await table.focus();
  await page.keyboard.press('Enter');
  const link = page.getByRole('group', { name: 'Figures' }).first().getByRole('link').first();
  await expect(link).toBeVisible();
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/traces\?from=.*&to=/);
  await expect(new TraceListPage(page).rows.first()).toBeVisible();
});

test('a filter that nothing matches says so', async ({ page, facts }) => {
  await open(page, `/experiments/${facts.demo.id}/overview?filter=name%20%3D%20%27nowhere%27`);
  await expect(page.getByText('No trace matches.')).toBeVisible();
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('charts are drawn and lead to lists', async ({ page, facts }) => {
    await page.goto(`/experiments/${facts.demo.id}/overview`);
    await expect(page.getByRole('img', { name: /^Traces over time/ })).toBeVisible();
    await page.getByText('Table', { exact: true }).first().click();
    await page.getByRole('group', { name: 'Figures' }).first().getByRole('link').first().click();
    await expect(new TraceListPage(page).rows.first()).toBeVisible();
  });
});
