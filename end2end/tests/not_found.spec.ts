// Addresses of nothing: a page with status 404 that says what is missing and leads on.
import { expect, test } from '../fixtures/data';

const missing = {
  'a page': ['/no-such-page', 'Page not found'],
  'an experiment': ['/experiments/987654/traces', 'Experiment not found'],
  "an experiment's runs": ['/experiments/987654/runs', 'Experiment not found'],
  'an experiment that is no number': ['/experiments/abc/traces', 'Experiment not found'],
  'a trace': ['/traces/tr-00000000000000000000000000000000', 'Trace not found'],
  'a trace that is no id': ["/traces/'%20OR%201=1", 'Trace not found'],
  'a run': ['/runs/00000000000000000000000000000000', 'Run not found'],
};

test.use({ allowedComplaints: [/404/] });

for (const [what, [path, title]] of Object.entries(missing)) {
  test(`${what}: status 404 and a way back`, async ({ page }) => {
    const response = await page.goto(path!);
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title!);
    await page.getByRole('link', { name: 'All experiments', exact: true }).click();
    await expect(page).toHaveURL(/\/$/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Experiments');
  });
}
