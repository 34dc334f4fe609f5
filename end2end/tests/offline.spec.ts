// Without a connection: nothing that a reader said is lost, and what could not be read recovers.
import { expect, open, test } from '../fixtures/data';
import { TracePage } from '../pages/trace_page';

test.use({ allowedComplaints: [/ERR_INTERNET_DISCONNECTED|Failed to load resource|net::/] });

test('a tag made without a connection is sent when there is one', async ({ page, context, facts }) => {
  const trace = new TracePage(page);
  await open(page, TracePage.path(facts.traces.labelled!));
  await context.setOffline(true);
  await trace.tags.add('offline', 'yes');
  await expect(page.getByText(/No connection since \d\d:\d\d; 1 change waiting/)).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText('The change that waited is saved')).toBeVisible({ timeout: 15_000 });
  await expect(trace.tags.tag('offline', 'yes')).toBeVisible();
  await expect(page.getByText(/No connection/)).toHaveCount(0);
});
