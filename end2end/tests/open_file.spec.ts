// A trace file of the reader's own: shown like a trace of the server, and never sent to it.
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, open, test } from '../fixtures/data';
import { run } from '../fixtures/python';
import { screenshots } from '../fixtures/screenshot';
import { OpenFilePage, dropFile, protobufExport, recordedExport } from '../fixtures/trace_files';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

/** What the page asks for from now on, but for the viewer's own files. */
function requests(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const isOwnFile = request.method() === 'GET' && new URL(request.url()).pathname.match(/^\/(pkg\/|favicon)/) !== null;
    if (!isOwnFile) asked.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`);
  });
  return asked;
}

test('an OTLP export is shown whole, and nothing of it is sent', async ({ page }) => {
  await open(page, '/open');
  const file = new OpenFilePage(page);
  await expectAccessible(page);
  await screenshots(page, 'open-file');
  const asked = requests(page);
  await file.choose('helm.json', await recordedExport('kagent/helm/'));
  const trace = new TracePage(page);
  await trace.tree();
  await expect(file.note).toContainText('helm.json This file is only in your browser.');
  await expect(page.getByText('96 spans')).toBeVisible();
  await expect(page.locator('#content')).toBeFocused();
  await expect(page.getByText('service.name', { exact: true })).toBeVisible();
  // Nothing that needs the server is offered.
  await expect(trace.tags.group).toHaveCount(0);
  for (const name of ['Thumb up', 'Thumb down']) await expect(page.getByRole('radio', { name })).toHaveCount(0);
  await expect(page.getByText('More', { exact: true })).toHaveCount(0);
  await expect(trace.span.getByRole('link', { name: 'JSON', exact: true })).toHaveCount(0);
  // Another span, its attributes, the other views.
  await trace.rows.nth(3).getByRole('link').click();
  await trace.tab('Attributes').click();
  await expect(page).toHaveURL(/\/open\?span=[0-9a-f]{16}&tab=attributes$/);
  await expect(trace.span.locator('.facts__row').first()).toBeVisible();
  await trace.button('Conversation').click();
  await expect(trace.story.region).toBeVisible();
  await trace.button('Timeline').click();
  expect(asked).toEqual([]);
  await expectAccessible(page);
  // Another colour scheme makes the browser ask for the icon anew.
  await screenshots(page, 'open-file-trace');
});

test('a file dropped on a list is shown, and the way back is as long as it was', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await dropFile(page, 'adk.json', await recordedExport('adk_live_spans'));
  const trace = new TracePage(page);
  await trace.tree();
  await expect(page).toHaveURL(/\/open$/);
  await expect(page.getByText('7 spans')).toBeVisible();
  await page.goBack();
  await expect(list.row('refund_agent')).toBeVisible();
  // The file stays open while the reader looks at other pages of the viewer.
  await page.goForward();
  await trace.tree();
  // Another file takes its place.
  await dropFile(page, 'pydantic.json', await recordedExport('pydantic_ai_live_spans'));
  await expect(page.getByText('4 spans')).toBeVisible();
  await page.getByRole('button', { name: 'Close file' }).click();
  await expect(new OpenFilePage(page).field).toBeFocused();
});

test('what the viewer exports it opens again, with all its traces', async ({ page, facts }) => {
  const reply = await page.request.post(`/ui-api/experiments/${facts.support.id}/export`, { form: { format: 'jsonl' } });
  const exported = await reply.text();
  const count = exported.trimEnd().split('\n').length;
  expect(count).toBeGreaterThan(5);
  await open(page, '/open');
  const file = new OpenFilePage(page);
  await file.choose('traces.jsonl.gz', gzipSync(exported));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Traces of the file');
  await expect(page.getByText(`${count} traces`, { exact: true })).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'open-file-list');
  await page.getByRole('link', { name: 'refund_agent', exact: true }).click();
  const trace = new TracePage(page);
  await trace.tree();
  await expect(page).toHaveURL(/\/open\/\d+$/);
  await expect(trace.heading).toHaveText('refund_agent');
  await expect(trace.why).toContainText('query_database');
  await expect(trace.rows).toHaveCount(4);
  await expect(trace.span.getByText('in query_database').first()).toBeVisible();
  // To the neighbours in the file, by key.
  const here = new URL(page.url()).pathname;
  await page.keyboard.press(here === '/open/1' ? 'Shift+J' : 'Shift+K');
  await expect(page).not.toHaveURL(new RegExp(`${here}$`));
  await trace.tree();
  await page.getByRole('link', { name: /^\d+ of \d+$/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Traces of the file');
});

test('traces as the SDK writes them are opened', async ({ page, facts, server }) => {
  const traceId = facts.traces.failed!;
  const written = await run('trace_as_json.py', '--uri', server.url, traceId);
  const artifact = await page.request.get(`/ajax-api/2.0/mlflow/get-trace-artifact?request_id=${traceId}`);
  await open(page, '/open');
  const file = new OpenFilePage(page);
  const trace = new TracePage(page);
  for (const [name, content] of [
    ['trace.json', written],
    ['traces.json', await artifact.text()],
  ] as const) {
    await file.choose(name, content);
    await trace.tree();
    await expect(file.note).toContainText(name);
    await expect(trace.heading).toHaveText('refund_agent');
    await expect(trace.rows).toHaveCount(4);
    await expect(trace.why).toContainText('query_database');
    await page.getByRole('button', { name: 'Close file' }).click();
  }
});

test('protobuf is opened, by keyboard alone', async ({ page }) => {
  await open(page, '/');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search or jump' }).fill('open a trace');
  await expect(page.getByRole('option', { name: /Open a trace file/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  const file = new OpenFilePage(page);
  await expect(page).toHaveURL(/\/open$/);
  await file.field.focus();
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Space');
  await (await chooser).setFiles({ name: 'batch.pb', mimeType: '', buffer: protobufExport() });
  const trace = new TracePage(page);
  await trace.tree();
  await expect(trace.heading).toHaveText('nightly_index');
  await expect(trace.why).toContainText('write_segment');
  await expect(trace.why).toContainText('disk full');
});

test('the home page leads there', async ({ page }) => {
  await open(page, '/');
  await page.getByRole('link', { name: 'Open a trace file' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Open a trace file');
});

test('odd spans are marked, and what is left out is said', async ({ page }) => {
  const span = (span: string, parent: string, name: string) => ({
    traceId: 'c'.repeat(32),
    spanId: span.repeat(16),
    parentSpanId: parent.repeat(16),
    name,
    startTimeUnixNano: '1795000000000000000',
    endTimeUnixNano: '1795000001000000000',
  });
  const spans = [span('1', '2', 'snake'), span('2', '1', 'tail'), span('3', '9', 'orphan'), span('', '', 'nobody')];
  const whole = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  await open(page, '/open');
  const file = new OpenFilePage(page);
  await file.choose('odd.jsonl', `${whole}\n${whole.slice(0, 40)}`);
  const trace = new TracePage(page);
  await trace.tree();
  // Three spans, and a row for the parent that is missing.
  await expect(trace.rows).toHaveCount(4);
  await expect(trace.row('orphan')).toContainText('missing parent');
  await expect(trace.grid.getByText('cycle').first()).toBeVisible();
  await expect(file.note).toContainText('breaks off in the middle of a value, at line 2');
  await expect(file.note).toContainText('1 span without a valid id');
});

test('a wrong file is told what is wrong with it', async ({ page }) => {
  const whole = await recordedExport('adk_live_spans');
  const cases: [name: string, content: string | Buffer, says: RegExp][] = [
    ['empty.json', '', /empty\.json could not be opened: it is empty\./],
    ['nul.bin', Buffer.alloc(64), /neither JSON nor OTLP protobuf/],
    ['page.html', '<!DOCTYPE html><p>', /it begins with "<!DOCTYPE html><p>"/],
    ['cut.json', whole.slice(0, 5_000), /breaks off in the middle of a value, at line 1, character \d+/],
    ['jaeger.json', '{"data":[],"total":0}', /holds no traces: it has the fields data, total/],
    ['noids.json', '{"spans":[{"name":"x"}]}', /none of its 1 spans has a valid id/],
    ['cut.json.gz', gzipSync(whole).subarray(0, 900), /gzip file that is cut off or damaged/],
    ['bomb.gz', gzipSync(Buffer.alloc(129 << 20, 0x20)), /at most 128\.0 MB can be opened in a browser/],
    ['sheet.zip', Buffer.from('PK\x03\x04....'), /packed as zip; unpack it first/],
  ];
  await open(page, '/open');
  const file = new OpenFilePage(page);
  for (const [name, content, says] of cases) {
    await file.choose(name, content);
    // Unpacking up to the limit takes its time.
    await expect(file.problem, name).toContainText(says, { timeout: 60_000 });
  }
  await expectAccessible(page);
  await screenshots(page, 'open-file-problem');
  // The next file is opened all the same.
  await file.choose('whole.json', whole);
  await new TracePage(page).tree();
  await expect(file.problem).toHaveCount(0);
});

test('a text that is dragged is none of our business', async ({ page }) => {
  await open(page, '/open');
  const isTaken = await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'hello');
    const event = new DragEvent('dragover', { dataTransfer: data, bubbles: true, cancelable: true });
    return !document.body.dispatchEvent(event);
  });
  expect(isTaken).toBe(false);
  await expect(page.locator('html')).not.toHaveAttribute('data-dropping');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('the page says that it needs one', async ({ page }) => {
    await page.goto('/open');
    await expect(page.getByText('The file is read by a script, and this browser runs none.')).toBeVisible();
    await expect(new OpenFilePage(page).field).toBeHidden();
  });
});
