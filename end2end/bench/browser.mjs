// Chromium for measurements: a fresh profile for each visit, what went over the wire, frame times, memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-precise-memory-info',
];

/** Calls `visit` with a page of a browser that has never been anywhere. */
export async function fresh(visit) {
  const profile = mkdtempSync(join(tmpdir(), 'spanfall-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.SPANFALL_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    // What to wait for is given as text.
    bypassCSP: true,
    args: flags,
    viewport: { width: 1440, height: 900 },
  });
  try {
    await context.addInitScript(rememberMemory);
    return await visit(await context.newPage());
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Runs in the page before its scripts: keeps hold of the WebAssembly memory, which no figure of the browser tells. */
function rememberMemory() {
  const keep = (result) => {
    const memory = (result.instance ?? result).exports?.memory;
    if (memory) window.benchMemory = memory;
    return result;
  };
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = (...given) => original.apply(WebAssembly, given).then(keep);
  }
}

/** Opens `url` and returns the time in milliseconds since the navigation began when `ready`, an expression, first held in a frame. */
export async function opened(page, url, ready) {
  await page.goto(url, { waitUntil: 'commit' });
  return held(page, ready);
}

/** The same without a navigation of our own. */
export async function held(page, ready) {
  const handle = await page.waitForFunction(`(${ready}) && performance.now()`, undefined, { polling: 'raf', timeout: 60_000 });
  return handle.jsonValue();
}

/** Bytes of script, WebAssembly and style, and of everything, as they came over the wire. Call before the navigation. */
export async function meter(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const kinds = new Map();
  const bytes = { code: 0, all: 0, requests: 0 };
  session.on('Network.responseReceived', ({ requestId, response }) => kinds.set(requestId, response.mimeType));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes.requests += 1;
    bytes.all += encodedDataLength;
    if (/javascript|wasm|css/.test(kinds.get(requestId) ?? '')) bytes.code += encodedDataLength;
  });
  return bytes;
}

/** Collects the times between frames while `act` runs: `{ fps, p95, worst }`. */
export async function frames(page, act) {
  await page.evaluate(() => {
    window.benchFrames = [];
    const step = (time) => {
      window.benchFrames.push(time);
      window.benchHandle = requestAnimationFrame(step);
    };
    window.benchHandle = requestAnimationFrame(step);
  });
  await act();
  const times = await page.evaluate(() => {
    cancelAnimationFrame(window.benchHandle);
    return window.benchFrames;
  });
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  gaps.sort((a, b) => a - b);
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return {
    fps: (gaps.length * 1000) / total,
    p95: gaps[Math.floor(gaps.length * 0.95)] ?? 0,
    worst: gaps.at(-1) ?? 0,
  };
}

/** JavaScript heap in use and WebAssembly memory of the page, in megabytes of 1,000,000 bytes. */
export async function memory(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const wasm = await page.evaluate(() => window.benchMemory.buffer.byteLength);
  return (usedSize + wasm) / 1e6;
}

/** Turns the wheel `steps` times at a point, a frame apart. */
export async function wheel(page, point, steps, deltaY, modifier) {
  await page.mouse.move(point.x, point.y);
  if (modifier) await page.keyboard.down(modifier);
  for (let step = 0; step < steps; step += 1) {
    await page.mouse.wheel(0, deltaY);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  if (modifier) await page.keyboard.up(modifier);
}

/** Median and least of numbers. */
export function judged(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return { best: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}
