// Choosing traces in a list and doing something to all of them.
import { readFile } from 'node:fs/promises';
import { expectAccessible } from '../fixtures/axe';
import { expect, test } from '../fixtures/data';
import { freshExperiment } from '../fixtures/fresh';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';

test('traces are chosen by keys and tagged together', async ({ page, server }) => {
  const list = new TraceListPage(page);
  await list.open(await freshExperiment(server, 'tagged', 5));
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await expect(list.chosen).toContainText('3 chosen');
  await expectAccessible(page);
  await screenshots(page, 'list-chosen');
  await page.keyboard.press('t');
  await expect(list.chosen.getByLabel('Key')).toBeFocused();
  await list.chosen.getByLabel('Key').fill('colour');
  await list.chosen.getByLabel('Value').fill('blue');
  await page.keyboard.press('Enter');
  await expect(list.chosen).toContainText('3 traces tagged');
  await expect(list.rows.getByTitle('colour: blue')).toHaveCount(3);
  await page.keyboard.press('Escape');
  await expect(list.chosen).toHaveCount(0);
});

test('all that match are rated on the server, seen or not', async ({ page, server }) => {
  const list = new TraceListPage(page);
  const experiment = await freshExperiment(server, 'rated', 130);
  await list.open(experiment);
  await list.pick('rated 129').click();
  await list.chosen.getByRole('button', { name: 'All 130 matching' }).click();
  await list.chosen.locator('summary', { hasText: 'Rate' }).click();
  await list.chosen.getByLabel('Thumb down').check();
  await list.chosen.getByLabel('Comment').fill('wrong tone');
  await list.chosen.getByRole('button', { name: 'Rate', exact: true }).click();
  await expect(list.chosen).toContainText('130 traces rated');
  await list.search("feedback.thumbs_up = 'false'");
  await expect(list.summary).toContainText('130 traces');
});

test('a few are deleted after a time to undo', async ({ page, server }) => {
  const list = new TraceListPage(page);
  await list.open(await freshExperiment(server, 'few', 4));
  await list.pick('few 3').click();
  await list.pick('few 1').click();
  await list.chosen.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('button', { name: 'Undo: 2 traces deleted' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo: 2 traces deleted' }).click();
  await expect(list.summary).toContainText('4 traces');
  await list.pick('few 3').click();
  await list.chosen.getByRole('button', { name: 'Delete' }).click();
  await expect(list.summary).toContainText('3 traces', { timeout: 20_000 });
  await expect(list.row('few 3')).toHaveCount(0);
});

test('all that match are deleted for a typed word', async ({ page, server }) => {
  const list = new TraceListPage(page);
  await list.open(await freshExperiment(server, 'many', 120), { filter: "name != 'many 7'" });
  await list.pick('many 119').click();
  await list.chosen.getByRole('button', { name: 'All 119 matching' }).click();
  await list.chosen.locator('summary', { hasText: 'Delete' }).click();
  const confirm = list.chosen.getByRole('button', { name: 'Delete 119 traces' });
  await expect(confirm).toBeDisabled();
  await list.chosen.getByLabel('Type “delete” to confirm').fill('delete');
  await confirm.click();
  await expect(page.getByText('No trace matches.')).toBeVisible();
  await page.getByRole('link', { name: /^Without name != 'many 7'/ }).click();
  await expect(list.summary).toContainText('1 trace');
  await expect(list.row('many 7')).toBeVisible();
});

test('traces are saved with their spans, and rows as a table', async ({ page, server }) => {
  const list = new TraceListPage(page);
  await list.open(await freshExperiment(server, 'saved', 3));
  await list.pick('saved 0').click();
  await list.pick('saved 2').click();
  await list.chosen.locator('summary', { hasText: 'Export' }).click();
  const [lines] = await Promise.all([
    page.waitForEvent('download'),
    list.chosen.getByRole('button', { name: 'Traces with spans (JSON lines)' }).click(),
  ]);
  expect(lines.suggestedFilename()).toMatch(/^traces-\d+\.jsonl$/);
  const traces = (await readFile(await lines.path(), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
  expect(traces.map((trace) => trace.data.spans[0].name).sort()).toEqual(['saved 0', 'saved 2']);
  const [table] = await Promise.all([
    page.waitForEvent('download'),
    list.chosen.getByRole('button', { name: 'Rows (CSV)' }).click(),
  ]);
  const rows = (await readFile(await table.path(), 'utf8')).trim().split('\r\n');
  expect(rows[0]).toMatch(/^trace_id,time,state,name/);
  expect(rows).toHaveLength(3);
});

test('two to four are compared', async ({ page, server }) => {
  const list = new TraceListPage(page);
  await list.open(await freshExperiment(server, 'pair', 3));
  await list.pick('pair 0').click();
  await expect(list.chosen.getByRole('button', { name: 'Compare' })).toBeDisabled();
  await list.pick('pair 1').click();
  await expect(list.chosen.getByRole('link', { name: 'Compare' })).toHaveAttribute('href', /\/compare\?a=tr-.*&b=tr-/);
});
