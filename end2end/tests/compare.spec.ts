// Traces side by side: what differs, where they part, texts word by word; one against many; the way there from a trace.
import { expectAccessible } from '../fixtures/axe';
import { expectPresentable } from '../fixtures/presentable';
import { expect, interactive, open, test as base } from '../fixtures/test';
import { type Trials, logTrials } from '../fixtures/trials';
import { ComparePage } from '../pages/compare_page';

const test = base.extend<object, { trials: Trials }>({
  trials: [async ({ server }, use) => use(await logTrials(server.url)), { scope: 'worker' }],
});

test('two traces part at the first step that differs', async ({ page, trials }) => {
  const compare = new ComparePage(page);
  await compare.open([trials.good, trials.bad]);
  await expect(compare.fact('Duration')).toContainText('+1.41 s');
  await expect(compare.fact('Spans')).toContainText('+1');
  await expect(compare.row('search_flights')).toContainText('Same');
  await expect(compare.row('apologise')).toContainText('Only B');
  // The ids in what the first model call said are no difference; the second chose another flight.
  await expect(compare.selected).toContainText('gpt-4o');
  await expect(compare.selected).toContainText('Changed');
  await expect(compare.part('Output').locator('del')).toHaveText('HAT136');
  await expect(compare.part('Output').locator('ins')).toHaveText('HAT170');
  await expectPresentable(page, 'compare');
});

test('differences are walked by keys, and texts stand side by side', async ({ page, trials }) => {
  const compare = new ComparePage(page);
  await compare.open([trials.good, trials.bad]);
  await page.keyboard.press('n');
  await expect(compare.selected).toContainText('book_flight');
  await expect(compare.part('Input').locator('ins')).toHaveText('HAT170');
  await page.keyboard.press('n');
  await expect(compare.selected).toContainText('apologise');
  await expect(page).toHaveURL(/step=/);
  await page.keyboard.press('Shift+N');
  await expect(compare.selected).toContainText('book_flight');
  await page.keyboard.press('d');
  await expect(compare.panel.locator('.compare-pair').first()).toBeVisible();
  await expect(page).toHaveURL(/style=side/);
  await expectPresentable(page, 'compare-side');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.reload();
  await interactive(page);
  await expect(compare.selected).toContainText('book_flight');
  await expect(compare.panel.locator('.compare-pair').first()).toBeVisible();
});

test('s exchanges the two, and what is ignored can count', async ({ page, trials }) => {
  const compare = new ComparePage(page);
  await compare.open([trials.good, trials.bad]);
  await page.keyboard.press('s');
  await expect(compare.fact('Duration')).toContainText('−1.41 s');
  await expect(compare.row('apologise')).toContainText('Only A');
  await page.getByRole('link', { name: 'Ignore ids and times' }).click();
  await expect(page).toHaveURL(/ignore=nothing/);
  await expect(compare.rows.filter({ hasText: 'Changed' })).toHaveCount(4);
  await expect(page.getByRole('link', { name: 'Ignore ids and times' })).not.toHaveAttribute('aria-current');
});

test('three traces share one list, and any can be the baseline', async ({ page, trials }) => {
  const compare = new ComparePage(page);
  await compare.open([trials.good, trials.bad, trials.other]);
  await expect(compare.row('apologise')).toContainText('Only B');
  await expect(compare.row('gpt-4o → claude-sonnet-4-5').first()).toBeVisible();
  // The first step that differs is compared with a trace in which it does.
  await expect(compare.selected).toContainText('Changed');
  await expect(compare.panel.getByRole('heading', { name: 'gpt-4o → claude-sonnet-4-5' })).toBeVisible();
  await expect(compare.panel.getByRole('link', { name: /^with C *, differs$/ })).toHaveAttribute('aria-current', 'true');
  await expectPresentable(page, 'compare-three');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('link', { name: 'Make C the baseline' }).click();
  await expect(page).toHaveURL(new RegExp(`a=${trials.other}`));
  await page.getByRole('link', { name: 'Remove C' }).click();
  await expect(compare.facts.getByRole('columnheader')).toHaveCount(3);
});

test('of long traces only the rows in view are drawn', async ({ page, trials }) => {
  const compare = new ComparePage(page);
  await compare.open([trials.long, trials.longer]);
  await expect(compare.summary).toHaveText('3 differences in the steps');
  await expect(compare.selected).toContainText('Changed');
  await expect(compare.part('Output').locator('ins')).toHaveText('Moved');
  await expect(compare.selected).toBeInViewport();
  expect(await compare.rows.count()).toBeLessThan(200);
  await page.keyboard.press('n');
  await expect(compare.selected).toContainText('Only A');
  await page.keyboard.press('n');
  await expect(compare.selected).toContainText('summarise');
  await page.getByRole('link', { name: 'Only differences' }).click();
  await expect(compare.rows).toHaveCount(4);
  await expect(page.getByRole('link', { name: 'Only differences' })).toHaveAttribute('aria-current', 'true');
});

test('by keyboard alone', async ({ page, trials }) => {
  const compare = new ComparePage(page);
  await compare.open([trials.good, trials.bad]);
  await compare.grid.focus();
  await page.keyboard.press('Home');
  await expect(compare.selected).toContainText('booking_agent');
  await page.keyboard.press('ArrowDown');
  await expect(compare.selected).toContainText('gpt-4o');
  await page.keyboard.press('End');
  await expect(compare.selected).toContainText('apologise');
});

test('a trace leads to what it can be compared with', async ({ page, trials }) => {
  await open(page, `/compare?a=${trials.bad}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Compare with…');
  await expect(page.getByRole('heading', { name: 'Traces of the same name' })).toBeVisible();
  await expectPresentable(page, 'compare-choice');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByLabel('Trace id').fill(trials.good);
  await page.getByRole('button', { name: 'Compare' }).click();
  const compare = new ComparePage(page);
  await expect(compare.row('apologise')).toContainText('Only A');
});

test('the page of a trace offers the same in a dialog, by keys alone', async ({ page, trials }) => {
  await open(page, `/traces/${trials.bad}`);
  const more = page.locator('.trace-header .acts > summary');
  await more.click();
  const link = page.getByRole('link', { name: 'Compare with…' });
  await expect(link).toHaveAttribute('aria-haspopup', 'dialog');
  const dialog = page.getByRole('dialog', { name: 'Compare with' });
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('heading', { name: 'Traces of the same name' })).toBeVisible();
  const first = dialog.getByRole('listitem').first().getByRole('link');
  await expect(first).toBeFocused();
  await expectAccessible(page);
  await expectPresentable(page, 'compare-dialog');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press('ArrowDown');
  await expect(first).not.toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(first).toBeFocused();
  // Keys of the page do nothing meanwhile.
  const address = page.url();
  await page.keyboard.press('e');
  expect(page.url()).toBe(address);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(link).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('link', { name: /^With the median of all named/ })).toBeVisible();
  await dialog.getByLabel('Trace id').fill(trials.good);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/compare\\?a=${trials.bad}&b=${trials.good}`));
  await expect(new ComparePage(page).row('apologise')).toContainText('Only A');
  await page.goBack();
  await interactive(page);
  await more.click();
  await link.click();
  await expect(first).toBeFocused();
  const target = await first.getAttribute('href');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`${target!.replace(/[?.]/g, '\\$&')}$`));
});

test('one trace against the median of many', async ({ page, trials }) => {
  await open(page, ComparePage.path([trials.bad], { set: "name = 'booking_agent'", experiment: trials.experiment.id }));
  await expect(page.getByText('against the median of 2 traces with this filter')).toBeVisible();
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
  await expect(row('apologise')).toContainText('only here');
  await expect(row('Spans')).toContainText('+1');
  await expectPresentable(page, 'compare-usual');
});

test('attempts of one request are a chain', async ({ page, trials }) => {
  await open(page, `/traces/${trials.attempts[1]}`);
  const chain = page.getByRole('navigation', { name: 'Related traces' });
  await expect(chain.getByRole('listitem').filter({ hasText: 'Attempt' })).toHaveCount(3);
  const here = chain.locator('[aria-current="page"]');
  await expect(here).toContainText('Attempt 2');
  await expectPresentable(page, 'trace-attempts');
  await page.setViewportSize({ width: 1440, height: 900 });
  await chain.getByRole('link', { name: /Attempt 3/ }).click();
  await expect(page).toHaveURL(`/traces/${trials.attempts[2]}`);
  await expect(here).toContainText('Attempt 3');
  await chain.getByRole('link', { name: 'Compare with the attempt before' }).click();
  await expect(new ComparePage(page).fact('State')).toContainText('ERROR');
});

test.describe('a trace that is not there', () => {
  test.use({ allowedComplaints: [/404/] });

  test('is named', async ({ page, trials }) => {
    const missing = `tr-${'0'.repeat(32)}`;
    const reply = await page.goto(ComparePage.path([trials.good, missing]));
    expect(reply?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Trace not found');
    await expect(page.getByText(missing)).toBeVisible();
  });
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('differences, steps and texts are there', async ({ page, trials }) => {
    const compare = new ComparePage(page);
    await page.goto(ComparePage.path([trials.good, trials.bad]));
    await expect(compare.fact('Duration')).toContainText('+1.41 s');
    await expect(compare.selected).toContainText('Changed');
    await compare.row('book_flight').getByRole('link').click();
    await expect(compare.part('Input').locator('ins')).toHaveText('HAT170');
    await page.getByRole('link', { name: 'Side by side' }).click();
    await expect(compare.panel.locator('.compare-pair').first()).toBeVisible();
  });

  test('“Compare with…” leads to a page', async ({ page, trials }) => {
    await page.goto(`/traces/${trials.bad}`);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.locator('.trace-header .acts > summary').click();
    await page.getByRole('link', { name: 'Compare with…' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Compare with…');
    await expect(page.getByRole('heading', { name: 'Traces of the same name' })).toBeVisible();
  });
});
