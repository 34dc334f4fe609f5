// The pictures of the README. UPDATE_SCREENSHOTS=1 takes them anew; otherwise they must only be there.
import { access, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

const folder = resolve(import.meta.dirname, '../../docs/screenshots');

test.use({ viewport: { width: 1360, height: 850 }, deviceScaleFactor: 1.5, colorScheme: 'light' });

async function picture(page: Page, name: string, prepare: () => Promise<void>): Promise<void> {
  const path = resolve(folder, name);
  if (process.env.UPDATE_SCREENSHOTS === '1') {
    await mkdir(dirname(path), { recursive: true });
    await prepare();
    await page.screenshot({ path });
  }
  await access(path);
}

test('the picture of a trace', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await picture(page, 'trace.png', async () => {
    await trace.open(facts.traces.story!);
    await expect(trace.span.getByText('Traceback (most recent call last)').first()).toBeVisible();
  });
});

test('the picture of a list', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await picture(page, 'list.png', async () => {
    await list.open(facts.demo);
    await expect(list.rows).toHaveCount(20);
  });
});
