// Attributes of spans as columns of a list: pinned where a span shows them, added by name, narrowed by.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, test } from '../fixtures/data';
import { freshExperiment } from '../fixtures/fresh';
import { logTrace } from '../fixtures/otlp';
import { screenshots } from '../fixtures/screenshot';
import type { Experiment } from '../fixtures/seed';
import type { Server } from '../fixtures/server';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

const heads = (page: Page) => page.getByRole('columnheader').allInnerTexts();

/** Three traces `NAME 1` …: the root says a tier and a child another; a child alone says one; nobody does. */
async function tiers(server: Server, name: string): Promise<{ experiment: Experiment; traces: string[] }> {
  const experiment = await freshExperiment(server, name, 0);
  const root = { 'mlflow.spanType': JSON.stringify('AGENT'), tier: 'gold', 'deploy env, zone': 'eu' };
  const attributes = [
    [root, { tier: 'basic', retry: 'second' }],
    [{}, { tier: 'basic' }],
    [{}, {}],
  ];
  const traces: string[] = [];
  for (const [index, [ofRoot, ofChild]] of attributes.entries()) {
    const spans = [
      { id: 1, name: `${name} ${index + 1}`, start: 0, end: 100, attributes: ofRoot },
      { id: 2, parent: 1, name: 'step', start: 10, end: 90, attributes: ofChild },
    ];
    traces.push(await logTrace(server.url, experiment, `${name} ${index + 1}`, spans, Date.now() - 60_000 * (index + 1)));
  }
  return { experiment, traces };
}

const cell = (list: TraceListPage, row: string, key: string) => list.row(row).locator(`[data-cell="attribute.${key}"]`);

test('an attribute is pinned to the list that the reader came from, and narrows it', async ({ page, server }) => {
  const { experiment } = await tiers(server, 'pin');
  const list = new TraceListPage(page);
  await list.open(experiment, { filter: "name LIKE 'pin%'", cols: 'name,duration' });
  await list.row('pin 1').getByRole('link', { name: 'pin 1', exact: true }).click();
  const trace = new TracePage(page);
  await trace.tree();
  await trace.tab('Attributes').click();
  const pin = trace.span.getByRole('link', { name: 'Pin tier as a column of the list' });
  await expect(pin).toHaveAttribute('title', 'Pin as column');
  // What lists show otherwise has no column of its own.
  await expect(trace.span.getByText('mlflow.spanType')).toBeVisible();
  await expect(trace.span.getByRole('link', { name: /^Pin mlflow/ })).toHaveCount(0);
  await expectAccessible(page);
  await screenshots(page, 'trace-attributes-pin');
  await pin.click();
  await expect(page).toHaveURL(/\/traces\?filter=name%20LIKE%20%27pin%25%27&cols=name%2Cduration%2Cattribute\.tier$/);
  await expect(page.getByRole('columnheader', { name: 'tier' })).toBeVisible();
  expect((await heads(page)).slice(1)).toEqual(['Name', 'Duration', 'tier']);
  const gold = cell(list, 'pin 1', 'tier');
  await expect(gold).toHaveText(/^gold\s*\+1$/);
  await expect(gold).toHaveAttribute('title', 'gold (and 1 more in further spans)');
  await expect(cell(list, 'pin 2', 'tier')).toHaveText('basic');
  await expect(cell(list, 'pin 3', 'tier')).toHaveText('');
  await expectAccessible(page);
  await screenshots(page, 'list-attributes');
  await gold.focus();
  await page.keyboard.press('=');
  await expect(list.filter).toHaveValue("name LIKE 'pin%' AND span.attributes.tier = 'gold'");
  await expect(list.rows).toHaveCount(1);
  await expect(gold).toHaveText(/^gold/);
  await page.goBack();
  await expect(list.rows).toHaveCount(3);
  await gold.focus();
  await page.keyboard.press('-');
  await expect(list.filter).toHaveValue("name LIKE 'pin%' AND NOT span.attributes.tier = 'gold'");
  await expect(list.rows).toHaveCount(2);
  // Where the list has the column, the way leads to it.
  await list.row('pin 2').getByRole('link', { name: 'pin 2', exact: true }).click();
  await trace.tree();
  await trace.row('step').getByRole('link').click();
  await expect(trace.spanName).toHaveText('step');
  await trace.tab('Attributes').click();
  const there = trace.span.getByRole('link', { name: 'tier is a column of the list' });
  await expect(there).toHaveAttribute('title', 'Column of the list');
  await there.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/cols=name%2Cduration%2Cattribute\.tier$/);
  await expect(list.rows).toHaveCount(2);
});

test('attributes that the SDK recorded are a column of the list', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  const session = 'b762699f-cf72-4a2f-b500-5bbe1258209c';
  await list.open(facts.demo, { session });
  const usual = await heads(page);
  await list.row('llm_agent').getByRole('link', { name: 'llm_agent', exact: true }).click();
  const trace = new TracePage(page);
  await trace.tree();
  await trace.tab('Attributes').click();
  await trace.span.getByRole('link', { name: 'Pin replay.timing as a column of the list' }).click();
  await expect(page).toHaveURL(new RegExp(`session=${session}&cols=state%2Ctime%2Cname.*%2Cattribute\\.replay\\.timing$`));
  await expect(page.getByRole('columnheader', { name: 'replay.timing' })).toBeVisible();
  // The columns that the list had of itself stay.
  const now = await heads(page);
  expect(now.filter((head) => usual.includes(head))).toEqual(usual);
  expect(now.at(-1)).toBe('replay.timing');
  await expect(page.locator('[data-cell="attribute.replay.timing"]').first()).toHaveText(/\S/);
});

test('an attribute is added by its key', async ({ page, server }) => {
  const { experiment } = await tiers(server, 'key');
  const list = new TraceListPage(page);
  await list.open(experiment, { cols: 'name' });
  await page.getByRole('button', { name: 'Columns', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Columns' });
  await dialog.getByLabel('Kind').selectOption('attribute');
  await dialog.getByLabel('Key').fill('retry');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(dialog.getByRole('checkbox', { name: 'retry attribute' })).toBeChecked();
  await expectAccessible(page, 'dialog[open]');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/cols=name%2Cattribute\.retry$/);
  await expect(cell(list, 'key 1', 'retry')).toHaveText('second');
  await expect(cell(list, 'key 2', 'retry')).toHaveText('');
});

test('a phone shows the column that was pinned last', async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { experiment } = await tiers(server, 'small');
  const list = new TraceListPage(page);
  await list.open(experiment, { cols: 'state,time,name,preview,duration,attribute.retry,attribute.tier' });
  await expect(cell(list, 'small 1', 'tier')).toBeVisible();
  await expect(cell(list, 'small 1', 'retry')).toBeHidden();
  await expectAccessible(page);
  await screenshots(page, 'list-attributes-phone');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('pinning leads to all traces of the experiment', async ({ page, server }) => {
    const { experiment, traces } = await tiers(server, 'bare');
    await page.goto(`${TracePage.path(traces[0]!)}?tab=attributes`);
    await page.getByRole('link', { name: 'Pin deploy env, zone as a column of the list' }).click();
    await expect(page).toHaveURL(
      new RegExp(`/experiments/${experiment.id}/traces\\?cols=state%2Ctime%2Cname.*%2Cattribute\\.deploy%20env%252C%20zone$`),
    );
    expect((await heads(page)).at(-1)?.trim()).toBe('deploy env, zone');
    const values = page.locator('[data-cell="attribute.deploy env, zone"]');
    await expect(values).toHaveText(['eu', '', '']);
    // Added by the form of columns.
    await page.getByRole('link', { name: 'Columns', exact: true }).click();
    await expect(page.getByRole('checkbox', { name: 'deploy env, zone attribute' })).toBeChecked();
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('Attribute of a span');
    await page.getByRole('textbox', { name: 'Key' }).fill('tier');
    await page.getByRole('button', { name: 'Show these columns' }).click();
    await expect(page.locator('[data-cell="attribute.tier"]')).toHaveText([/^gold\s*\+1$/, 'basic', '']);
  });
});
