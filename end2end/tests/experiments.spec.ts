// The page of experiments, on an empty server and on one with data.
import type { Response } from '@playwright/test';
import { test as dataTest } from '../fixtures/data';
import { dataFolder, startServer } from '../fixtures/server';
import { expect, interactive, open, test } from '../fixtures/test';
import { TraceListPage } from '../pages/trace_list_page';

test('the page of experiments hydrates', async ({ page }) => {
  await open(page, '/');
  await expect(page).toHaveTitle(/^Experiments/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Experiments');
});

test('an empty server says how to send the first trace, with its own address', async ({ page }) => {
  // The workers' server is empty at first only.
  const server = await startServer(await dataFolder());
  try {
    await page.goto(server.url);
    await interactive(page);
    const door = page.getByRole('region', { name: 'Send the first trace' });
    await expect(door.getByText(`mlflow.set_tracking_uri("${server.url}")`)).toBeVisible();
    await page.getByText('OTLP', { exact: true }).click();
    await expect(door.getByText(`OTLP_TRACES_ENDPOINT="${server.url}/v1/traces"`)).toBeVisible();
    await page.goto('about:blank');
  } finally {
    await server.stop();
  }
});

test('an experiment can be made and searched for', async ({ page }) => {
  await open(page, '/');
  await page.getByLabel('Name of a new experiment').fill('made by hand');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('made by hand');
  await open(page, '/');
  await page.getByLabel('Search experiments by name').fill('nothing like it');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByText('No experiment has “nothing like it” in its name.')).toBeVisible();
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(page.getByRole('link', { name: 'made by hand', exact: true })).toBeVisible();
});

test('files under hashed names are cached for good, code comes compressed', async ({ page }) => {
  const replies: Response[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.startsWith('/pkg/')) replies.push(response);
  });
  await open(page, '/');
  const kinds = new Set(replies.map((reply) => reply.url().split('.').pop()));
  expect([...kinds]).toEqual(expect.arrayContaining(['css', 'js', 'wasm']));
  for (const reply of replies) {
    const headers = await reply.allHeaders();
    expect(headers['cache-control']).toContain('immutable');
    if (!reply.url().endsWith('.woff2')) expect(headers['content-encoding']).toMatch(/^(br|gzip)$/);
  }
});

dataTest('an experiment leads to its traces', async ({ page, facts }) => {
  await open(page, '/');
  await page.getByRole('link', { name: facts.demo.name, exact: true }).click();
  await expect(page).toHaveURL(TraceListPage.path(facts.demo));
  const list = new TraceListPage(page);
  await expect(list.rows).toHaveCount(20);
  await expect(list.summary).toContainText('20 traces');
});

dataTest("an experiment's own address leads to its traces", async ({ page, facts }) => {
  await open(page, `/experiments/${facts.demo.id}`);
  await expect(page).toHaveURL(TraceListPage.path(facts.demo));
});
