// Parts of the trace page: marks of events, rows for parents that never came, folded gaps, copies, finding in values, pictures,
// comparing with the trace before, deleting.
import { expectAccessible } from '../fixtures/axe';
import { expect, open, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

test('events are marks on the bars, exceptions red', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  const marks = trace.row('POST /v1/refunds').locator('.timeline-row__tick[data-error="true"]');
  await expect(marks).toHaveCount(1);
  await expect(marks).toHaveAttribute('title', 'exception');
  await expect(trace.row('validate').locator('.timeline-row__tick')).toHaveCount(0);
  await screenshots(page, 'trace-ticks');
});

test('spans whose parent never came stand below a row for it', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.orphans!);
  await expect(trace.rows).toHaveCount(3);
  const missing = trace.row('missing parent 0000000000000001');
  await expect(missing).toHaveAttribute('aria-level', '1');
  await expect(trace.row('first orphan')).toHaveAttribute('aria-level', '2');
  await expect(trace.row('second orphan')).toHaveAttribute('aria-level', '2');
  await trace.grid.focus();
  await page.keyboard.press('Home');
  await expect(trace.span.getByText('This span has not arrived.')).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'trace-missing-parent');
  await page.keyboard.press('ArrowDown');
  await expect(trace.spanName).toHaveText('first orphan');
  await expect(trace.span.getByText('This span has not arrived.')).toBeHidden();
});

test('stretches in which nothing ran are folded on demand, and the address says so', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.pause!);
  const width = async (name: string) => (await trace.bar(trace.row(name)).boundingBox())!.width;
  const before = await width('answered');
  await trace.filter();
  await trace.button('Fold gaps').click();
  await trace.filter();
  const mark = page.locator('.timeline__break');
  await expect(mark).toHaveAttribute('title', '1 m 20 s without any span');
  await expect(mark).toHaveText('⋯ 1 m 20 s');
  await expect(page).toHaveURL(/gaps=folded/);
  expect(await width('answered')).toBeGreaterThan(before * 3);
  // What is said of time stays true.
  await expect(page.locator('.timeline__tick').last()).toHaveText(/^1 m 3/);
  await expectAccessible(page);
  await screenshots(page, 'trace-gaps');
  await page.reload();
  await trace.tree();
  await expect(mark).toHaveCount(1);
  await page.keyboard.press('i');
  await expect(mark).toHaveCount(0);
  await expect(page).not.toHaveURL(/gaps=/);
  await expect(page).not.toHaveURL(/z=/);
});

test('a trace without long gaps offers nothing to fold', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  await trace.filter();
  await expect(trace.button('Hide < 1 %')).toBeVisible();
  await expect(trace.button('Fold gaps')).toHaveCount(0);
});

test('a text is found in the values of the span, also in what is not yet shown', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.picture!);
  const find = page.getByLabel('Find in the span');
  await page.keyboard.press('Shift+F');
  await expect(find).toBeFocused();
  await find.fill('NEEDLE');
  await expect(trace.span.locator('.find-value__words')).toHaveText('1 of 1');
  await expect(trace.span.getByText('A needle at the end.')).toBeInViewport();
  await find.fill('nothing else');
  await expect(trace.span.locator('.find-value__words')).toHaveText(/^1 of \d{3}$/);
  await page.keyboard.press('Enter');
  await expect(trace.span.locator('.find-value__words')).toHaveText(/^2 of \d+$/);
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('Shift+Enter');
  await expect(trace.span.locator('.find-value__words')).toHaveText(/^(\d+) of \1$/);
  await expectAccessible(page);
  await screenshots(page, 'trace-find-value');
  await find.fill('no such text');
  await expect(trace.span.locator('.find-value__words')).toHaveText('not found');
  await page.keyboard.press('Escape');
  await expect(find).toHaveValue('');
});

test('pictures of messages are shown, those of other servers only named', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.picture!);
  const picture = trace.span.getByRole('img', { name: /^Image of the message, image\/png/ });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(64);
  const elsewhere = trace.span.getByRole('link', { name: /pictures\.example/ });
  await expect(elsewhere).toHaveAttribute('rel', /noreferrer/);
  await expect(trace.span.locator('img')).toHaveCount(1);
  await screenshots(page, 'trace-picture');
  await page.keyboard.press('v');
  await page.keyboard.press('c');
  const told = page.getByRole('region', { name: 'Conversation' }).getByRole('img', { name: /^Image of the message/ });
  await expect(told).toBeVisible();
  await expect.poll(() => told.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(64);
});

test('a trace and a span are copied as others take them', async ({ page, facts, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const copied = async () => JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as Record<string, never>;
  const trace = new TracePage(page);
  await trace.open(facts.traces.story!);
  const menu = trace.acts;
  await trace.more();
  await menu.getByRole('button', { name: 'Copy as OTLP JSON' }).click();
  await expect(menu.locator('.acts__said')).toHaveText('Copied');
  expect(await copied()).toMatchObject({ resourceSpans: [{ scopeSpans: [{ spans: { length: 11 } }] }] });
  await menu.getByRole('button', { name: 'Copy as MLflow JSON' }).click();
  await expect.poll(copied).toMatchObject({ trace: { trace_info: { trace_id: facts.traces.story } } });
  await trace.more();
  const ofSpan = trace.span.locator('details').filter({ has: page.locator('summary', { hasText: 'Copy as' }) });
  await ofSpan.locator('summary').click();
  await ofSpan.getByRole('button', { name: 'OTLP JSON' }).click();
  await expect(ofSpan.getByRole('status')).toHaveText('Copied');
  expect(await copied()).toMatchObject({ resourceSpans: [{ scopeSpans: [{ spans: [{ spanId: '000000000000000b' }] }] }] });
  await expectAccessible(page);
});

test('a trace is compared with the one before it of its name', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.row('llm_agent').first().getByRole('link', { name: 'llm_agent', exact: true }).click();
  await page.getByRole('link', { name: 'Compare with previous' }).click();
  await expect(page).toHaveURL(/\/compare\?a=tr-\w+&b=tr-\w+/);
  await expect(page.getByRole('treegrid').or(page.getByRole('table')).first()).toBeVisible();
});

test('a trace is deleted on its page, after a time to take it back', async ({ page, facts, server }) => {
  const traceId = 'tr-00000000000000000000000000dead01';
  const span = {
    traceId: traceId.slice(3),
    spanId: '0000000000000001',
    name: 'to be deleted',
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 50}000000`,
  };
  const reply = await page.request.post(`${server.url}/v1/traces`, {
    data: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] },
    headers: { 'x-mlflow-experiment-id': facts.large.id },
  });
  expect(reply.ok()).toBe(true);
  const trace = new TracePage(page);
  await trace.open(traceId);
  const form = trace.acts.locator('.acts__delete');
  const going = page.getByText('This trace is being deleted.');
  const ask = async () => {
    await trace.more();
    await form.locator('summary').click();
    await form.getByLabel('I mean this trace').check();
    await form.getByRole('button', { name: 'Delete the trace' }).click();
    await expect(going).toBeVisible();
  };
  await ask();
  await trace.more();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(going).toBeHidden();
  await ask();
  await expect(page).toHaveURL(/\/experiments\/\d+\/traces/);
  const gone = await page.request.get(`${server.url}/api/3.0/mlflow/traces/${traceId}`);
  expect(gone.status()).toBe(404);
});
