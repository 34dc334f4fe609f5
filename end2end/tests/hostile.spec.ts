// What an application logs is shown as text and never acts.
import type { Page } from '@playwright/test';
import { expect, open, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

/** Fails at the end if anything of the trace became markup. */
async function expectHarmless(page: Page): Promise<void> {
  await expect(page.locator('img[src="x"], main script, a[href^="javascript:" i], [onerror]')).toHaveCount(0);
}

test.beforeEach(({ page }) => {
  page.on('dialog', (dialog) => {
    throw new Error(`a script ran: ${dialog.message()}`);
  });
});

test('in the list', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await expect(list.row('hostile_agent')).toContainText('<img src=x onerror=alert(1)>');
  await expectHarmless(page);
});

test('in the values of a span', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.hostile!);
  await expect(trace.span.getByText('<img src=x onerror=alert(1)>').first()).toBeVisible();
  await expect(trace.span.getByText('javascript:alert(3)').first()).toBeVisible();
  await expect(trace.span.getByText('👩‍👩‍👧‍👦 🏳️‍🌈').first()).toBeVisible();
  await trace.span.getByRole('button', { name: 'JSON', exact: true }).first().click();
  await expectHarmless(page);
});

test('in a conversation', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.hostile!);
  await trace.row('chat <i>model</i>').getByRole('link').click();
  await expect(trace.spanName).toHaveText('chat <i>model</i>');
  await expect(trace.span.getByText('[click](javascript:alert(4))').first()).toBeVisible();
  await expectHarmless(page);
});

test('in tags', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.hostile!);
  await expect(trace.tags.tag('<b>key</b>', '<img src=x onerror=alert(5)>')).toBeVisible();
  await expectHarmless(page);
});

test('in the address', async ({ page, facts }) => {
  await open(page, TraceListPage.path(facts.support, { filter: '"><img src=x onerror=alert(6)>', user: '</script><script>alert(7)</script>' }));
  await expect(new TraceListPage(page).filter).toHaveValue('"><img src=x onerror=alert(6)>');
  await expectHarmless(page);
});

test('right-to-left text is read from the right', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.hostile!);
  const arabic = trace.span.getByText('مرحبا بالعالم، كيف حالك؟', { exact: true }).first();
  await expect(arabic).toHaveCSS('direction', 'rtl');
});
