// The traces of a list gathered by what they have in common.
import { expectAccessible } from '../fixtures/axe';
import { expect, open, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';

test('a list is grouped, and a group leads to its traces', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { filter: "status != 'IN_PROGRESS'" });
  await page.locator('summary').filter({ hasText: 'Group by' }).click();
  await page.getByRole('link', { name: 'Model', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Traces by model');
  await expect(page.getByText("status != 'IN_PROGRESS'")).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'list-groups');
  const first = page.getByRole('row').nth(1);
  const count = Number(await first.getByRole('cell').nth(1).innerText());
  const name = await first.getByRole('link').innerText();
  await first.getByRole('link').click();
  await expect(list.filter).toHaveValue(`status != 'IN_PROGRESS' AND trace.model = '${name}'`);
  await expect(list.rows).toHaveCount(count);
});

test('groups are ordered, and tags gather too', async ({ page, facts }) => {
  await open(page, `/experiments/${facts.demo.id}/groups?by=state`);
  await page.getByRole('navigation', { name: 'Group by' }).getByRole('link', { name: 'domain' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Traces by domain');
  await page.getByRole('columnheader', { name: 'Failed' }).getByRole('link').click();
  await expect(page.getByRole('columnheader', { name: 'Failed' })).toHaveAttribute('aria-sort', 'descending');
  await expect(page.getByRole('row')).not.toHaveCount(1);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('groups are a page with links', async ({ page, facts }) => {
    await page.goto(TraceListPage.path(facts.demo));
    await page.getByRole('link', { name: 'Groups', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Traces by name');
    await page.getByRole('row').nth(1).getByRole('link').click();
    await expect(page).toHaveURL(/filter=name%20%3D/);
  });
});
