// The list of a few hundred traces, and traces of 20, 20,000 and 100,000 spans.
import { frames, fresh, held, judged, memory, meter, opened, wheel } from './browser.mjs';
import { staticCopy } from './floor.mjs';

const rowsVisible = `[...document.querySelectorAll('main a[href*="/traces/tr-"]')].filter((a) => { const r = a.getBoundingClientRect(); return r.width > 0 && r.top < innerHeight; }).length >= 10`;
const isInteractive = `performance.getEntriesByName('spanfall:interactive').length > 0`;
/** The rows are those of the whole tree, not only those that came with the document. */
const treeVisible = `document.querySelectorAll('[role=treegrid] [role=row][data-row]').length >= 2`;

/** Measures and returns lines `{ what, unit, best, median, goal, isFloor }`; higher is better where `isFloor`. */
export async function small(base, places, runs) {
  const list = `${base}/experiments/${places.experiment}/traces`;
  const copy = await staticCopy(list);
  const lines = [];
  const line = (what, unit, values, goal, isFloor = false) => {
    const { best, median } = judged(isFloor ? values.map((value) => -value) : values);
    lines.push({ what, unit, best: Math.abs(best), median: Math.abs(median), goal, isFloor });
  };
  const repeat = async (visit) => {
    const results = [];
    for (let run = 0; run < runs; run += 1) results.push(await fresh(visit));
    return results;
  };
  try {
    await fresh((page) => opened(page, list, rowsVisible));
    const floor = judged(await repeat((page) => opened(page, copy.url, rowsVisible)));
    const first = await repeat(async (page) => {
      const bytes = await meter(page);
      const rows = await opened(page, list, rowsVisible);
      await held(page, isInteractive);
      const mark = await page.evaluate(() => performance.getEntriesByName('spanfall:interactive')[0].startTime);
      await page.waitForLoadState('networkidle');
      return { rows, mark, ...bytes };
    });
    line('list: JS, WASM and CSS over the wire', 'KB', first.map((one) => one.code / 1000), 400);
    line('list: everything over the wire', 'KB', first.map((one) => one.all / 1000), 450);
    line('list: a static page of the same rows', 'ms', [floor.best, floor.median]);
    line('list: rows visible', 'ms', first.map((one) => one.rows), floor.best + 80);
    line('list: interactive', 'ms', first.map((one) => one.mark), 700);
    line('trace of 20 spans after the click', 'ms', await repeat((page) => clicked(page, list)), 300);
    for (const [spans, goal] of [[20_000, 700], [100_000, 2_500]]) {
      const found = await repeat((page) => large(page, `${base}/traces/${places.traces[spans]}`));
      const name = `${spans / 1000},000 spans`;
      line(`${name}: tree visible`, 'ms', found.map((one) => one.tree), goal);
      for (const [act, of] of [['wheel', 'scrolled'], ['zoom', 'zoomed']]) {
        line(`${name}: frames a second, ${act}`, '', found.map((one) => one[of].fps), 55, true);
        line(`${name}: p95 frame, ${act}`, 'ms', found.map((one) => one[of].p95), 20);
      }
      line(`${name}: JS heap and WASM memory`, 'MB', found.map((one) => one.memory), 200);
    }
  } finally {
    copy.stop();
  }
  return lines;
}

async function clicked(page, list) {
  await opened(page, list, `(${rowsVisible}) && ${isInteractive}`);
  const link = page.locator('main a.trace-table__link').nth(3);
  // A pointer comes near before it presses, which is when the code of the trace page is fetched.
  await link.hover();
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => {
    addEventListener('click', () => { window.benchClicked = performance.now(); }, { capture: true, once: true });
  });
  await link.click();
  const shown = await held(page, `location.pathname.startsWith('/traces/') && ${treeVisible}`);
  return shown - (await page.evaluate(() => window.benchClicked));
}

async function large(page, url) {
  const tree = await opened(page, url, treeVisible);
  await page.waitForLoadState('networkidle');
  const box = await page.locator('[role=treegrid]').boundingBox();
  const point = { x: box.x + box.width * 0.7, y: box.y + box.height / 2 };
  const scrolled = await frames(page, () => wheel(page, point, 90, 400));
  const zoomed = await frames(page, async () => {
    await wheel(page, point, 45, -120, 'Control');
    await wheel(page, point, 45, 120, 'Control');
  });
  return { tree, scrolled, zoomed, memory: await memory(page) };
}
