// The time range of a list: two moments in the reader's zone, earlier, later, wider, links with absolute times.
import { expect, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';

test.use({ timezoneId: 'Asia/Tokyo', permissions: ['clipboard-read', 'clipboard-write'] });

test('two moments are given in the reader’s zone', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await page.getByLabel('From and to').click();
  await expect(page.getByText('In your time zone.')).toBeVisible();
  await page.getByLabel('From', { exact: true }).fill('2026-01-02T09:00');
  await page.getByLabel('To', { exact: true }).fill('2026-01-01T09:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('“From” must lie before “To”.')).toBeVisible();
  await page.getByLabel('To', { exact: true }).fill('2026-01-03T09:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/from=2026-01-02T00%3A00%3A00.000Z&to=2026-01-03T00%3A00%3A00.000Z/);
  await expect(list.range.locator('option:checked')).toHaveText('2 Jan 09:00 to 3 Jan 09:00');
});

test('comma and full stop walk through time, and zooming out doubles it', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { from: '-24h' });
  await expect(page.getByRole('link', { name: 'Later (.)' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Earlier (,)' }).click();
  await expect(page).toHaveURL(/from=-2d&to=-24h/);
  await page.keyboard.press(',');
  await expect(page).toHaveURL(/from=-3d&to=-2d/);
  await page.keyboard.press('.');
  await expect(page).toHaveURL(/from=-2d&to=-24h/);
  await page.keyboard.press('.');
  await expect(page).toHaveURL(/from=-24h$/);
  await page.getByRole('link', { name: 'Zoom out' }).click();
  await expect(page).toHaveURL(/from=-2d$/);
});

test('a usual range takes the place of two moments', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { from: '2026-01-02T00:00:00Z', to: '2026-01-03T00:00:00Z' });
  await list.range.selectOption('Last 24 hours');
  await expect(page).toHaveURL(/from=-24h$/);
});

test('links are copied with absolute times or with relative ones', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { from: '-24h', filter: "status = 'OK'" });
  const copied = async (name: string): Promise<string> => {
    await page.getByRole('button', { name: `Copy ${name}` }).click();
    await expect(page.getByRole('button', { name: `Copy ${name}` }).getByRole('status')).toHaveText('Copied');
    return page.evaluate(() => navigator.clipboard.readText());
  };
  await list.copyMenu.click();
  expect(await copied('Link')).toMatch(/from=20\d\d-/);
  expect(await copied('Live link')).toMatch(/from=-24h/);
  expect(await copied('Python')).toContain(`filter_string="(status = 'OK') AND timestamp_ms >= `);
  expect(await copied('curl')).toContain('/api/3.0/mlflow/traces/search');
});
