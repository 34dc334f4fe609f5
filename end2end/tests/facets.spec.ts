// Facets beside a list: the filter text written by them and read back, at the side and in the drawer.
import { expectAccessible } from '../fixtures/axe';
import { expect, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';
import { TraceListPage } from '../pages/trace_list_page';

test('a facet narrows the list to one value and takes it back', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await list.facetsButton.click();
  const state = list.facet('State');
  await expect(state).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'list-facets');
  await state.getByRole('link', { name: /^ERROR, / }).click();
  await expect(list.filter).toHaveValue("status = 'ERROR'");
  await expect(state.getByRole('link', { name: /^ERROR, / })).toHaveAttribute('aria-current', 'true');
  // Other values stay to be chosen.
  await expect(state.getByRole('link', { name: /^OK, / })).toBeVisible();
  await state.getByRole('link', { name: 'Any State' }).click();
  await expect(list.filter).toHaveValue('');
});

test('values are left out by the minus, or with Alt', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await list.facetsButton.click();
  const state = list.facet('State');
  await state.getByRole('link', { name: 'Not OK' }).click();
  await expect(list.filter).toHaveValue("status != 'OK'");
  await state.getByRole('link', { name: 'OK again' }).click();
  await expect(list.filter).toHaveValue('');
  await state.getByRole('link', { name: /^OK, / }).click({ modifiers: ['Alt'] });
  await expect(list.filter).toHaveValue("status != 'OK'");
});

test('what facets cannot show is left alone and named', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support, { filter: "execution_time_ms >= 0 AND status = 'OK'" });
  await list.facetsButton.click();
  await expect(page.getByText('also: execution_time_ms >= 0')).toBeVisible();
  await list.facet('State').getByRole('link', { name: /^ERROR, / }).click();
  await expect(list.filter).toHaveValue("execution_time_ms >= 0 AND status = 'ERROR'");
});

test('f shows the facets and puts them away, and the browser remembers', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await expect(list.facetsButton).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('f');
  await expect(list.facet('State')).toBeVisible();
  await list.open(facts.support);
  await expect(list.facet('State')).toBeVisible();
  await page.keyboard.press('f');
  await expect(list.facet('State')).toBeHidden();
});

test('on a phone facets stand in a drawer', async ({ page, facts }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await list.facetsButton.click();
  const drawer = page.getByRole('dialog', { name: 'Facets' });
  await expect(drawer.getByRole('region', { name: 'State' })).toBeVisible();
  await expectAccessible(page);
  await drawer.getByRole('link', { name: /^ERROR, / }).click();
  await expect(page).toHaveURL(/status/);
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
});

test('completions have real values with their counts', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.filter.pressSequentially('tags.domain = ');
  await expect(list.options.filter({ hasText: 'retail' })).toContainText('traces');
  await list.options.filter({ hasText: 'retail' }).click();
  await expect(list.filter).toHaveValue(/^tags\.domain = 'retail' ?$/);
});

test('plain words are looked for in the text', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.search('return an order');
  await page.getByRole('link', { name: 'Search text for “return an order”' }).click();
  await expect(list.filter).toHaveValue("trace.text ILIKE '%return an order%'");
});

test('examples and filters used before are one press away', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  const all = await list.summary.innerText();
  await list.search("tags.domain = 'retail'");
  // A filter is remembered once it was answered.
  await expect(list.summary).not.toHaveText(all);
  await list.open(facts.demo);
  await page.getByText('Examples').first().click();
  await expect(page.getByRole('link', { name: /^status = 'ERROR'\s*failed$/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: "tags.domain = 'retail'" }).click();
  await expect(list.filter).toHaveValue("tags.domain = 'retail'");
});
