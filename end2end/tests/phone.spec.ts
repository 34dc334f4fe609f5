// What a phone shows of lists: menus within the page, rows as cards, tools in one line, ways to what its bar leaves out.
import type { Locator, Page } from '@playwright/test';
import { expect, interactive, open, test } from '../fixtures/groups';
import { beyond } from '../fixtures/presentable';
import { TraceListPage } from '../pages/trace_list_page';

test.use({ viewport: { width: 390, height: 844 } });

/** The element stands within the window from left to right. */
async function expectWithin(page: Page, element: Locator): Promise<void> {
  await expect(element).toBeVisible();
  const box = (await element.boundingBox())!;
  const width = page.viewportSize()!.width;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(width);
}

test('menus over the rows stay within the page', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await interactive(page);
  await list.viewsMenu.click();
  await expectWithin(page, page.getByRole('textbox', { name: 'Save this list as' }));
  await expectWithin(page, page.getByRole('button', { name: 'Save', exact: true }));
  await list.viewsMenu.click();
  await page.locator('summary').filter({ hasText: /^Group by/ }).click();
  await expectWithin(page, page.getByRole('link', { name: 'By a tag …' }));
  await page.locator('summary').filter({ hasText: /^Group by/ }).click();
  await list.copyMenu.click();
  await expectWithin(page, page.getByRole('button', { name: 'Copy curl' }));
  await list.copyMenu.click();
  await page.locator('summary').filter({ hasText: /^Examples/ }).click();
  await expectWithin(page, page.locator('.filter-box__examples .popover'));
  expect(await beyond(page)).toBe(0);
});

test('traces are chosen on cards, and the first one stands in the upper half', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await interactive(page);
  const box = page.getByRole('checkbox', { name: /^Choose / }).first();
  await expectWithin(page, box);
  expect((await box.boundingBox())!.y).toBeLessThan(422);
  await box.check();
  await expect(list.chosen).toContainText('1 chosen');
});

test('sessions, users and runs are cards with figures that have names', async ({ page, chat }) => {
  const { experiment, long } = chat;
  const row = (text: string) => page.getByRole('row').filter({ hasText: text });
  const at = (path: string) => open(page, `/experiments/${experiment.id}/${path}`);
  await at('sessions');
  const turns = row(long.session).locator('[data-label="Turns"]');
  await expectWithin(page, turns);
  expect(await turns.evaluate((cell) => getComputedStyle(cell, '::before').content)).toContain('Turns');
  await expectWithin(page, row(long.session).locator('.group-table__time'));
  await page.getByRole('columnheader', { name: 'Turns' }).getByRole('link').click();
  await expect(page).toHaveURL(/sort=traces/);
  await at('users');
  await expectWithin(page, row('ada').locator('[data-label="Failed"]'));
  await expectWithin(page, row('ada').locator('.group-table__time'));
  await at('runs');
  await expectWithin(page, row('baseline').locator('[data-label="Traces"]').first());
  await expectWithin(page, row('baseline').locator('.run-list__time').first());
  expect(await beyond(page)).toBe(0);
});

test('settings are one press from an experiment', async ({ page, facts }) => {
  await open(page, TraceListPage.path(facts.demo));
  const bar = page.getByRole('banner');
  await expect(bar.getByRole('button', { name: 'Keys' })).toBeHidden();
  await bar.getByRole('link', { name: 'Settings', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
  await expect(page.getByRole('group', { name: 'Colours' })).toBeVisible();
});

test('the form for an experiment unfolds', async ({ page }) => {
  await open(page, '/');
  const name = page.getByLabel('Name of a new experiment');
  await expect(name).toBeHidden();
  await page.getByRole('link', { name: 'New experiment' }).click();
  await expectWithin(page, name);
});

test('facets at the side go when the window becomes too narrow for them', async ({ page, facts }) => {
  await page.setViewportSize({ width: 1700, height: 900 });
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await expect(list.facet('State')).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(list.facet('State')).toBeHidden();
  await expect(list.facetsButton).toHaveAttribute('aria-expanded', 'false');
  expect(await beyond(page)).toBe(0);
});
