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

test.describe('a key of the server', () => {
  test.use({ allowedComplaints: [/400/] });

  test('is refused with a reason', async ({ page, facts }) => {
    const trace = new TracePage(page);
    await trace.open(facts.traces.labelled!);
    await trace.tags.add('mlflow.traceName', 'mine');
    await expect(trace.tags.group.getByRole('status')).toContainText('kept for the server');
  });
});
