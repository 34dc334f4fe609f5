// Tags of a trace, changed on its page and read through the SDK.
import { expect, test } from '../fixtures/data';
import { readBack } from '../fixtures/read_back';
import { TracePage } from '../pages/trace_page';

test('a tag is added, changed and removed', async ({ page, facts, server }) => {
  // Python takes its time.
  test.slow();
  const traceId = facts.traces.labelled!;
  const trace = new TracePage(page);
  await trace.open(traceId);
  await trace.tags.add('colour', 'blue');
  await expect(trace.tags.tag('colour', 'blue')).toBeVisible();
  await trace.tags.add('owner', 'Zoë “Z” 👩‍🚀');
  await expect(trace.tags.tag('owner', 'Zoë “Z” 👩‍🚀')).toBeVisible();
  await trace.tags.change('colour', 'blue', 'green');
  await expect(trace.tags.tag('colour', 'green')).toBeVisible();
  expect((await readBack(server, traceId)).tags).toMatchObject({ colour: 'green', owner: 'Zoë “Z” 👩‍🚀' });
  await trace.tags.remove('colour', 'green');
  await expect(trace.tags.tag('colour', 'green')).toHaveCount(0);
  await page.reload();
  await expect(trace.tags.tag('owner', 'Zoë “Z” 👩‍🚀')).toBeVisible();
  const { tags } = await readBack(server, traceId);
  expect(tags).not.toHaveProperty('colour');
  expect(tags).toHaveProperty('owner');
});

test('a tag that was removed can be had back', async ({ page, facts, server }) => {
  test.slow();
  const traceId = facts.traces.labelled!;
  const trace = new TracePage(page);
  await trace.open(traceId);
  await trace.tags.add('kept', 'yes');
  await expect(trace.tags.tag('kept', 'yes')).toBeVisible();
  await trace.tags.remove('kept', 'yes');
  await expect(trace.tags.tag('kept', 'yes')).toBeHidden();
  await page.getByRole('button', { name: 'Undo: Tag kept removed' }).click();
  await expect(trace.tags.tag('kept', 'yes')).toBeVisible();
  await page.reload();
  await expect(trace.tags.tag('kept', 'yes')).toBeVisible();
  expect((await readBack(server, traceId)).tags).toMatchObject({ kept: 'yes' });
});

test('a tag that is set again within the time to undo stays', async ({ page, facts, server }) => {
  test.slow();
  const traceId = facts.traces.labelled!;
  const trace = new TracePage(page);
  await trace.open(traceId);
  await trace.tags.add('again', 'first');
  await expect(trace.tags.tag('again', 'first')).toBeVisible();
  await trace.tags.remove('again', 'first');
  await expect(trace.tags.tag('again', 'first')).toBeHidden();
  await trace.tags.add('again', 'second');
  await expect(trace.tags.tag('again', 'second')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Undo: Tag again removed' })).toHaveCount(0);
  // Leaving the page sends whatever still waits.
  await page.goto('/');
  await page.goto(TracePage.path(traceId));
  await expect(trace.tags.tag('again', 'second')).toBeVisible();
  expect((await readBack(server, traceId)).tags).toMatchObject({ again: 'second' });
});

test('a tag that was removed is gone when the page is left at once', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.labelled!);
  await trace.tags.add('short', 'lived');
  await expect(trace.tags.tag('short', 'lived')).toBeVisible();
  await trace.tags.remove('short', 'lived');
  await page.goto('/');
  await expect(async () => {
    await page.goto(TracePage.path(facts.traces.labelled!));
    await expect(trace.tags.tag('short', 'lived')).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
});

test('a tag that was removed is gone although the reader goes on within the viewer', async ({ page, facts, server }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces.labelled!);
  await trace.tags.add('brief', 'stay');
  await expect(trace.tags.tag('brief', 'stay')).toBeVisible();
  await trace.tags.remove('brief', 'stay');
  await page.getByRole('link', { name: 'Traces', exact: true }).first().click();
  await expect(page).toHaveURL(/\/traces(\?|$)/);
  await expect
    .poll(async () => (await readBack(server, facts.traces.labelled!)).tags)
    .not.toHaveProperty('brief');
});

test.describe('a key of the server', () => {
  test.use({ allowedComplaints: [/400/] });

  test('is refused with a reason', async ({ page, facts }) => {
    const trace = new TracePage(page);
    await trace.open(facts.traces.labelled!);
    await trace.tags.add('mlflow.traceName', 'mine');
    await expect(trace.tags.group.getByRole('status')).toContainText('kept for the server');
  });
});
