// The order of a list by its heads: by name and by state, as by time and duration.
import { expectAccessible } from '../fixtures/axe';
import { expect, test } from '../fixtures/data';
import { pagedTraceCount } from '../fixtures/odd_traces';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

/** The names of the 250 traces, the first one first. */
const named = Array.from({ length: pagedTraceCount }, (_, at) => `paged ${at}`).sort();

test('heads of names and states order the list, by keys alone', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  const head = (name: string) => page.getByRole('columnheader', { name, exact: true });
  const states = () => list.rows.locator('.trace-table__state').allInnerTexts();
  await expect(head('State')).not.toHaveAttribute('aria-sort');
  await head('State').getByRole('link').focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]sort=state$/);
  await expect(head('State')).toHaveAttribute('aria-sort', 'ascending');
  await expect(list.place).toContainText('By state, failed first');
  await expect.poll(async () => (await states())[0]?.trim()).toBe('Error');
  await head('State').getByRole('link').focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]sort=-state$/);
  await expect(head('State')).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(async () => (await states()).at(-1)?.trim()).toBe('Error');
  // From head to head by arrows.
  await head('State').getByRole('link').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(head('Name').getByRole('link')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]sort=name$/);
  await expect(head('Name')).toHaveAttribute('aria-sort', 'ascending');
  await expect(head('State')).not.toHaveAttribute('aria-sort');
  const names = async () => (await list.rows.locator('.trace-table__link').allInnerTexts()).map((name) => name.trim());
  await expect.poll(async () => (await names()).join()).toBe([...(await names())].sort().join());
  await expectAccessible(page);
  await page.goBack();
  await expect(page).toHaveURL(/[?&]sort=-state$/);
});

test('pages are added in the order of names while one scrolls', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged, { sort: '-name' });
  await expect(list.place).toContainText('By name, from the end');
  await expect(list.row(named.at(-1)!)).toBeVisible();
  await expect(async () => {
    await list.scrollTo(1);
    await expect(list.place).toContainText(`–${pagedTraceCount} of ${pagedTraceCount}`, { timeout: 500 });
  }).toPass();
  await expect(list.row(named[0]!)).toBeInViewport();
});

test('from trace to trace in the order of names, past the rows that are known', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged, { sort: 'name' });
  await list.row(named[0]!).getByRole('link', { name: named[0], exact: true }).click();
  const trace = new TracePage(page);
  for (const name of named.slice(1, 4)) {
    await trace.tree();
    await page.keyboard.press('Shift+J');
    await expect(trace.heading).toHaveText(name);
  }
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('pages follow in the order of names, and neighbours are those of the list', async ({ page, facts }) => {
    const list = new TraceListPage(page);
    await page.goto(TraceListPage.path(facts.paged));
    await page.getByRole('columnheader', { name: 'Name', exact: true }).getByRole('link').click();
    await expect(page).toHaveURL(/[?&]sort=name$/);
    const links = list.rows.locator('.trace-table__link');
    const seen: string[] = [];
    const ids: string[] = [];
    for (;;) {
      seen.push(...(await links.allInnerTexts()).map((name) => name.trim()));
      for (const link of await links.all()) ids.push((await link.getAttribute('href'))!.match(/tr-[0-9a-f]+/)![0]);
      if ((await list.nextPage.count()) === 0) break;
      await list.nextPage.click();
      await expect(list.previousPage).toBeVisible();
    }
    expect(seen).toEqual(named);
    for (const [sort, place, before, after] of [
      ['name', 100, 99, 101],
      ['-name', 100, 101, 99],
      ['name', 0, -1, 1],
    ] as const) {
      const query = new URLSearchParams({ trace_id: ids[place]!, experiment_id: String(facts.paged.id), sort });
      const reply = await page.request.get(`/ui-api/neighbours?${query}`);
      expect(await reply.json(), `${sort} ${place}`).toEqual([ids[before] ?? null, ids[after] ?? null]);
    }
  });
});
