// The code of the trace page is a module of its own: the list does without it.
import type { Page } from '@playwright/test';
import { expect, open, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

const chunk = /\/pkg\/split_trace\.[0-9a-f]{12}\.wasm$/;

/** The chunks that the page asks for from now on. */
function chunksOf(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (chunk.test(request.url())) asked.push(request.url());
  });
  return asked;
}

test('the list loads it only when the pointer comes to a trace', async ({ page, facts }) => {
  const asked = chunksOf(page);
  const list = new TraceListPage(page);
  await list.open(facts.support);
  expect(asked).toEqual([]);
  const link = list.row('refund_agent').getByRole('link', { name: 'refund_agent', exact: true });
  await link.hover();
  await expect.poll(() => asked.length).toBe(1);
  await link.click();
  await expect(new TracePage(page).heading).toHaveText('refund_agent');
  expect(asked).toHaveLength(1);
});

test('the page of a trace names it in its head and loads it once', async ({ page, facts }) => {
  const asked = chunksOf(page);
  await open(page, TracePage.path(facts.traces.failed!));
  await expect(page.locator('link[rel="preload"][href*="split_trace"]')).toHaveCount(1);
  expect(new Set(asked).size).toBe(1);
});

test.describe('when it cannot be loaded', () => {
  test.use({ allowedComplaints: [/split_trace|Failed to fetch|ERR_FAILED/] });

  test('the page says so and tries again', async ({ page, facts }) => {
    const list = new TraceListPage(page);
    await list.open(facts.support);
    await page.route(chunk, (route) => route.abort());
    await list.row('refund_agent').getByRole('link', { name: 'refund_agent', exact: true }).click();
    await expect(page.getByText('Part of the viewer could not be loaded.')).toBeVisible();
    await page.unroute(chunk);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(new TracePage(page).heading).toHaveText('refund_agent');
  });

  test('a page from the server stays readable', async ({ page, facts }) => {
    await page.route(chunk, (route) => route.abort());
    await page.goto(TracePage.path(facts.traces.failed!));
    const trace = new TracePage(page);
    await expect(trace.heading).toHaveText('refund_agent');
    await expect(trace.rows).toHaveCount(4);
  });
});
