// Lists of sessions, users and runs, the page of a user, and the comparison of runs.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, open, test } from '../fixtures/groups';
import { expectPresentable } from '../fixtures/presentable';

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

test('sessions are listed, searched and ordered', async ({ page, chat }) => {
  const { experiment, long, short } = chat;
  await open(page, `/experiments/${experiment.id}/traces`);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sessions' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sessions');
  await expect(row(page, long.session)).toContainText('120');
  await expect(row(page, long.session)).toContainText('Question 1: how much tea');
  await page.getByRole('columnheader', { name: 'Turns' }).getByRole('link').click();
  await expect(page.getByRole('columnheader', { name: 'Turns' })).toHaveAttribute('aria-sort', 'descending');
  await page.getByPlaceholder('User').fill('bob');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(row(page, long.session)).toHaveCount(0);
  await row(page, short.session).getByRole('link', { name: short.session }).click();
  await expect(page).toHaveURL(`/sessions/${short.session}?experiment=${experiment.id}`);
});

test('users are listed and opened', async ({ page, chat }) => {
  const { experiment, long } = chat;
  await open(page, `/experiments/${experiment.id}/users`);
  await expect(row(page, 'ada')).toContainText('120');
  await row(page, 'ada').getByRole('link', { name: 'ada' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('ada');
  await expect(page.getByRole('link', { name: long.session })).toBeVisible();
  await page.getByRole('link', { name: 'Failed' }).click();
  await expect(page).toHaveURL(/\/traces\?.*user=ada/);
  await expect(page.getByRole('link', { name: 'tea_agent', exact: true })).toHaveCount(1);
});

test('runs are filtered, ordered, and compared', async ({ page, chat }) => {
  const { experiment } = chat;
  await open(page, `/experiments/${experiment.id}/runs`);
  await page.getByRole('columnheader', { name: 'accuracy' }).getByRole('link').click();
  await expect(page.getByRole('columnheader', { name: 'accuracy' })).toHaveAttribute('aria-sort', /ascending|descending/);
  await page.getByLabel('Filter runs').fill("params.model = 'small'");
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('link', { name: 'baseline', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: /candidate/ })).toHaveCount(0);
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.getByRole('radio', { name: 'baseline as A' }).check();
  await page.getByRole('radio', { name: /candidate as B/ }).check();
  await page.getByRole('button', { name: 'Compare A with B' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Compare runs');
  await expect(page.getByRole('row', { name: /model/ })).toContainText('large');
  await expect(page.getByRole('row', { name: /accuracy/ })).toContainText('+0.25');
  await page.getByRole('link', { name: /^Differing/ }).click();
  await expect(page.getByRole('heading', { name: 'What does it cost?' })).toBeVisible();
  await page.getByRole('link', { name: /^Only in B/ }).click();
  await expect(page.getByRole('heading', { name: 'Only the second was asked this.' })).toBeVisible();
});

test('a mistake in the filter of runs is shown', async ({ page, chat }) => {
  await open(page, `/experiments/${chat.experiment.id}/runs?filter=statsu%20%3D%201`);
  await expect(page.getByLabel('Filter runs')).toHaveAccessibleDescription(/statsu/);
});

test('the list of sessions is accessible', async ({ page, chat }) => {
  await open(page, `/experiments/${chat.experiment.id}/sessions`);
  await expectPresentable(page, 'sessions');
});

test('the list of users is accessible', async ({ page, chat }) => {
  await open(page, `/experiments/${chat.experiment.id}/users`);
  await expectPresentable(page, 'users');
});

test('the page of a user is accessible', async ({ page, chat }) => {
  await open(page, `/experiments/${chat.experiment.id}/users/ada`);
  await expectPresentable(page, 'user');
});

test('the list of runs is accessible', async ({ page, chat }) => {
  await open(page, `/experiments/${chat.experiment.id}/runs`);
  await expectPresentable(page, 'runs-compared');
});

test('the comparison of runs is accessible', async ({ page, chat }) => {
  await open(page, `/runs/compare?a=${chat.runs.a}&b=${chat.runs.b}`);
  await expectPresentable(page, 'compare-runs');
});

test('real sessions and users are listed', async ({ page, facts }) => {
  await open(page, `/experiments/${facts.demo.id}/sessions`);
  await expectPresentable(page, 'sessions-demo');
});

test('empty lists say how to fill them', async ({ page, facts }) => {
  for (const [section, word] of [['sessions', 'mlflow.trace.session'], ['users', 'mlflow.trace.user'], ['runs', 'start_run']]) {
    await open(page, `/experiments/${facts.paged.id}/${section}`);
    await expect(page.getByRole('region', { name: 'Example' })).toContainText(word!);
    await expectAccessible(page);
  }
});

test.describe('an unknown user', () => {
  test.use({ allowedComplaints: [/404/] });

  test('is not found', async ({ page, chat }) => {
    const reply = await page.goto(`/experiments/${chat.experiment.id}/users/nobody`);
    expect(reply?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('User not found');
  });
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('lists are searched and ordered, runs compared', async ({ page, chat }) => {
    const { experiment, long, short } = chat;
    await page.goto(`/experiments/${experiment.id}/sessions`);
    await page.getByRole('columnheader', { name: 'Turns' }).getByRole('link').click();
    await page.getByLabel('Search by session id').fill('short');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(row(page, short.session)).toHaveCount(1);
    await expect(row(page, long.session)).toHaveCount(0);
    await page.goto(`/experiments/${experiment.id}/users/bob`);
    await expect(page.getByRole('link', { name: short.session })).toBeVisible();
    await page.goto(`/experiments/${experiment.id}/runs`);
    await page.getByRole('radio', { name: 'baseline as A' }).check();
    await page.getByRole('radio', { name: /candidate as B/ }).check();
    await page.getByRole('button', { name: 'Compare A with B' }).click();
    await expect(page.getByText('Question by question')).toBeVisible();
  });
});
