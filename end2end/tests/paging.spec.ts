// Long lists come in pages, forward by links and back by the browser.
import { expect, test } from '../fixtures/data';
import { pagedTraceCount } from '../fixtures/odd_traces';
import { TraceListPage } from '../pages/trace_list_page';

test('older traces follow page by page, and the first page is one link away', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await expect(list.summary).toContainText(`${pagedTraceCount} traces`);
  await expect(list.row('paged 249')).toBeVisible();
  await expect(list.rows).toHaveCount(100);
  await list.nextPage.click();
  await expect(list.row('paged 149')).toBeVisible();
  await list.nextPage.click();
  await expect(list.row('paged 0')).toBeVisible();
  await expect(list.rows).toHaveCount(50);
  await expect(list.nextPage).toHaveCount(0);
  await list.previousPage.click();
  await expect(list.row('paged 149')).toBeVisible();
  await list.previousPage.click();
  await expect(list.row('paged 249')).toBeVisible();
  await expect(list.previousPage).toHaveCount(0);
  await list.nextPage.click();
  await expect(list.row('paged 149')).toBeVisible();
  await list.firstPage.click();
  await expect(list.row('paged 249')).toBeVisible();
});

test('a page is kept by its address and left by the back button', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await list.nextPage.click();
  await expect(list.row('paged 149')).toBeVisible();
  await page.reload();
  await expect(list.row('paged 149')).toBeVisible();
  await page.goBack();
  await expect(list.row('paged 249')).toBeVisible();
});

test('a new page begins at its top', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await list.nextPage.click();
  await expect(list.row('paged 149')).toBeInViewport();
});

test('rows are walked by keys', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await page.getByRole('link', { name: 'paged 249', exact: true }).focus();
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('k');
  await expect(page.getByRole('link', { name: 'paged 248', exact: true })).toBeFocused();
});
