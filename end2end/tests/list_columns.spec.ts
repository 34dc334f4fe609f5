// The columns of a list: which, in what order, how wide; in the address and for all lists.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, interactive, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';

const heads = (page: Page) => page.getByRole('columnheader').allInnerTexts();
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Columns' });

async function choose(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Columns', exact: true }).click();
  await expect(dialog(page).getByLabel('State', { exact: true })).toBeVisible();
}

test('columns are chosen, moved and kept in the address', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await choose(page);
  await expectAccessible(page, 'dialog[open]');
  await dialog(page).getByLabel('Model', { exact: true }).check();
  await expect(page).toHaveURL(/cols=state%2Ctime%2Cname.*model/);
  await dialog(page).getByRole('button', { name: 'Move Name up' }).click();
  await dialog(page).getByRole('button', { name: 'Move Name up' }).press('Enter');
  await expect(page).toHaveURL(/cols=name%2Cstate%2Ctime/);
  await expect(dialog(page).getByRole('button', { name: 'Move Name down' })).toBeFocused();
  await dialog(page).getByRole('checkbox', { name: 'Request → response' }).uncheck();
  await dialog(page).getByLabel('Key').fill('env');
  await dialog(page).getByRole('button', { name: 'Add' }).click();
  await screenshots(page, 'list-columns-dialog');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  const shown = await heads(page);
  expect(shown.slice(1, 4)).toEqual(['Name', 'State', 'Time']);
  expect(shown.slice(-2)).toEqual(['Model', 'env']);
  await expect(page.getByRole('columnheader', { name: 'Request' })).toHaveCount(0);
  await expectAccessible(page);
  await screenshots(page, 'list-columns');
  await page.reload();
  expect(await heads(page)).toEqual(shown);
});

test('a column is dragged to another place', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support, { cols: 'state,name,time,duration' });
  await choose(page);
  const handle = dialog(page).locator('[data-key=duration]');
  const target = await dialog(page).locator('[data-key=state]').boundingBox();
  await handle.hover();
  await page.mouse.down();
  await page.mouse.move(target!.x + 4, target!.y + 6, { steps: 6 });
  await page.mouse.up();
  await expect(page).toHaveURL(/cols=duration%2Cstate%2Cname%2Ctime/);
});

test('a column of a tag narrows the list by its cells', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { cols: 'name,tag.domain' });
  expect(await heads(page)).toContain('domain');
  const cell = page.locator('[data-cell="tag.domain"]').first();
  const value = await cell.innerText();
  await cell.focus();
  await page.keyboard.press('=');
  await expect(list.filter).toHaveValue(`tags.domain = '${value}'`);
  await expect(page).toHaveURL(/cols=name%2Ctag\.domain/);
  await expect(cell).toHaveText(value);
});

test('feedback of a name has a column, whose cells narrow the list', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { cols: 'name,spans' });
  await choose(page);
  await dialog(page).getByLabel('Kind').selectOption('feedback');
  await dialog(page).getByLabel('Key').fill('reward');
  await dialog(page).getByRole('button', { name: 'Add' }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/cols=name%2Cspans%2Cfeedback\.reward/);
  const cell = page.locator('[data-cell="feedback.reward"]').filter({ hasText: /\S/ }).first();
  const value = await cell.innerText();
  await cell.focus();
  await page.keyboard.press('=');
  await expect(page).toHaveURL(/filter=/);
  await expect(list.filter).toHaveValue(/^feedback\.reward = /);
  await expect(list.rows.first()).toBeVisible();
  const values = await page.locator('[data-cell="feedback.reward"]').allInnerTexts();
  expect(new Set(values)).toEqual(new Set([value]));
});

test('pointing at a cell offers its own clause, although the row is a link', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  const row = list.rows.first();
  const keep = page.getByRole('button', { name: /^Only .* \(=\)$/ });
  await row.locator('[data-cell="duration"]').hover({ force: true });
  await expect(keep).toHaveAccessibleName(/^Only execution_time_ms >= \d+/);
  await row.locator('[data-cell="name"]').hover({ position: { x: 8, y: 8 } });
  await expect(keep).toHaveAccessibleName(/^Only name = /);
  await row.locator('.trace-table__tokens').hover({ force: true });
  await expect(keep).toHaveCount(0);
  await row.locator('[data-cell="duration"]').hover({ force: true });
  await keep.click();
  await expect(page).toHaveURL(/execution_time_ms/);
});

test('a column is made wider by keys and by the pointer', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  const grip = page.getByRole('separator', { name: 'Width of Name' });
  const head = page.getByRole('columnheader', { name: 'Name', exact: true });
  const before = (await head.boundingBox())!.width;
  await grip.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await head.boundingBox())!.width).toBe(before + 32);
  await expect(page).toHaveURL(/name%3A180/);
  await expect(grip).toBeFocused();
  await expect(grip).toHaveAttribute('aria-valuetext', '180 pixels');
  const box = (await grip.boundingBox())!;
  await page.mouse.move(box.x + 6, box.y + 16);
  await page.mouse.down();
  await page.mouse.move(box.x + 66, box.y + 16, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/name%3A240/);
  const row = list.row('refund_agent').locator('.trace-table__name');
  await expect.poll(async () => (await row.boundingBox())!.width).toBe(240);
  await expectAccessible(page);
});

test('the way to the page of columns is for those without script', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await expect(page.getByRole('link', { name: 'Columns', exact: true })).toHaveCount(0);
  await page.goto(`/experiments/${facts.support.id}/columns?sort=duration`);
  await interactive(page);
  await expectAccessible(page);
  await screenshots(page, 'list-columns-page');
  await page.getByRole('checkbox', { name: 'Model', exact: true }).check();
  await page.getByRole('button', { name: 'Show these columns' }).click();
  await expect(page).toHaveURL(/\/traces\?sort=duration&cols=.*model/);
});

test('columns for every list are a choice of their own, and can be given up', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support, { cols: 'name,duration,session' });
  await choose(page);
  await dialog(page).getByRole('button', { name: 'Use for every list' }).click();
  await expect(dialog(page).getByRole('status')).toContainText('from now on');
  await list.open(facts.demo);
  expect((await heads(page)).slice(1)).toEqual(['Name', 'Duration', 'Session']);
  await choose(page);
  await dialog(page).getByRole('button', { name: 'Back to the usual' }).click();
  await expect(page.getByRole('columnheader', { name: 'Request → response' })).toBeVisible();
  await expect(page).not.toHaveURL(/cols=/);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('a page offers the same columns and leads to the same address', async ({ page, facts }) => {
    await page.goto(TraceListPage.path(facts.support, { filter: "status = 'OK'", sort: 'duration' }));
    const usual = (await heads(page)).map((head) => head.trim());
    await page.getByRole('link', { name: 'Columns', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Columns');
    const box = (name: string) => page.getByRole('checkbox', { name, exact: true });
    for (const head of usual) await expect(box(head)).toBeChecked();
    await expect(box('Model')).not.toBeChecked();
    await box('Model').focus();
    await page.keyboard.press('Space');
    await box('Request → response').uncheck();
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('Tag');
    await page.getByRole('textbox', { name: 'Key' }).fill('env');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/traces\?filter=status%20%3D%20%27OK%27&sort=duration&cols=state%2Ctime%2Cname.*model%2Ctag\.env$/);
    const now = (await heads(page)).map((head) => head.trim());
    expect(now).toEqual([...usual.filter((head) => head !== 'Request → response'), 'Model', 'env']);
    // From there on, what is shown stands first, in its order.
    await page.getByRole('link', { name: 'Columns', exact: true }).click();
    await expect(box('env tag')).toBeChecked();
    await expect(page.getByRole('group', { name: 'Shown, in this order' }).getByRole('checkbox').last()).toBeChecked();
    await box('Name').uncheck();
    await page.getByRole('button', { name: 'Show these columns' }).click();
    expect((await heads(page)).map((head) => head.trim())).toEqual(now.filter((head) => head !== 'Name'));
    await page.getByRole('link', { name: 'Columns', exact: true }).click();
    await page.getByRole('link', { name: 'Back to the usual' }).click();
    await expect(page).toHaveURL(/\/traces\?filter=status%20%3D%20%27OK%27&sort=duration$/);
    expect((await heads(page)).map((head) => head.trim())).toEqual(usual);
  });

  test('columns are moved on the page, which keeps what was ticked', async ({ page, facts }) => {
    await page.goto(`/experiments/${facts.support.id}/columns?sort=duration&cols=name,state,time`);
    const shown = page.getByRole('group', { name: 'Shown, in this order' }).getByRole('listitem');
    await page.getByRole('checkbox', { name: 'Model', exact: true }).check();
    await page.getByRole('button', { name: 'Move Time up' }).click();
    await expect(page).toHaveURL(/\/columns\?sort=duration&cols=name%2Ctime%2Cstate%2Cmodel$/);
    await expect(shown).toHaveText(['Name', 'Time', 'State', 'Model']);
    await expect(page.getByRole('button', { name: 'Move Name up' })).toBeDisabled();
    await expect(page.getByRole('button', { name: 'Move Model down' })).toBeDisabled();
    await page.getByRole('button', { name: 'Move Name down' }).click();
    await expect(shown).toHaveText(['Time', 'Name', 'State', 'Model']);
    await page.getByRole('button', { name: 'Show these columns' }).click();
    expect(await heads(page)).toEqual(['Time', 'Name', 'State', 'Model']);
  });

  test('the address decides', async ({ page, facts }) => {
    await page.goto(TraceListPage.path(facts.support, { cols: 'name,duration:200,user' }));
    expect(await heads(page)).toEqual(['Name', 'Duration', 'User']);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect(page).toHaveURL(/cols=name/);
  });
});
