// The page that notebooks show in an inline frame, from an origin of their own.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../fixtures/data';

const renderer = '/static-files/lib/notebook-trace-renderer/index.html';

/** Serves one document that frames `src`, on an origin of its own, while `use` runs. */
async function framing(src: string, use: (address: string) => Promise<void>): Promise<void> {
  const notebook = createServer((_, reply) => {
    reply.setHeader('content-type', 'text/html');
    reply.end(`<!doctype html><link rel="icon" href="data:,"><title>Notebook</title><iframe src="${src}" width="900" height="500">`);
  });
  await new Promise<void>((done) => notebook.listen(0, '127.0.0.1', done));
  try {
    await use(`http://127.0.0.1:${(notebook.address() as AddressInfo).port}/`);
  } finally {
    notebook.closeAllConnections();
    await new Promise((done) => notebook.close(done));
  }
}

test('traces are shown in a frame of another origin', async ({ page, facts, server }) => {
  const query = `trace_id=${facts.traces.failed}&trace_id=${facts.traces.rated}&experiment_id=${facts.support.id}`;
  await framing(`${server.url}${renderer}?${query}`, async (address) => {
    await page.goto(address);
    const frame = page.frameLocator('iframe');
    await expect(frame.getByRole('heading', { level: 2, name: 'refund_agent' })).toBeVisible();
    await expect(frame.getByRole('heading', { level: 2, name: 'rated_agent' }).first()).toBeVisible();
    const grid = frame.getByRole('treegrid').first();
    await expect(grid.getByRole('row').first()).toHaveAttribute('data-row');
    await grid.getByRole('link', { name: /^plan, / }).click();
    await expect(frame.getByRole('region', { name: 'Opened span' }).first().getByRole('heading', { name: 'plan' })).toBeVisible();
    await expect(frame.getByRole('link', { name: 'Open in Spanfall' }).first()).toHaveAttribute('target', '_blank');
  });
});

test.describe('another page', () => {
  test.use({ allowedComplaints: [/X-Frame-Options|ERR_BLOCKED_BY_RESPONSE|frame-ancestors/i] });

  test('is not shown in a frame of another origin', async ({ page, server }) => {
    await framing(`${server.url}/`, async (address) => {
      await page.goto(address);
      await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Experiments' })).toHaveCount(0);
    });
  });
});
