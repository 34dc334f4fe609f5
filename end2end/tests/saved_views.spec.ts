// Saved views: a list as it stands, under a name.
import type { Locator } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';

/** Sending a form of the menu folds it. */
async function unfolded(list: TraceListPage, inside: Locator): Promise<void> {
  await expect(async () => {
    if (!(await inside.isVisible())) await list.viewsMenu.click();
    await expect(inside).toBeVisible({ timeout: 2_000 });
  }).toPass();
}

test('a view is saved, opened, changed, renamed and deleted', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { filter: "tags.domain = 'retail'", sort: '-duration' });
  await list.viewsMenu.click();
  await page.getByRole('textbox', { name: 'Save this list as' }).fill('Slow retail');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const view = page.getByRole('link', { name: 'Slow retail', exact: true });
  await list.open(facts.demo);
  await list.viewsMenu.click();
  await expect(view).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'list-views');
  await view.click();
  await expect(list.filter).toHaveValue("tags.domain = 'retail'");
  await expect(page).toHaveURL(/sort=-duration/);
  await expect(list.viewsMenu).toContainText('Slow retail');
  await list.search("tags.domain = 'airline'");
  await expect(list.viewsMenu).toContainText('Slow retail, changed');
  const save = page.getByRole('button', { name: 'Save this list as Slow retail' });
  await unfolded(list, save);
  await save.click();
  await expect(list.viewsMenu).not.toContainText('changed');
  await unfolded(list, page.getByLabel('Rename Slow retail'));
  await page.getByLabel('Rename Slow retail').click();
  await page.getByLabel('New name').fill('Slow airline');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await expect(list.viewsMenu).toContainText('Slow airline');
  const remove = page.getByRole('button', { name: 'Delete Slow airline' });
  await unfolded(list, remove);
  await remove.click();
  await page.getByRole('button', { name: 'Undo: View Slow airline deleted' }).click();
  await unfolded(list, remove);
});

test('a view for one reader is not seen by others', async ({ page, facts, browser, server }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { filter: "status = 'OK'" });
  await list.viewsMenu.click();
  await page.getByRole('textbox', { name: 'Save this list as' }).fill('My own');
  await page.getByLabel('Only for me, in this browser').check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await list.open(facts.demo);
  await list.viewsMenu.click();
  await expect(page.getByRole('link', { name: 'My own', exact: true })).toBeVisible();
  const other = await browser.newContext({ baseURL: server.url });
  const theirs = new TraceListPage(await other.newPage());
  await theirs.open(facts.demo);
  await theirs.viewsMenu.click();
  await expect(theirs.page.getByRole('textbox', { name: 'Save this list as' })).toBeVisible();
  await expect(theirs.page.getByRole('link', { name: 'My own', exact: true })).toHaveCount(0);
  await other.close();
});

test.describe('a name', () => {
  test.use({ allowedComplaints: [/save_view|400/] });

  test('that is taken is refused', async ({ page, facts }) => {
    const list = new TraceListPage(page);
    await list.open(facts.support);
    for (const time of ['first', 'second']) {
      await list.open(facts.support);
      await list.viewsMenu.click();
      await page.getByRole('textbox', { name: 'Save this list as' }).fill('Taken');
      const answered = page.waitForResponse(/save_view/);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      expect((await answered).ok(), time).toBe(time === 'first');
    }
    await expect(page.getByText(/A view named 'Taken' exists already/)).toBeVisible();
  });
});
