// A trace of 20,000 spans: opened, scrolled and folded like one of ten, because only rows in view are in the document.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/data';
import { largeSpanCount } from '../fixtures/odd_traces';
import { TracePage } from '../pages/trace_page';

/** Nodes that a page of any trace may have. */
const nodesMax = 3_000;
const nodes = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length);

test('it opens whole, in a small document', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.large!);
  await expect(trace.grid).toHaveAttribute('aria-rowcount', String(largeSpanCount));
  await expect(page.getByText('20,000 spans', { exact: true })).toBeVisible();
  await expect(trace.row('large root')).toBeVisible();
  expect(await nodes(page)).toBeLessThan(nodesMax);
});

test('it scrolls to its end', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.large!);
  await trace.grid.evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
  const last = trace.grid.locator(`[aria-rowindex="${largeSpanCount}"]`);
  await expect(last).toBeInViewport();
  expect(await nodes(page)).toBeLessThan(nodesMax);
  await last.getByRole('link').click();
  await expect(last).toHaveAttribute('aria-selected', 'true');
  await expect(trace.spanName).toHaveText(/^call \d+$/);
});

test('its middle is reached by the wheel', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.large!);
  await trace.grid.hover();
  await page.mouse.wheel(0, 26 * 10_000);
  await expect(trace.grid.locator('[aria-rowindex="10005"]')).toBeInViewport();
});

test('folding its root leaves one row, unfolding brings all back', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.large!);
  await trace.grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(trace.rows).toHaveCount(1);
  await expect(trace.row('large root')).toContainText('19,999 spans');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('End');
  await expect(trace.grid.locator(`[aria-rowindex="${largeSpanCount}"]`)).toBeInViewport();
});
