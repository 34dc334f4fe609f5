// Search over everything: the palette, and the page that does the same without script.
import { expectAccessible } from '../fixtures/axe';
import { expect, open, test } from '../fixtures/data';

test('the palette goes to a pasted trace, a prefix and a command', async ({ page, facts }) => {
  await open(page, '/');
  await page.keyboard.press('Control+k');
  const input = page.getByRole('combobox', { name: 'Search or jump' });
  await expect(input).toBeFocused();
  const options = page.getByRole('listbox', { name: 'Found' }).getByRole('option');
  await input.fill(facts.traces.failed!);
  await expect(options).toHaveCount(1);
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/traces/${facts.traces.failed}`));
  // The palette belongs to the page: one that is opened while the next page comes goes with the old one.
  await expect(page.getByRole('treegrid')).toBeVisible();
  await page.keyboard.press('Control+k');
  await input.fill(facts.traces.failed!.slice(0, 12));
  await expect(options.filter({ hasText: 'trace' }).first()).toBeVisible();
  await input.fill(facts.support.name);
  await expect(options.filter({ hasText: 'experiment' }).first()).toContainText(facts.support.name);
  await input.fill('colours: dark');
  await expect(options).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(input).toBeHidden();
});

test('the palette finds sessions, users and runs', async ({ page, facts }) => {
  await open(page, `/experiments/${facts.demo.id}/traces`);
  await page.getByRole('link', { name: 'Search or jump' }).click();
  const input = page.getByRole('combobox', { name: 'Search or jump' });
  const options = page.getByRole('listbox', { name: 'Found' }).getByRole('option');
  await input.fill('james_lee');
  await expect(options.filter({ hasText: 'user' }).first()).toContainText('james_lee');
  await input.fill('nightly');
  await expect(options.filter({ hasText: 'run' }).first()).toContainText('nightly');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/404|was preloaded using link preload but not used/] });

  test('a page that is not there searches by the beginning of an id', async ({ page, facts }) => {
    const id = facts.traces.failed!;
    await page.goto(`/traces/${id.slice(0, 14)}`);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Search');
    await page.locator(`a[href*="${id}"]`).click();
    await expect(page).toHaveURL(new RegExp(id));
  });

  test('an id leads to its page', async ({ page, facts }) => {
    await page.goto(`/find?text=${facts.traces.failed}`);
    await expect(page).toHaveURL(new RegExp(`/traces/${facts.traces.failed}`));
  });
});
