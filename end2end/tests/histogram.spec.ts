// Volume and durations over a list: what they show, and narrowing the list by dragging, by keys, by the table.
import { expectAccessible } from '../fixtures/axe';
import { expect, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';

test('both histograms stand over the rows, with their figures in tables', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await expect(list.volume).toBeVisible();
  await expect(list.duration).toBeVisible();
  await expect(page.getByRole('img', { name: /^Volume over time: 20 traces/ })).toBeVisible();
  await page.getByText('Table', { exact: true }).first().click();
  await expect(page.getByRole('group', { name: 'Figures' }).first().getByRole('link').first()).toBeVisible();
  await expectAccessible(page);
  await page.getByText('Table', { exact: true }).first().click();
  await screenshots(page, 'list-histogram');
});

test('keys choose a part of the durations, widen it and narrow the list to it', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.duration.focus();
  await list.duration.press('End');
  await list.duration.press('ArrowLeft');
  const before = await list.duration.getAttribute('aria-valuetext');
  await list.duration.press('Shift+ArrowLeft');
  await expect(list.duration).not.toHaveAttribute('aria-valuetext', before!);
  await list.duration.press('Escape');
  await expect(list.duration).toHaveAttribute('aria-valuetext', 'nothing chosen');
  await list.duration.press('End');
  for (let step = 0; step < 40; step++) await list.duration.press('Shift+ArrowLeft');
  await expect(list.duration).toHaveAttribute('aria-valuetext', /20 traces/);
  await list.duration.press('Home');
  await list.duration.press('Enter');
  await expect(list.filter).toHaveValue(/execution_time_ms < 10/);
});

test('dragging over the volume chooses a time range, and back leads back', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  const place = (await list.volume.boundingBox())!;
  const y = place.y + place.height / 2;
  await page.mouse.move(place.x + place.width * 0.02, y);
  await page.mouse.down();
  await page.mouse.move(place.x + place.width * 0.5, y, { steps: 5 });
  await expect(list.volume).toHaveAttribute('aria-valuetext', /traces/);
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*&to=/);
  await expect(list.range.locator('option:checked')).toContainText(' to ');
  await page.goBack();
  await expect(page).not.toHaveURL(/from=/);
});

test('a histogram that cannot be had leaves the list alone and can be asked for again', async ({ page, facts }) => {
  let refuse = true;
  await page.route('**/ui-api/histogram*', (route) =>
    refuse ? route.fulfill({ status: 200, body: 'nonsense' }) : route.continue(),
  );
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await expect(page.getByText('The histograms are not available.')).toBeVisible();
  await expect(list.rows.first()).toBeVisible();
  refuse = false;
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(list.volume).toBeVisible();
});
