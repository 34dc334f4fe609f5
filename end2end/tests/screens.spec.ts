// Every screen: no violation of WCAG 2.2 AA in either colour scheme, nothing wider than a phone, pictures to look at.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { test as dataTest } from '../fixtures/data';
import { expectPresentable } from '../fixtures/presentable';
import { screenshots } from '../fixtures/screenshot';
import type { Facts } from '../fixtures/seed';
import { expect, interactive, test } from '../fixtures/test';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

const screens: Record<string, (facts: Facts) => string> = {
  experiments: () => '/',
  'experiments-none-found': () => '/?search=nothing',
  'experiments-deleted': () => '/?deleted=1',
  'experiment-settings': ({ demo }) => `/experiments/${demo.id}/settings`,
  settings: () => '/settings',
  find: () => '/find?text=demo',
  'list-demo': ({ demo }) => TraceListPage.path(demo),
  'list-support': ({ support }) => TraceListPage.path(support),
  'list-filter': ({ demo }) => TraceListPage.path(demo, { filter: "tags.domain = 'retail'", user: 'chen_johnson_4204' }),
  'list-mistake': ({ demo }) => TraceListPage.path(demo, { filter: "statsu = 'OK' AND tags.domain = 'retail'" }),
  'list-none': ({ demo }) => TraceListPage.path(demo, { filter: "status = 'ERROR'" }),
  'list-paged': ({ paged }) => TraceListPage.path(paged),
  'runs': ({ demo }) => `/experiments/${demo.id}/runs`,
  'runs-none': ({ odd }) => `/experiments/${odd.id}/runs`,
  run: ({ run }) => `/runs/${run}`,
  'trace-failed': ({ traces }) => TracePage.path(traces.failed!),
  'trace-story': ({ traces }) => TracePage.path(traces.story!),
  'trace-story-chat': ({ traces }) => `${TracePage.path(traces.story!)}?span=0000000000000003`,
  'trace-events': ({ traces }) => `${TracePage.path(traces.failed!)}?tab=events`,
  'trace-attributes': ({ traces }) => `${TracePage.path(traces.failed!)}?tab=attributes`,
  'trace-feedback': ({ traces }) => `${TracePage.path(traces.failed!)}?tab=feedback`,
  'trace-hostile': ({ traces }) => TracePage.path(traces.hostile!),
  'trace-orphans': ({ traces }) => TracePage.path(traces.orphans!),
  'trace-backwards': ({ traces }) => TracePage.path(traces.backwards!),
  'trace-deep': ({ traces }) => `${TracePage.path(traces.deep!)}?span=00000000000007d0`,
  'trace-large': ({ traces }) => TracePage.path(traces.large!),
  notebook: ({ traces }) => `/static-files/lib/notebook-trace-renderer/index.html?trace_id=${traces.failed}`,
};

async function look(page: Page, path: string, name: string): Promise<void> {
  await page.goto(path);
  await interactive(page);
  if (await page.getByRole('treegrid').count()) {
    await expect(page.getByRole('treegrid').getByRole('row').first()).toHaveAttribute('data-row');
  }
  await expectPresentable(page, name);
}

for (const [name, path] of Object.entries(screens)) {
  dataTest(name, async ({ page, facts }) => look(page, path(facts), name));
}

dataTest('a conversation', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { user: 'yara_garcia_1905' });
  await list.row('llm_agent').getByRole('link', { name: 'llm_agent', exact: true }).click();
  const trace = new TracePage(page);
  await trace.tree();
  await trace.grid.focus();
  await page.keyboard.press('End');
  await expect(trace.spanName).not.toHaveText('llm_agent');
  await look(page, page.url(), 'trace-conversation');
});

dataTest('a tag being edited', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.hostile!);
  await trace.tags.tag('<b>key</b>', '<img src=x onerror=alert(5)>').click();
  await expectAccessible(page);
  await screenshots(page, 'trace-tag');
});

dataTest('a comment being written', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.failed!);
  await page.locator('summary').filter({ hasText: 'Comment' }).click();
  await expect(trace.rating.comment).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'trace-comment');
});

dataTest('completions', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.filter.pressSequentially('t');
  await expect(list.options.first()).toBeVisible();
  await list.filter.press('ArrowDown');
  await expectAccessible(page);
  await screenshots(page, 'list-completions');
});

test('the front door', async ({ page }) => look(page, '/', 'front-door'));

test.describe('nothing', () => {
  test.use({ allowedComplaints: [/404/] });

  test('not found', async ({ page }) => look(page, '/traces/tr-00000000000000000000000000000000', 'not-found'));
});
