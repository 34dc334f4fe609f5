// The experiment's name in the bar unfolds the others, and the section stays.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../fixtures/axe';
import { expect, open, test } from '../fixtures/data';
import { screenshots } from '../fixtures/screenshot';

/** The name in the bar, and what it unfolds. */
function switcher(page: Page, name: string) {
  const popover = page.getByRole('dialog', { name: 'Experiments' });
  return {
    name: page.getByRole('navigation', { name: 'Path' }).getByRole('link', { name, exact: true }),
    popover,
    field: popover.getByRole('combobox', { name: 'Find an experiment' }),
    options: popover.getByRole('option'),
  };
}

test('another experiment is found by name, by keys alone, and the section stays', async ({ page, facts }) => {
  const scripts: string[] = [];
  page.on('request', (request) => scripts.push(request.url()));
  for (const section of ['runs', 'sessions', 'users', 'overview', 'settings', 'traces']) {
    await open(page, `/experiments/${facts.support.id}/${section}`);
    const before = switcher(page, facts.support.name);
    await expect(before.name).toHaveAttribute('aria-haspopup', 'dialog');
    await expect(before.name).toHaveAttribute('aria-expanded', 'false');
    expect(scripts.filter((url) => url.includes('split_palette')), `${section} asks for the palette by itself`).toEqual([]);
    await before.name.focus();
    await page.keyboard.press('Enter');
    await expect(before.field).toBeFocused();
    await expect(before.name).toHaveAttribute('aria-expanded', 'true');
    await expect(before.options.filter({ hasText: facts.support.name }).first()).toContainText('here');
    await page.keyboard.type(facts.demo.name.toUpperCase());
    await expect(before.options.first()).toContainText(facts.demo.name);
    await expect(before.options.first()).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`/experiments/${facts.demo.id}/${section}$`));
    await expect(switcher(page, facts.demo.name).name).toBeVisible();
    await expect(before.popover).toBeHidden();
    scripts.length = 0;
  }
});

test('arrows go through the list, and Escape gives the focus back', async ({ page, facts }) => {
  await open(page, `/experiments/${facts.support.id}/traces`);
  const { name, popover, field, options } = switcher(page, facts.support.name);
  await name.click();
  await expect(field).toBeFocused();
  await expect(options.nth(1)).toBeVisible();
  await expectAccessible(page);
  await screenshots(page, 'experiment-switch');
  await page.keyboard.press('ArrowDown');
  await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(options.nth(0)).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('ArrowUp');
  await expect(options.nth(0)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(popover).toBeHidden();
  await expect(name).toBeFocused();
  await expect(name).toHaveAttribute('aria-expanded', 'false');
  // What was typed before is forgotten.
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('');
  await field.fill('no experiment is called like this');
  await expect(popover.getByText('No experiment has this in its name.')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(field).toBeFocused();
  // A press elsewhere puts it away as well, and so does one on the name.
  await page.locator('.page__head').click({ position: { x: 900, y: 8 } });
  await expect(popover).toBeHidden();
  await expect(name).toHaveAttribute('aria-expanded', 'false');
  await name.click();
  await expect(field).toBeFocused();
  await name.click();
  await expect(popover).toBeHidden();
});

test('Escape leaves the trace beside the list open', async ({ page, facts }) => {
  await open(page, `/experiments/${facts.support.id}/traces?trace=${facts.traces.failed}`);
  const panel = page.getByRole('complementary', { name: 'Trace' });
  await expect(panel).toBeVisible();
  const { name, popover, field } = switcher(page, facts.support.name);
  await name.click();
  await expect(field).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(popover).toBeHidden();
  await expect(panel).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`trace=${facts.traces.failed}`));
});

test('a page of one thing leads to the section that it belongs to', async ({ page, facts }) => {
  await open(page, `/traces/${facts.traces.failed}`);
  const { name, field, options } = switcher(page, facts.support.name);
  await name.click();
  await field.fill(facts.demo.name);
  await options.filter({ hasText: facts.demo.name }).first().click();
  await expect(page).toHaveURL(new RegExp(`/experiments/${facts.demo.id}/traces$`));
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

  test('the name is a plain link', async ({ page, facts }) => {
    await page.goto(`/experiments/${facts.support.id}/runs`);
    const { name, popover } = switcher(page, facts.support.name);
    await expect(name).not.toHaveAttribute('aria-haspopup');
    await expect(popover).toBeHidden();
    await name.click();
    await expect(page).toHaveURL(new RegExp(`/experiments/${facts.support.id}/traces$`));
  });
});
