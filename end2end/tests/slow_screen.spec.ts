// A screen that draws seldom: what a page puts off to later frames must not outlive the page.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/groups';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

/** So long, in milliseconds, the page waits for each frame. */
const FRAME = 400;

/** Makes the frames of all following pages come late. */
async function slow(page: Page): Promise<void> {
  await page.addInitScript((delay) => {
    const waiting = new Set<number>();
    const frame = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (act) => {
      const handle = window.setTimeout(() => {
        frame((time) => {
          if (waiting.delete(handle)) act(time);
        });
      }, delay);
      waiting.add(handle);
      return handle;
    };
    window.cancelAnimationFrame = (handle) => {
      waiting.delete(handle);
    };
  }, FRAME);
}

test('a list that is left while its charts and facets wait for their frame', async ({ page, facts }) => {
  await slow(page);
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await list.search("name LIKE 'paged 1%'");
  await expect(list.summary).toContainText('111');
  await list.rows.first().getByRole('link', { name: /^paged/ }).first().click();
  await expect(page).toHaveURL(/\/traces\/tr-/);
  await page.goBack();
  await expect(list.summary).toContainText('111');
  await page.goBack();
  await expect(list.summary).toContainText('250');
  await page.goForward();
  await expect(list.summary).toContainText('111');
  await page.goForward();
  await expect(page).toHaveURL(/\/traces\/tr-/);
  await expect(new TracePage(page).heading).toContainText('paged');
});
