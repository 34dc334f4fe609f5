// Chromium of the system: Playwright's own download is not needed. `cargo xtask test e2e` sets SPANFALL_PYTHON,
// SPANFALL_BINARY, SPANFALL_SITE_ROOT and SPANFALL_CHROMIUM; the defaults serve `npx playwright test`.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './tests',
  globalSetup: './fixtures/seed.ts',
  outputDir: './test-results/files',
  // Two, so that server and browser of each have a core's worth on the smallest build machine.
  workers: 2,
  fullyParallel: true,
  retries: 0,
  timeout: 90_000,
  // Two browsers and a server share two cores: a wait is not a failure before this.
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.SPANFALL_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
