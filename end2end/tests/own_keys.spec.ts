// Keys that a reader has given other places.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, interactive, open, test } from '../fixtures/groups';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

const field = (page: Page, act: string, key: string) => page.getByRole('textbox', { name: `${act}: key for ${key}`, exact: true });

/** Opens the settings and their keys. */
async function keys(page: Page): Promise<void> {
  await open(page, '/settings');
  await page.getByText('All keys, and other ones instead').click();
}

/** Types a key into the field of another one. */
async function give(page: Page, act: string, key: string, instead: string): Promise<void> {
  await field(page, act, key).focus();
  await page.keyboard.type(instead);
  await expect(field(page, act, key)).toHaveValue(instead);
}

test('a key is given another place, and the two change', async ({ page, facts }) => {
  await keys(page);
  await give(page, 'Next, previous row', 'j', 'n');
  await expect(page.getByRole('status').filter({ hasText: 'Press n for j' })).toContainText('Press n for j from now on, and j for n.');
  await expect(field(page, 'Next, previous span', 'j')).toHaveValue('n');
  await expectAccessible(page);
  await screenshots(page, 'own-keys');
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  const link = (row: number) => list.rows.nth(row).locator('.trace-table__link');
  await link(0).focus();
  await page.keyboard.press('j');
  await expect(link(0)).toBeFocused();
  await page.keyboard.press('n');
  await expect(link(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(link(0)).toBeFocused();
});

test('capitals go with their letters, and lists and tooltips say so', async ({ page, facts }) => {
  await keys(page);
  await give(page, 'Next, previous error', 'e', 'q');
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await trace.rows.first().getByRole('link').focus();
  await page.keyboard.press('Home');
  const opened = await trace.spanName.textContent();
  await page.keyboard.press('q');
  await expect(trace.spanName).not.toHaveText(opened!);
  await expect(trace.selected).toHaveAttribute('data-error', 'true');
  await expect(page.getByRole('button', { name: 'Next error (q)' })).toBeVisible();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  const line = dialog.locator('.keys__line', { hasText: 'Next, previous error' });
  await expect(line.locator('kbd')).toHaveText(['q', 'Shift Q']);
});

test('ways of two keys keep their second one', async ({ page, facts }) => {
  await keys(page);
  await give(page, 'Go to; the next key says where', 'g', ';');
  await give(page, 'Zoom in, out; earlier, later', 's', 't');
  await open(page, TraceListPage.path(facts.paged));
  await page.keyboard.press(';');
  await page.keyboard.press('s');
  await expect(page).toHaveURL(/\/sessions$/);
  await interactive(page);
  await page.keyboard.press(';');
  await page.keyboard.press('t');
  await expect(page).toHaveURL(/\/traces$/);
});

test('all go back, and a key of several letters is none', async ({ page }) => {
  await keys(page);
  const back = page.getByRole('button', { name: 'Back to the usual keys' });
  await expect(back).toBeDisabled();
  await give(page, 'These keys', '?', 'h');
  await page.locator('h1').click();
  await page.keyboard.press('h');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await page.reload();
  await interactive(page);
  await page.getByText('All keys, and other ones instead').click();
  await expect(field(page, 'These keys', '?')).toHaveValue('h');
  await field(page, 'These keys', '?').press('Space');
  await expect(field(page, 'These keys', '?')).toHaveValue('h');
  await back.click();
  await expect(field(page, 'These keys', '?')).toHaveValue('?');
  await page.locator('h1').click();
  await page.keyboard.press('h');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('?');
  await expect(dialog).toBeVisible();
});
