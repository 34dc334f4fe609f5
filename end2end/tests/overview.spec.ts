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

test('errors and tools come after the rest', async ({ page, facts }) => {
  await open(page, `/experiments/${facts.support.id}/overview`);
  const errors = page.getByRole('group', { name: 'Errors' });
  await errors.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/traces\/tr-/);
  await page.goBack();
  await expect(page.getByRole('link', { name: 'All failed traces' })).toBeVisible();
});

test.describe('a part that fails', () => {
  test.use({ allowedComplaints: [/status 500|500 \(/] });

  test('says so by itself and can be tried again', async ({ page, facts }) => {
    let asked = 0;
    await page.route('**/ui-api/tools?*', (route) => (asked++ === 0 ? route.fulfill({ status: 500, body: '' }) : route.continue()));
    await open(page, `/experiments/${facts.demo.id}/overview`);
    const problem = page.getByRole('alert');
    await expect(problem).toBeVisible();
    await expect(page.getByRole('img', { name: /^Traces over time/ })).toBeVisible();
    await expectAccessible(page);
    await problem.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('group', { name: 'Tools' }).getByRole('link').first()).toBeVisible();
    await expect(problem).toBeHidden();
  });
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

  test('a link shows the part that takes longer', async ({ page, facts }) => {
    await page.goto(`/experiments/${facts.demo.id}/overview`);
    await page.getByRole('link', { name: 'Show' }).last().click();
    await expect(page).toHaveURL(/part=tools/);
    await expect(page.getByRole('group', { name: 'Tools' }).getByRole('link').first()).toBeVisible();
  });
});
