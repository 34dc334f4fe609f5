// What holds on every page: paper, forced colours, the smallest and the largest screens, less motion, panes, undo, history.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import type { Conversations } from '../fixtures/conversations';
import { expect, interactive, open, test } from '../fixtures/groups';
import { beyond } from '../fixtures/presentable';
import type { Facts } from '../fixtures/seed';
import { ComparePage } from '../pages/compare_page';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

const folder = resolve(import.meta.dirname, '../screenshots');

const screens: Record<string, (facts: Facts, chat: Conversations) => string> = {
  home: () => '/',
  settings: () => '/settings',
  find: () => '/find?text=demo',
  'experiment-settings': ({ demo }) => `/experiments/${demo.id}/settings`,
  list: ({ demo }) => TraceListPage.path(demo),
  overview: ({ demo }) => `/experiments/${demo.id}/overview`,
  sessions: (_, { experiment }) => `/experiments/${experiment.id}/sessions`,
  session: (_, { experiment, long }) => `/sessions/${long.session}?experiment=${experiment.id}`,
  users: (_, { experiment }) => `/experiments/${experiment.id}/users`,
  user: (_, { experiment }) => `/experiments/${experiment.id}/users/ada`,
  runs: (_, { experiment }) => `/experiments/${experiment.id}/runs`,
  run: (_, { runs }) => `/runs/${runs.a}`,
  'compare-runs': (_, { runs }) => `/runs/compare?a=${runs.a}&b=${runs.b}`,
  trace: ({ traces }) => TracePage.path(traces.story!),
  conversation: ({ traces }) => `${TracePage.path(traces.story!)}?view=chat`,
  compare: (_, { short }) => ComparePage.path(short.traces),
  notebook: ({ traces }) => `/static-files/lib/notebook-trace-renderer/index.html?trace_id=${traces.failed}`,
};

/** A picture to look at. */
async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage, animations: 'disabled' });
}

/** Waits until nothing on the page is on its way. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator('main .skeleton, [data-waiting=true]')).toHaveCount(0);
}

for (const [name, path] of Object.entries(screens)) {
  test(`${name} fits every screen`, async ({ page, facts, chat }) => {
    for (const [size, width, height] of [['widest', 2560, 1440], ['smallest', 320, 640]] as const) {
      await page.setViewportSize({ width, height });
      await open(page, path(facts, chat));
      await settled(page);
      expect(await beyond(page), `pixels beyond the right edge at ${width}`).toBe(0);
      await picture(page, `${name}-${size}`);
    }
  });

  test(`${name} can be printed`, async ({ page, facts, chat }) => {
    await open(page, path(facts, chat));
    await settled(page);
    // A4 between its margins.
    await page.setViewportSize({ width: 718, height: 1046 });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden();
    await picture(page, `${name}-print`, true);
  });

  test(`${name} is readable in forced colours`, async ({ page, facts, chat }) => {
    await page.emulateMedia({ forcedColors: 'active' });
    await open(page, path(facts, chat));
    await settled(page);
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    expect(outline, 'the focus is seen').not.toBe('none');
    await picture(page, `${name}-forced`);
  });

  test(`${name} stands still for those who want less motion`, async ({ page, facts, chat }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await open(page, path(facts, chat));
    await settled(page);
    const moving = () =>
      page.evaluate(() =>
        document.getAnimations().map((animation) => {
          const { target } = animation.effect as KeyframeEffect;
          return `${target?.className} ${(animation as CSSAnimation).animationName}`;
        }),
      );
    await expect.poll(moving).toEqual([]);
  });
}

test('F6 walks through the panes and back', async ({ page, facts }) => {
  await open(page, TracePage.path(facts.traces.story!));
  await settled(page);
  const names = async () =>
    page.evaluate(() => {
      const { activeElement: active } = document;
      return active === document.body ? '' : (active!.getAttribute('aria-label') ?? active!.className);
    });
  const seen: string[] = [];
  for (;;) {
    await page.keyboard.press('F6');
    const name = await names();
    expect(name).not.toBe('');
    if (name === seen[0]) break;
    expect(seen, 'no pane twice').not.toContain(name);
    seen.push(name);
  }
  expect(seen.length, seen.join(', ')).toBeGreaterThan(3);
  await page.keyboard.press('Shift+F6');
  expect(await names()).toBe(seen.at(-1));
});

test('Ctrl Z takes back what was just done, and not while one types', async ({ page, server }) => {
  const create = (name: string) =>
    fetch(`${server.url}/api/2.0/mlflow/experiments/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
  await create('taken back');
  await open(page, '/');
  const row = page.getByRole('row', { name: /taken back/ });
  await page.getByRole('button', { name: 'Delete taken back' }).click();
  await expect(row).toBeHidden();
  await page.getByLabel('Search experiments by name').focus();
  await page.keyboard.press('Control+z');
  await expect(row).toBeHidden();
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('Control+z');
  await expect(row).toBeVisible();
});

test('Back and Forward keep what was asked and where one was', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await list.search("name LIKE 'paged 1%'");
  await expect(page).toHaveURL(/filter=/);
  await expect(list.summary).toContainText('111');
  const filtered = page.url();
  await list.rows.first().getByRole('link', { name: /^paged/ }).first().click();
  await expect(page).toHaveURL(/\/traces\/tr-/);
  const trace = page.url();
  await page.goBack();
  await expect(page).toHaveURL(filtered);
  await expect(list.filter).toHaveValue("name LIKE 'paged 1%'");
  await expect(list.summary).toContainText('111');
  await page.goBack();
  await expect(page).toHaveURL(TraceListPage.path(facts.paged));
  await expect(list.filter).toHaveValue('');
  await expect(list.summary).toContainText('250');
  await page.goForward();
  await expect(list.summary).toContainText('111');
  await page.goForward();
  await expect(page).toHaveURL(trace);
  await page.reload();
  await interactive(page);
  await expect(new TracePage(page).heading).toContainText('paged');
});

test('Forward returns to the view that one had', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await open(page, '/settings');
  await trace.open(facts.traces.story!);
  await page.keyboard.press('v');
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/view=chat/);
  const there = page.url();
  // A view is a way to look at the same page, not a page of its own.
  await page.goBack();
  await expect(page).toHaveURL(/\/settings$/);
  await page.goForward();
  await expect(page).toHaveURL(there);
  await expect(trace.story.region).toBeVisible();
});
