// The page of a run: what it logged, its files, the forms that change it, its traces.
import { expect, open, test } from '../fixtures/groups';
import { expectPresentable } from '../fixtures/presentable';

test('metrics, parameters and files of a run are shown', async ({ page, chat }) => {
  await open(page, `/runs/${chat.runs.a}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('baseline');
  await expect(page.getByRole('row', { name: /accuracy/ })).toContainText('0.5');
  await expect(page.getByRole('img', { name: '5 values from 0.1 to 0.5' })).toBeVisible();
  await expect(page.getByText('temperature')).toBeVisible();
  await page.getByRole('link', { name: /report\.json/ }).click();
  await expect(page).toHaveURL(/file=report\.json/);
  const file = page.getByRole('article', { name: 'report.json' });
  await expect(file).toContainText('accuracy');
  const [download] = await Promise.all([page.waitForEvent('download'), file.getByRole('link', { name: 'Download' }).click()]);
  expect(download.suggestedFilename()).toBe('report.json');
  await page.getByRole('link', { name: 'model/' }).click();
  await page.getByRole('link', { name: /MLmodel/ }).click();
  await expect(page.getByRole('article', { name: 'MLmodel' })).toContainText('python_function');
});

test('a run is renamed, described and tagged', async ({ page, chat }) => {
  await open(page, `/runs/${chat.runs.b}`);
  await page.getByText('Edit', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('better candidate');
  await page.getByLabel('Description').fill('With the larger model.');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('better candidate');
  await expect(page.getByText('With the larger model.').first()).toBeVisible();
  const tags = page.getByRole('group', { name: 'Tags' });
  await tags.locator('summary', { hasText: 'Tag' }).last().click();
  await tags.getByLabel('Key').fill('team');
  await tags.getByLabel('Value').last().fill('tea');
  await tags.getByRole('button', { name: 'Add' }).click();
  await expect(tags.locator('summary', { hasText: 'team' })).toContainText('tea');
});

test('a trace is linked and unlinked', async ({ page, chat }) => {
  await open(page, `/runs/${chat.runs.a}`);
  await expect(page.getByRole('heading', { name: 'Traces (3)' })).toBeVisible();
  await page.getByText('Link traces', { exact: true }).click();
  await page.getByLabel('Ids of traces, one a line').fill(chat.loose);
  await page.getByRole('button', { name: 'Link', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Traces (4)' })).toBeVisible();
  await page.getByText('4 traces linked after the fact').click();
  const line = page.getByRole('listitem').filter({ hasText: 'Which run is this of?' });
  await line.getByRole('button', { name: /^Unlink/ }).click();
  await expect(page.getByRole('button', { name: /^Undo: .* unlinked/ })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Traces (3)' })).toBeVisible();
});

test('a deleted run can be had back', async ({ page, chat, server }) => {
  const reply = await fetch(`${server.url}/api/2.0/mlflow/runs/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_id: chat.experiment.id, run_name: 'short lived' }),
  });
  const { run } = (await reply.json()) as { run: { info: { run_id: string } } };
  await open(page, `/runs/${run.info.run_id}`);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Undo: Run short lived deleted' }).click();
  await expect(page.getByRole('button', { name: 'Delete' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('deleted', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('button', { name: 'Delete' })).toBeVisible();
});

test('it is accessible in both colours and on a phone', async ({ page, chat }) => {
  // Axe looks at a long page three times.
  test.slow();
  await open(page, `/runs/${chat.runs.a}?file=report.json`);
  await expect(page.getByRole('article', { name: 'report.json' })).toBeVisible();
  await expectPresentable(page, 'run-page');
});

test.describe('an unknown run', () => {
  test.use({ allowedComplaints: [/404/] });

  test('is not found', async ({ page }) => {
    const reply = await page.goto('/runs/nothing-of-the-kind');
    expect(reply?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Run not found');
  });
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('files are opened and a tag is added', async ({ page, chat }) => {
    await page.goto(`/runs/${chat.runs.a}`);
    await page.getByRole('link', { name: /report\.json/ }).click();
    await expect(page.getByRole('article', { name: 'report.json' })).toContainText('accuracy');
    const tags = page.getByRole('group', { name: 'Tags' });
    await tags.locator('summary', { hasText: 'Tag' }).last().click();
    await tags.getByLabel('Key').fill('plain');
    await tags.getByRole('button', { name: 'Add' }).click();
    await expect(tags.locator('summary', { hasText: 'plain' })).toBeVisible();
  });
});
