// Long lists: pages by links without script, and one list that scrolls with it.
import { expectAccessible } from '../fixtures/axe';
import { expect, test } from '../fixtures/data';
import { pagedTraceCount } from '../fixtures/odd_traces';
import { TraceListPage } from '../pages/trace_list_page';

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('older traces follow page by page, and the first page is one link away', async ({ page, facts }) => {
    const list = new TraceListPage(page);
    await page.goto(TraceListPage.path(facts.paged));
    await expect(list.summary).toContainText(`${pagedTraceCount} traces`);
    await expect(list.row('paged 249')).toBeVisible();
    await expect(list.rows).toHaveCount(100);
    await list.nextPage.click();
    await expect(list.row('paged 149')).toBeInViewport();
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
});

test('all traces stand in one list, of which the document holds what is seen', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await expect(list.table).toHaveAttribute('aria-rowcount', String(pagedTraceCount + 1));
  await expect(list.place).toContainText(`of ${pagedTraceCount}`);
  await expect(list.nextPage).toHaveCount(0);
  expect(await list.rows.count()).toBeLessThan(60);
  await list.scrollTo(0.5);
  await expect(list.row('paged 125')).toBeVisible();
  await list.scrollTo(1);
  await expect(list.row('paged 0')).toBeInViewport();
  await expect(list.place).toContainText(`–${pagedTraceCount} of ${pagedTraceCount}`);
  expect(await list.rows.count()).toBeLessThan(60);
  await expectAccessible(page);
});

test('in an order other than time pages are added while one scrolls', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged, { sort: '-duration' });
  await expect(async () => {
    await list.scrollTo(1);
    await expect(list.place).toContainText(`–${pagedTraceCount} of ${pagedTraceCount}`, { timeout: 500 });
  }).toPass();
});

test('an address of a page from a time without script opens at that page', async ({ page, facts, browser, baseURL }) => {
  const plain = await browser.newPage({ javaScriptEnabled: false, baseURL });
  await plain.goto(TraceListPage.path(facts.paged));
  const next = await new TraceListPage(plain).nextPage.getAttribute('href');
  await plain.close();
  const list = new TraceListPage(page);
  await page.goto(next!);
  await expect(list.row('paged 149')).toBeVisible();
  await list.firstPage.click();
  await expect(list.row('paged 249')).toBeVisible();
});

test('rows are walked by keys, past what is loaded, and Tab leads to the present one', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  const link = (name: string) => page.getByRole('link', { name, exact: true });
  await page.keyboard.press('j');
  await expect(link('paged 249')).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('k');
  await expect(link('paged 248')).toBeFocused();
  await page.keyboard.press('End');
  await expect(link('paged 0')).toBeFocused();
  await page.keyboard.press('k');
  await expect(link('paged 1')).toBeFocused();
  await page.keyboard.press('PageUp');
  await expect(link('paged 1')).not.toBeFocused();
  await page.keyboard.press('Home');
  await expect(link('paged 249')).toBeFocused();
  await expect(list.table.locator('a[tabindex="0"]:not(.trace-table__sort)')).toHaveCount(1);
});
