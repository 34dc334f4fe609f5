// The traces of an experiment.
import type { Locator, Page } from '@playwright/test';
import type { Experiment } from '../fixtures/seed';
import { open } from '../fixtures/test';

export class TraceListPage {
  readonly filter: Locator;
  readonly options: Locator;
  readonly range: Locator;
  /** How many traces match, and how many of them failed. */
  readonly summary: Locator;
  readonly table: Locator;
  readonly rows: Locator;
  /** The acts on chosen traces. */
  readonly chosen: Locator;
  /** The trace that is looked into. */
  readonly peek: Locator;
  /** Order, and which rows are seen. */
  readonly place: Locator;
  /** The brush over the volume. */
  readonly volume: Locator;
  /** The brush over the durations. */
  readonly duration: Locator;
  readonly facetsButton: Locator;
  readonly viewsMenu: Locator;
  readonly copyMenu: Locator;
  readonly firstPage: Locator;
  readonly previousPage: Locator;
  readonly nextPage: Locator;

  constructor(readonly page: Page) {
    this.filter = page.getByRole('combobox', { name: 'Filter', exact: true });
    this.options = page.getByRole('listbox', { name: 'Completions' }).getByRole('option');
    this.range = page.getByLabel('Time range');
    this.summary = page.locator('.page__summary');
    this.table = page.getByRole('table');
    this.rows = this.table.getByRole('row').filter({ has: page.getByRole('cell') });
    this.chosen = page.getByRole('region', { name: 'Chosen traces' });
    this.peek = page.getByRole('complementary', { name: 'Trace' });
    this.place = page.locator('.trace-list__place');
    this.volume = page.getByRole('slider', { name: /^Volume/ });
    this.duration = page.getByRole('slider', { name: /^Duration/ });
    this.facetsButton = page.getByRole('button', { name: 'Facets', exact: true });
    this.viewsMenu = page.locator('summary').filter({ hasText: /^Views/ });
    this.copyMenu = page.locator('summary').filter({ hasText: /^Copy/ });
    this.firstPage = page.getByRole('link', { name: 'First page' });
    this.previousPage = page.getByRole('link', { name: 'Previous page' });
    this.nextPage = page.getByRole('link', { name: 'Next page' });
  }

  /** The address of the list, with a query if one is given. */
  static path(experiment: Experiment, query: Record<string, string> = {}): string {
    const parameters = new URLSearchParams(query).toString();
    return `/experiments/${experiment.id}/traces${parameters && '?'}${parameters}`;
  }

  /** The facet with this title. */
  facet(title: string): Locator {
    return this.page.getByRole('region', { name: title, exact: true });
  }

  async open(experiment: Experiment, query: Record<string, string> = {}): Promise<void> {
    await open(this.page, TraceListPage.path(experiment, query));
  }

  /** Types a filter and presses Enter. */
  async search(filter: string): Promise<void> {
    await this.filter.fill(filter);
    await this.filter.press('Enter');
  }

  /** Scrolls the rows to a share of their height. */
  async scrollTo(share: number): Promise<void> {
    await this.page.locator('.trace-scroll').evaluate((element, part) => {
      element.scrollTop = (element.scrollHeight - element.clientHeight) * part;
    }, share);
  }

  /** The row of the trace with this name. */
  row(name: string): Locator {
    return this.rows.filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  /** The box that chooses the trace with this name. */
  pick(name: string): Locator {
    return this.page.getByRole('checkbox', { name: `Choose ${name}`, exact: true });
  }
}
