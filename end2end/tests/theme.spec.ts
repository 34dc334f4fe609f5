// Light and dark: as the system says, unless the reader chose.
import type { Page } from '@playwright/test';
import { expect, open, test } from '../fixtures/test';

const ink = (page: Page) => page.evaluate(() => getComputedStyle(document.body).color);

test('colours follow the system', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, '/');
  const light = await ink(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await ink(page)).not.toBe(light);
});

for (const theme of ['Light', 'Dark']) {
  test(`${theme} is kept over a reload, whatever the system says`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme === 'Light' ? 'dark' : 'light' });
    await open(page, '/');
    const before = await ink(page);
    await page.getByRole('button', { name: theme }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
    const after = await ink(page);
    expect(after).not.toBe(before);
    await page.reload();
    expect(await ink(page)).toBe(after);
  });
}

test('the choice is taken back', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, '/');
  const light = await ink(page);
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect.poll(() => ink(page)).not.toBe(light);
  await page.getByRole('button', { name: 'As the system' }).click();
  await expect.poll(() => ink(page)).toBe(light);
});
