// A trace file of the reader's own, saved to an experiment of the server.
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, open, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { OpenFilePage, protobufExport, recordedExport } from '../fixtures/trace_files';
import { TracePage } from '../pages/trace_page';

/** The dialog that saves the open file. */
function saving(page: Page) {
  const dialog = page.getByRole('dialog', { name: 'Save to an experiment' });
  return {
    button: page.getByRole('button', { name: 'Save to an experiment' }),
    dialog,
    field: dialog.getByRole('combobox', { name: 'Find an experiment' }),
    options: dialog.getByRole('option'),
    /** What is said in the end. */
    said: dialog.locator('#save-file-said'),
  };
}

async function newExperiment(page: Page, name: string): Promise<string> {
  const made = await page.request.post('/api/2.0/mlflow/experiments/create', { data: { name } });
  const { experiment_id } = (await made.json()) as { experiment_id: string };
  return experiment_id;
}

test('an opened file is saved by keys alone, and again nothing is new', async ({ page }) => {
  const name = `saved ${Date.now()}`;
  const id = await newExperiment(page, name);
  await open(page, '/open');
  const file = new OpenFilePage(page);
  await file.choose('helm.json', await recordedExport('kagent/helm/'));
  const trace = new TracePage(page);
  await trace.tree();
  const save = saving(page);
  await save.button.focus();
  await page.keyboard.press('Enter');
  await expect(save.field).toBeFocused();
  await expect(save.options.first()).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'save-file-choice');
  // Escape leaves, and nothing was sent.
  await page.keyboard.press('Escape');
  await expect(save.dialog).toBeHidden();
  await expect(save.button).toBeFocused();
  await expect(file.note).toContainText('This file is only in your browser.');
  await page.keyboard.press('Enter');
  await expect(save.field).toBeFocused();
  await page.keyboard.type(name);
  await expect(save.options).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(save.said).toHaveText(`1 trace stored in ${name}.`);
  await expect(save.said).toBeFocused();
  await expectAccessible(page);
  await screenshots(page, 'save-file-done');
  const link = save.dialog.getByRole('listitem').getByRole('link');
  await expect(link).toHaveCount(1);
  const target = await link.getAttribute('href');
  await page.keyboard.press('Escape');
  await expect(file.note).toContainText(`Its traces are in ${name}.`);
  // Once more: it is known by its id.
  await save.button.click();
  await save.field.fill(name);
  await expect(save.options).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(save.said).toHaveText(`Nothing new was stored in ${name}. 1 trace was there already.`);
  await link.click();
  await expect(page).toHaveURL(new RegExp(`${target}$`));
  await trace.tree();
  await expect(page.getByText('96 spans', { exact: true })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Path' })).toContainText(name);
  await page.goto(`/experiments/${id}/traces`);
  await expect(page.getByRole('status').filter({ hasText: '1 trace' }).first()).toBeVisible();
});

test('a packed file of many traces is saved, and what others have stays there', async ({ page, facts }) => {
  const name = `many ${Date.now()}`;
  await newExperiment(page, name);
  const exported = await page.request.post(`/ui-api/experiments/${facts.paged.id}/export`, { form: { format: 'jsonl' } });
  const lines = (await exported.text()).trimEnd().split('\n');
  // Thirty traces under ids of their own, and two that the server has.
  const renamed = lines.slice(0, 30).map((line, at) => {
    const { trace_id: old } = (JSON.parse(line) as { info: { trace_id: string } }).info;
    return line.replaceAll(old, `tr-saved-${at}`);
  });
  await open(page, '/open');
  const file = new OpenFilePage(page);
  await file.choose('many.jsonl.gz', gzipSync([...renamed, ...lines.slice(40, 42)].join('\n')));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Traces of the file');
  const save = saving(page);
  await save.button.click();
  await save.field.fill(name);
  await expect(save.options).toHaveCount(1);
  await save.options.first().click();
  await expect(save.said).toHaveText(
    `30 traces stored in ${name}. 2 traces are in other experiments and stay there.`,
  );
  await expect(save.dialog.getByRole('listitem')).toHaveCount(20);
  await expect(save.dialog.getByText('and 12 more.')).toBeVisible();
  await save.dialog.getByRole('link', { name: 'Go to the experiment' }).click();
  await expect(page.getByRole('status').filter({ hasText: '30 traces' }).first()).toBeVisible();
});

test.describe('when it is not taken', () => {
  test.use({ allowedComplaints: [/400|Bad Request|ERR_FAILED|Failed to fetch/] });

  test('the server says why, and it can be tried again', async ({ page }) => {
    const name = `gone ${Date.now()}`;
    const id = await newExperiment(page, name);
    await open(page, '/open');
    await new OpenFilePage(page).choose('batch.pb', protobufExport());
    await new TracePage(page).tree();
    const save = saving(page);
    await save.button.click();
    await save.field.fill(name);
    await expect(save.options).toHaveCount(1);
    await page.request.post('/api/2.0/mlflow/experiments/delete', { data: { experiment_id: id } });
    await page.keyboard.press('Enter');
    await expect(save.said).toContainText(`The file was not saved to ${name}. The experiment is deleted.`);
    await expect(save.said).toBeFocused();
    await expectAccessible(page);
    await page.request.post('/api/2.0/mlflow/experiments/restore', { data: { experiment_id: id } });
    await save.dialog.getByRole('button', { name: 'Try again' }).click();
    await expect(save.said).toHaveText(`1 trace stored in ${name}.`);
  });

  test('a server that cannot be reached is said', async ({ page }) => {
    const name = `away ${Date.now()}`;
    await newExperiment(page, name);
    await open(page, '/open');
    await new OpenFilePage(page).choose('batch.pb', protobufExport());
    await new TracePage(page).tree();
    const save = saving(page);
    await save.button.click();
    await save.field.fill(name);
    await expect(save.options).toHaveCount(1);
    await page.route('**/import', (route) => route.abort());
    await page.keyboard.press('Enter');
    await expect(save.said).toContainText('The server could not be reached.');
    await page.unroute('**/import');
    await save.dialog.getByRole('button', { name: 'Choose another experiment' }).click();
    await expect(save.field).toBeFocused();
  });
});
