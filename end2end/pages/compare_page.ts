// A comparison: what differs, the aligned steps, the texts of one.
import type { Locator, Page } from '@playwright/test';
import { expect, open } from '../fixtures/test';

export class ComparePage {
  readonly heading: Locator;
  readonly facts: Locator;
  readonly grid: Locator;
  readonly rows: Locator;
  readonly selected: Locator;
  readonly panel: Locator;
  readonly summary: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole('heading', { level: 1 });
    this.facts = page.getByRole('region', { name: 'Differences' });
    this.grid = page.getByRole('treegrid', { name: /^Steps/ });
    this.rows = this.grid.locator('.compare-row');
    this.selected = this.grid.getByRole('row', { selected: true });
    this.panel = page.getByRole('region', { name: 'Chosen step' });
    this.summary = page.locator('.compare-steps__summary');
  }

  static path(ids: readonly string[], parameters: Record<string, string> = {}): string {
    const named = Object.fromEntries(ids.map((id, at) => ['abcd'[at]!, id]));
    return `/compare?${new URLSearchParams({ ...named, ...parameters })}`;
  }

  async open(ids: readonly string[], parameters: Record<string, string> = {}): Promise<void> {
    await open(this.page, ComparePage.path(ids, parameters));
    await expect(this.rows.first()).toBeVisible();
  }

  fact(name: string): Locator {
    return this.facts.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name, exact: true }) });
  }

  row(name: string): Locator {
    return this.rows.filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  part(name: string): Locator {
    return this.panel.locator('.compare-part').filter({ has: this.page.locator('.compare-part__name', { hasText: name }) });
  }
}
