// The keyboard's way through the list: few presses of Tab to the rows, arrows within groups of buttons, and keys that come early.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, interactive, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';

/** Presses Tab until the focus is on a row, and returns how often. */
async function tabsToFirstRow(page: Page): Promise<number> {
  for (let presses = 1; presses <= 40; presses++) {
    await page.keyboard.press('Tab');
    const address = await page.evaluate(() => document.activeElement?.getAttribute('href') ?? '');
    if (/\/traces\/tr-/.test(address)) return presses;
  }
  throw new Error('no row within 40 presses');
}

test('eight presses of Tab lead to the first row at most', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await expect(list.copyMenu).toBeVisible();
  await expect(list.volume).toBeVisible();
  expect(await tabsToFirstRow(page)).toBeLessThanOrEqual(8);
  // And back the same way, to where one was in each group.
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('columnheader').getByRole('link').first()).toBeFocused();
  await page.keyboard.press('ArrowRight');
  const time = page.getByRole('columnheader', { name: 'Time' }).getByRole('link');
  await expect(time).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  await expect(time).toBeFocused();
  await expectAccessible(page);
});

test('arrows go through a group of buttons, and Tab into what one unfolds', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await expect(list.copyMenu).toBeVisible();
  await list.filter.focus();
  await page.keyboard.press('Tab');
  await expect(list.range).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('button', { name: 'Search', exact: true })).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await expect(list.range).toBeFocused();
  await list.viewsMenu.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.locator('.tool-menu__views :focus')).toHaveCount(1);
});

test('the skip links are seen together', async ({ page, facts }) => {
  await new TraceListPage(page).open(facts.demo);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const toResults = page.getByRole('link', { name: 'Skip to results' });
  await expect(toResults).toBeFocused();
  await expect(toResults).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('#results')).toBeFocused();
});

test('keys that are pressed before the page is alive are not lost', async ({ page, facts }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(TraceListPage.path(facts.support), { waitUntil: 'domcontentloaded' });
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(/trace=/);
  release();
  await interactive(page);
  await expect(page).toHaveURL(/[?&]trace=tr-/);
  await expect(new TraceListPage(page).peek).toBeVisible();
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('every control is a stop of its own', async ({ page, facts }) => {
    await page.goto(TraceListPage.path(facts.demo));
    await expect(page.locator('[data-rove] [tabindex="-1"]:not([popover])')).toHaveCount(0);
  });
});
