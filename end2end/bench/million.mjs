// A list over very many traces: scrolling, a filter, a facet.
import { frames, fresh, held, judged, opened, wheel } from './browser.mjs';

const rowCount = `document.querySelectorAll('.trace-table tbody tr a[href*="/traces/tr-"]').length`;
const isInteractive = `performance.getEntriesByName('spanfall:interactive').length > 0`;

/** Measures and returns lines as `small` does. */
export async function million(base, experiment, runs) {
  const list = `${base}/experiments/${experiment}/traces`;
  const results = [];
  for (let run = 0; run < runs; run += 1) results.push(await fresh((page) => visit(page, list)));
  const line = (what, unit, of, goal) => {
    const { best, median } = judged(results.map(of));
    return { what, unit, best, median, goal };
  };
  return [
    line('list of a million: rows visible', 'ms', (one) => one.rows, 400),
    line('list of a million: interactive', 'ms', (one) => one.interactive, 700),
    line('list of a million: worst frame, wheel', 'ms', (one) => one.wheel.worst, 50),
    line('list of a million: worst frame, jumps', 'ms', (one) => one.jumps.worst, 50),
    line('list of a million: worst frame, filter', 'ms', (one) => one.filter.worst, 50),
    line('list of a million: worst frame, facet click', 'ms', (one) => one.facet.worst, 50),
    line('list of a million: facet click to rows', 'ms', (one) => one.facet.rows, 150),
  ];
}

async function visit(page, list) {
  const rows = await opened(page, list, `${rowCount} >= 10`);
  await held(page, isInteractive);
  const interactive = await page.evaluate(() => performance.getEntriesByName('spanfall:interactive')[0].startTime);
  await page.waitForLoadState('networkidle');
  const scroller = await scrollerOf(page);
  const wheelFrames = await frames(page, () => wheel(page, scroller.point, 90, 600));
  const jumps = await frames(page, async () => {
    for (let step = 1; step <= 30; step += 1) {
      await page.evaluate((part) => {
        const area = window.benchScroller ?? document.scrollingElement;
        area.scrollTop = area.scrollHeight * part;
        return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      }, ((step * 7) % 30) / 30);
    }
  });
  await held(page, `${rowCount} >= 5`);
  await page.evaluate(() => { (window.benchScroller ?? document.scrollingElement).scrollTop = 0; });
  const filtered = await filter(page);
  return { rows, interactive, wheel: wheelFrames, jumps, filter: filtered, facet: await facet(page) };
}

/** Frames from the press on Enter until all that follows a filter is drawn; then the filter is taken away again. */
async function filter(page) {
  const box = page.getByRole('combobox', { name: 'Filter', exact: true });
  await box.fill("status = 'OK'");
  const found = await frames(page, async () => {
    await box.press('Enter');
    await page.waitForURL(/filter=/);
    await rest(page);
  });
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes('filter='));
  await page.waitForLoadState('networkidle');
  return found;
}

/** Nothing is on its way any more, and what came has been drawn. */
async function rest(page) {
  await page.waitForLoadState('networkidle');
  await page.evaluate(async () => {
    for (let frame = 0; frame < 20; frame += 1) await new Promise((done) => requestAnimationFrame(done));
  });
}

/** The element that scrolls the rows: the nearest ancestor of the table that does, or the document. */
async function scrollerOf(page) {
  await page.evaluate(() => {
    let at = document.querySelector('.trace-table');
    while (at && !(at.scrollHeight > at.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(at).overflowY))) at = at.parentElement;
    window.benchScroller = at ?? undefined;
  });
  const box = await page.locator('.trace-table').boundingBox();
  return { point: { x: box.x + box.width / 2, y: Math.min(box.y + 200, 700) } };
}

/** From the press on the failed ones in the facet of states until rows are shown and all of them failed. */
async function facet(page) {
  const facets = page.getByRole('button', { name: 'Facets', exact: true });
  if ((await facets.getAttribute('aria-expanded')) === 'false') await facets.click();
  const region = page.getByRole('region', { name: 'State', exact: true });
  const value = region.getByRole('link', { name: /^ERROR, / });
  await value.waitFor();
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => {
    addEventListener('click', () => { window.benchClicked = performance.now(); }, { capture: true, once: true });
  });
  const badges = `[...document.querySelectorAll('.trace-table tbody .trace-table__state .badge')]`;
  let shown = 0;
  const { worst } = await frames(page, async () => {
    await value.click();
    shown = await held(page, `${rowCount} >= 10 && ${badges}.every((badge) => badge.dataset.tone === 'error')`);
    await rest(page);
  });
  return { rows: shown - (await page.evaluate(() => window.benchClicked)), worst };
}
