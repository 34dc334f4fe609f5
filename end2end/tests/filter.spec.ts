// Narrowing a list of traces: the SDK's filter text, links in cells, errors where they were made, completions.
import { expect, test } from '../fixtures/data';
import { TraceListPage } from '../pages/trace_list_page';

/** A user of two recorded runs, and the session of one of them. */
const user = 'james_lee_6136';
const session = 'b762699f-cf72-4a2f-b500-5bbe1258209c';

test('a filter by user typed into the box finds the traces of that user', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.search("metadata.`mlflow.trace.user` = '" + user + "'");
  await expect(list.rows).toHaveCount(2);
  await expect(list.rows.filter({ hasText: user })).toHaveCount(2);
  await expect(list.summary).toContainText('2 traces');
  await expect(page).toHaveURL(/filter=metadata/);
});

test('a filter by session finds the traces of that session', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.search("metadata.`mlflow.trace.session` = '" + session + "'");
  await expect(list.rows).toHaveCount(1);
  await expect(list.rows).toContainText(user);
});

test('the session of a row leads to that session alone', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.rows.getByRole('link', { name: session, exact: true }).click();
  await expect(list.rows).toHaveCount(1);
  await expect(page.getByRole('link', { name: `Remove Session: ${session}` })).toBeVisible();
});

test('a user given as a tag alone is found by the link in the row', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await list.row('tagged_agent').getByRole('link', { name: 'tag-only-user', exact: true }).click();
  await expect(list.rows).toHaveCount(1);
  await expect(list.row('tagged_agent')).toBeVisible();
  await page.getByRole('link', { name: 'Remove User: tag-only-user' }).click();
  await expect(list.rows).toHaveCount(8);
});

test('a session given as a tag alone is found by the link in the row', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.support);
  await list.row('tagged_agent').getByRole('link', { name: 'tag-only-session', exact: true }).click();
  await expect(list.rows).toHaveCount(1);
});

test('a filter that matches nothing says so and leads out', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.search("name = 'no such name'");
  await expect(page.getByText('No trace matches.')).toBeVisible();
  await page.getByRole('link', { name: /^Without name = 'no such name'/ }).click();
  await expect(list.rows).toHaveCount(20);
});

test('a mistake in the filter is shown where it is, with a way out', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.search("statsu = 'OK'");
  await expect(list.filter).toHaveAccessibleDescription(/There is nothing called “statsu” to filter by/);
  await expect(page.locator('mark')).toHaveText('statsu');
  await page.getByRole('link', { name: "Use status = 'OK'" }).click();
  await expect(list.filter).toHaveValue("status = 'OK'");
  await expect(list.rows).toHaveCount(20);
});

test('a mistake that the server alone can find is shown as well', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo, { from: 'yesterday-ish' });
  await expect(list.filter).toHaveAccessibleDescription(/yesterday-ish/);
});

test('completions appear while typing and are taken by keys', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.filter.pressSequentially('sta');
  await expect(list.filter).toHaveAttribute('aria-expanded', 'true');
  await expect(list.options.first()).toContainText('status');
  await list.filter.press('ArrowDown');
  await expect(list.options.first()).toHaveAttribute('aria-selected', 'true');
  await list.filter.press('Enter');
  await expect(list.filter).toHaveValue('status ');
  await expect(list.filter).toBeFocused();
  await list.filter.press('Escape');
  await expect(list.options).toHaveCount(0);
});

test('a completion is taken by the pointer', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.filter.pressSequentially('execution');
  await list.options.filter({ hasText: 'execution_time_ms' }).click();
  await expect(list.filter).toHaveValue('execution_time_ms ');
  await expect(list.filter).toBeFocused();
});

test('the back button goes back to the list before the filter', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.search("metadata.`mlflow.trace.user` = '" + user + "'");
  await expect(list.rows).toHaveCount(2);
  await page.goBack();
  await expect(list.rows).toHaveCount(20);
  await expect(list.filter).toHaveValue('');
});

test('the order changes by the head of a column', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.paged);
  await expect(list.row('paged 249')).toBeVisible();
  await page.getByRole('columnheader', { name: 'Time' }).getByRole('link').click();
  await expect(page.getByRole('columnheader', { name: 'Time' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(list.rows.first()).toContainText('paged 0');
});

test('the time range narrows the list at once', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await list.open(facts.demo);
  await list.range.selectOption('Last 15 minutes');
  await expect(page).toHaveURL(/from=-15m/);
  await expect(list.rows).not.toHaveCount(20);
});
