// Without JavaScript: lists, filters, tags and ratings are links and forms.
import { expect, test } from '../fixtures/data';
import { readBack } from '../fixtures/read_back';
import { TraceListPage } from '../pages/trace_list_page';
import { TracePage } from '../pages/trace_page';

// The page asks early for what its script would use.
test.use({ javaScriptEnabled: false, allowedComplaints: [/was preloaded using link preload but not used/] });

test('from the experiments to a trace and its run', async ({ page, facts }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Experiments');
  await page.getByRole('link', { name: facts.support.name, exact: true }).click();
  const list = new TraceListPage(page);
  await expect(list.rows).toHaveCount(8);
  await list.row('refund_agent').getByRole('link', { name: 'refund_agent', exact: true }).click();
  const trace = new TracePage(page);
  await expect(trace.rows).toHaveCount(4);
  await expect(trace.span.getByText('in query_database').first()).toBeVisible();
  await page.getByRole('link', { name: 'nightly' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('nightly');
});

test('the filter is a form', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await page.goto(TraceListPage.path(facts.demo));
  await list.filter.fill("metadata.`mlflow.trace.user` = 'james_lee_6136'");
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(list.rows).toHaveCount(2);
  await expect(list.filter).toHaveValue(/james_lee_6136/);
});

test('a mistake in the filter is shown', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await page.goto(TraceListPage.path(facts.demo, { filter: "statsu = 'OK'" }));
  await expect(list.filter).toHaveAccessibleDescription(/statsu/);
});

test('pages follow by links', async ({ page, facts }) => {
  const list = new TraceListPage(page);
  await page.goto(TraceListPage.path(facts.paged));
  await list.nextPage.click();
  await expect(list.row('paged 149')).toBeVisible();
});

test('a span is opened by its link', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await page.goto(TracePage.path(facts.traces.failed!));
  await trace.row('plan').getByRole('link').click();
  await expect(trace.spanName).toHaveText('plan');
});

test('a tag is added and removed', async ({ page, facts, server }) => {
  // Python takes its time.
  test.slow();
  const traceId = facts.traces['labelled-without-script']!;
  const trace = new TracePage(page);
  await page.goto(TracePage.path(traceId));
  await trace.tags.add('colour', 'blue');
  await expect(page).toHaveURL(new RegExp(TracePage.path(traceId)));
  await expect(trace.tags.tag('colour', 'blue')).toBeVisible();
  expect((await readBack(server, traceId)).tags).toHaveProperty('colour', 'blue');
  await trace.tags.remove('colour', 'blue');
  await expect(trace.tags.tag('colour', 'blue')).toHaveCount(0);
});

test('an answer is rated', async ({ page, facts, server }) => {
  // Python takes its time.
  test.slow();
  const traceId = facts.traces['rated-without-script']!;
  const trace = new TracePage(page);
  await page.goto(TracePage.path(traceId));
  await trace.rating.press(trace.rating.thumb('down'));
  await trace.rating.press(trace.rating.score(2));
  await page.getByRole('button', { name: 'Save rating' }).click();
  await expect(page).toHaveURL(new RegExp(TracePage.path(traceId)));
  await expect(trace.rating.thumb('down')).toBeChecked();
  await expect(trace.rating.score(2)).toBeChecked();
  const { assessments } = await readBack(server, traceId);
  expect(assessments).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'thumbs_up', value: false, source: 'HUMAN' }),
      expect.objectContaining({ name: 'user_rating', value: 2, source: 'HUMAN' }),
    ]),
  );
});

test('the theme is chosen', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page).toHaveURL(/\/(\?.*)?$/);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
