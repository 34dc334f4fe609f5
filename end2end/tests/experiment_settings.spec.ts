// What can be done to experiments, and what a reader can choose.
import { expectAccessible } from '../fixtures/axe';
import { expect, open, test } from '../fixtures/test';

async function make(url: string, name: string, tags: { key: string; value: string }[] = []): Promise<string> {
  const reply = await fetch(`${url}/api/2.0/mlflow/experiments/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, tags }),
  });
  return ((await reply.json()) as { experiment_id: string }).experiment_id;
}

test('an experiment is renamed, described and tagged', async ({ page, server }) => {
  const id = await make(server.url, 'before');
  await open(page, `/experiments/${id}/settings`);
  await page.getByLabel('Name', { exact: true }).fill('after');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByRole('navigation', { name: 'Path' })).toContainText('after');
  await page.getByLabel('Description').fill('What it is for.');
  await page.getByRole('button', { name: 'Save description' }).click();
  await page.getByLabel('Key of a new tag').fill('team');
  await page.getByLabel('Value of a new tag').fill('search');
  await page.getByRole('button', { name: 'Add tag' }).click();
  await expect(page.getByLabel('Value of the tag team')).toHaveValue('search');
  await expectAccessible(page);
  await open(page, '/?tag=team%3Dsearch');
  const row = page.getByRole('row', { name: /after/ });
  await expect(row).toContainText('What it is for.');
  await expect(row).toContainText('search');
});

test('a deleted experiment can be taken back at once, and restored later', async ({ page, server }) => {
  await make(server.url, 'short-lived');
  await open(page, '/');
  const row = page.getByRole('row', { name: /short-lived/ });
  await page.getByRole('button', { name: 'Delete short-lived' }).click();
  await expect(row).toBeHidden();
  await page.getByRole('button', { name: 'Undo: Experiment short-lived deleted' }).click();
  await expect(row).toBeVisible();
  await page.getByRole('button', { name: 'Delete short-lived' }).click();
  await expect(page.getByRole('button', { name: /^Undo/ })).toHaveCount(0, { timeout: 15_000 });
  await page.getByLabel('Show deleted').check();
  await expect(page).toHaveURL(/deleted=1/);
  await page.getByRole('button', { name: 'Restore short-lived' }).click();
  await expect(page.getByText('No experiment was deleted.')).toBeVisible();
  await open(page, '/');
  await expect(row).toBeVisible();
});

test('choices hold at once and over a reload', async ({ page }) => {
  await open(page, '/settings');
  await page.getByLabel('Dark', { exact: true }).last().check();
  await page.getByLabel('Compact').check();
  await page.getByLabel('Larger').check();
  const html = page.locator('html');
  for (const [name, value] of [['theme', 'dark'], ['density', 'compact'], ['text', 'larger']]) {
    await expect(html).toHaveAttribute(`data-${name}`, value!);
  }
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByLabel('Larger')).toBeChecked();
  await expect(html).toHaveAttribute('data-density', 'compact');
});

test('single keys can be switched off', async ({ page }) => {
  await open(page, '/');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await open(page, '/settings');
  await page.getByLabel('Off').check();
  await page.locator('h1').click();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeHidden();
});

test('the navigation folds with a key and stays so', async ({ page }) => {
  await open(page, '/');
  const nav = page.getByRole('navigation', { name: 'Main' });
  const width = async () => (await nav.boundingBox())!.width;
  expect(await width()).toBeGreaterThan(150);
  await page.keyboard.press('[');
  await expect.poll(width).toBeLessThan(60);
  await page.reload();
  expect(await width()).toBeLessThan(60);
  await page.getByRole('button', { name: 'Unfold the navigation' }).click();
  await expect.poll(width).toBeGreaterThan(150);
});

test('the first trace turns waiting into a link', async ({ page, server }) => {
  await open(page, '/');
  await expect(page.getByText('Waiting for the first trace')).toBeVisible();
  const now = BigInt(Date.now()) * 1_000_000n;
  await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-mlflow-experiment-id': '0' },
    body: JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans: [{
        traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'answer',
        startTimeUnixNano: `${now}`, endTimeUnixNano: `${now + 250_000_000n}`,
      }] }] }],
    }),
  });
  await page.getByRole('link', { name: 'Look at it' }).click();
  await expect(page.getByText('answer').first()).toBeVisible();
});
