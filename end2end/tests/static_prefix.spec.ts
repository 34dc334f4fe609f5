// A server below a path: no screen and no act leaves it.
import { expect, interactive, test } from '../fixtures/test';
import { copyOfData } from '../fixtures/seed';
import { startServer } from '../fixtures/server';

const prefix = '/tools/spanfall';

test('every screen stays below the prefix', async ({ page }) => {
  test.slow();
  const { folder, facts } = await copyOfData();
  const server = await startServer(folder, '--static-prefix', prefix);
  try {
    const origin = new URL(server.url).origin;
    const strays: string[] = [];
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.origin === origin && !url.pathname.startsWith(prefix)) strays.push(url.pathname);
    });
    const trace = facts.traces.failed!;
    const { demo } = facts;
    const screens = [
      '', '?deleted=1', '/settings', '/find?text=demo', `/traces/${trace}`, `/runs/${facts.run}`,
      ...['traces', 'runs', 'sessions', 'users', 'settings'].map((name) => `/experiments/${demo.id}/${name}`),
      `/static-files/lib/notebook-trace-renderer/index.html?trace_id=${trace}`,
    ];
    for (const screen of screens) {
      const response = await page.goto(origin + prefix + screen);
      expect(response!.status(), screen).toBe(200);
      await interactive(page);
      const bare = await page.evaluate((prefix) => {
        const places = [...document.querySelectorAll('a[href], form[action], link[href]')];
        const addresses = places.map((place) => place.getAttribute('href') ?? place.getAttribute('action')!);
        return addresses.filter((address) => address.startsWith('/') && !address.startsWith(prefix));
      }, prefix);
      expect(bare, screen).toEqual([]);
    }
    await page.goto(`${origin}${prefix}/`);
    await interactive(page);
    await page.getByRole('link', { name: demo.name, exact: true }).click();
    await expect(page).toHaveURL(`${origin}${prefix}/experiments/${demo.id}/traces`);
    await page.goto(`${origin}/`);
    await expect(page).toHaveURL(origin + prefix);
    await page.goto(`${origin}${prefix}/#/experiments/${demo.id}/traces?selectedEvaluationId=${trace}`);
    await expect(page).toHaveURL(`${origin}${prefix}/traces/${trace}`);
    expect(strays.filter((path) => path !== '/')).toEqual([]);
  } finally {
    // Nothing asks for anything any more.
    await page.goto('about:blank');
    await server.stop();
  }
});
