// The page of experiments: it hydrates without a word on the console, and reads well without JavaScript.
import { expectAccessible } from '../fixtures/axe';
import { screenshots } from '../fixtures/screenshot';
import { expect, open, test } from '../fixtures/test';

test('the page of experiments hydrates', async ({ page }) => {
  await open(page, '/');
  await expect(page).toHaveTitle(/^Experiments/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Experiments');
  await expectAccessible(page);
  await screenshots(page, 'experiments');
});

test('files under hashed names are cached for good and come compressed', async ({ page }) => {
  const files: Promise<Record<string, string>>[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.startsWith('/pkg/')) files.push(response.allHeaders());
  });
  await open(page, '/');
  expect(files).toHaveLength(3);
  for (const headers of await Promise.all(files)) {
    expect(headers['cache-control']).toContain('immutable');
    expect(headers['content-encoding']).toMatch(/^(br|gzip)$/);
  }
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page of experiments can be read', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Experiments');
  });
});

test.describe('an unknown address', () => {
  test.use({ allowedComplaints: [/404/] });

  test('is a page with status 404 and a way back', async ({ page }) => {
    const response = await page.goto('/no-such-page');
    expect(response?.status()).toBe(404);
    await page.getByRole('link', { name: 'All experiments' }).click();
    await expect(page).toHaveURL(/\/$/);
  });
});
