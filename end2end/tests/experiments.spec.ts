// The page of experiments: it hydrates without a word on the console, and reads well without JavaScript.
import type { Response } from '@playwright/test';
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

test('files under hashed names are cached for good, code comes compressed', async ({ page }) => {
  const replies: Response[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.startsWith('/pkg/')) replies.push(response);
  });
  await open(page, '/');
  const kinds = new Set(replies.map((reply) => reply.url().split('.').pop()));
  expect([...kinds]).toEqual(expect.arrayContaining(['css', 'js', 'wasm']));
  for (const reply of replies) {
    const headers = await reply.allHeaders();
    expect(headers['cache-control']).toContain('immutable');
    if (!reply.url().endsWith('.woff2')) expect(headers['content-encoding']).toMatch(/^(br|gzip)$/);
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
