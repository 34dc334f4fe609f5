// A session as a conversation: pages of turns, steps, ratings, keys, and all of it without script.
import type { Page } from '@playwright/test';
import { expect, open, test } from '../fixtures/groups';
import { expectPresentable } from '../fixtures/presentable';

function path(session: string, experiment: { id: string }, more = ''): string {
  return `/sessions/${session}?experiment=${experiment.id}${more}`;
}

const turn = (page: Page, number: number) => page.getByRole('article', { name: `Turn ${number}`, exact: true });
const thumb = (page: Page, number: number, way: 'up' | 'down') =>
  turn(page, number).getByRole('button', { name: `Thumb ${way} for turn ${number}` });

test('turns follow each other with gaps, page by page', async ({ page, chat }) => {
  const { experiment, long } = chat;
  await open(page, path(long.session, experiment));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(long.session);
  await expect(page.getByRole('article')).toHaveCount(50);
  await expect(turn(page, 1)).toContainText('Question 1: how much tea');
  await expect(turn(page, 1)).toContainText('Answer 1: as much as you like.');
  await expect(page.getByText('3 min later').first()).toBeVisible();
  await expect(turn(page, 7)).toContainText('Failed in weigh: ToolTimeout: no answer within 2 s');
  await page.getByRole('link', { name: 'Later turns' }).click();
  await expect(turn(page, 51)).toBeVisible();
  await page.getByRole('link', { name: 'Last turns' }).click();
  await expect(turn(page, 120)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Later turns' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Earlier turns' }).click();
  await expect(turn(page, 70)).toBeVisible();
  await page.getByRole('link', { name: 'First turns' }).click();
  await expect(turn(page, 1)).toBeVisible();
});

test('keys go from turn to turn, unfold and rate', async ({ page, chat }) => {
  const { experiment, short } = chat;
  await open(page, path(short.session, experiment));
  await page.keyboard.press('J');
  await expect(turn(page, 1)).toBeFocused();
  await page.keyboard.press('J');
  await expect(turn(page, 2)).toBeFocused();
  await page.keyboard.press('K');
  await expect(turn(page, 1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(turn(page, 1).getByRole('link', { name: 'weigh' })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`steps=${short.traces[0]}`));
  await page.keyboard.press('Enter');
  await expect(turn(page, 1).getByRole('link', { name: 'weigh' })).toHaveCount(0);
  await page.keyboard.press('J');
  await page.keyboard.press('r');
  await expect(thumb(page, 2, 'up')).toHaveAttribute('aria-pressed', 'true');
  await expect(turn(page, 2).getByRole('status')).toHaveText('Saved');
  await page.reload();
  await expect(thumb(page, 2, 'up')).toHaveAttribute('aria-pressed', 'true');
});

test('a thumb is taken back by pressing it again', async ({ page, chat }) => {
  const { experiment, long } = chat;
  await open(page, path(long.session, experiment));
  await thumb(page, 3, 'down').click();
  await expect(turn(page, 3).getByRole('status')).toHaveText('Saved');
  await expect(page.getByRole('navigation', { name: 'Turns' }).getByText('thumb down')).toHaveCount(1);
  await thumb(page, 3, 'down').click();
  await expect(turn(page, 3).getByRole('status')).toHaveText('Taken back');
  await page.reload();
  await expect(thumb(page, 3, 'down')).toHaveAttribute('aria-pressed', 'false');
});

test('the whole session is rated on its first trace', async ({ page, chat, server }) => {
  const { experiment, short } = chat;
  await open(page, path(short.session, experiment));
  await page.getByText('Comment', { exact: true }).click();
  await page.getByRole('radio', { name: 'No' }).check();
  await page.getByLabel('Why').fill('Too short.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Too short.').last()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Thumb down for the whole session' })).toHaveAttribute('aria-pressed', 'true');
  const reply = await fetch(`${server.url}/api/3.0/mlflow/traces/${short.traces[0]}`);
  const { trace } = (await reply.json()) as { trace: { trace_info: { assessments?: unknown[] } } };
  expect(trace.trace_info.assessments).toContainEqual(
    expect.objectContaining({
      assessment_name: 'session_thumbs_up',
      rationale: 'Too short.',
      metadata: { 'mlflow.trace.session': short.session },
    }),
  );
});

test('a turn leads to its trace', async ({ page, chat }) => {
  const { experiment, short } = chat;
  await open(page, path(short.session, experiment));
  await page.getByRole('link', { name: 'Open the trace of turn 2' }).click();
  await expect(page).toHaveURL(`/traces/${short.traces[1]}`);
});

test('it is accessible in both colours and on a phone', async ({ page, chat }) => {
  // Axe looks at a long page three times.
  test.slow();
  const { experiment, long } = chat;
  await open(page, path(long.session, experiment, `&steps=${long.traces[1]}`));
  await expect(turn(page, 2).getByRole('link', { name: 'weigh' })).toBeVisible();
  await expectPresentable(page, 'session');
});

test.describe('an unknown session', () => {
  test.use({ allowedComplaints: [/404/] });

  test('is not found', async ({ page, chat }) => {
    const reply = await page.goto(path('nobody-said-this', chat.experiment));
    expect(reply?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Session not found');
  });
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('turns are read, unfolded and rated', async ({ page, chat }) => {
    const { experiment, long } = chat;
    await page.goto(path(long.session, experiment));
    await expect(turn(page, 10)).toContainText('Answer 10');
    await turn(page, 10).getByRole('link', { name: '3 steps of turn 10' }).click();
    await expect(turn(page, 10).getByRole('link', { name: 'weigh' })).toBeVisible();
    await thumb(page, 10, 'up').click();
    await expect(thumb(page, 10, 'up')).toHaveAttribute('aria-pressed', 'true');
    await thumb(page, 10, 'up').click();
    await expect(thumb(page, 10, 'up')).toHaveAttribute('aria-pressed', 'false');
  });
});
