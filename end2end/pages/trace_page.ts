// One trace: the tree with its chart, the opened span, tags and rating.
import type { Locator, Page } from '@playwright/test';
import { expect, open } from '../fixtures/test';

export class TracePage {
  readonly heading: Locator;
  /** The first line: why the trace failed. */
  readonly why: Locator;
  /** The second line: what the trace waited for. */
  readonly time: Locator;
  readonly find: Locator;
  /** How often the sought text is there. */
  readonly found: Locator;
  /** The table by name. */
  readonly names: Locator;
  readonly grid: Locator;
  readonly rows: Locator;
  readonly selected: Locator;
  /** The panel of the opened span. */
  readonly span: Locator;
  readonly spanName: Locator;
  readonly tags: TagEditor;
  readonly rating: Rating;
  /** The trace told as a conversation. */
  readonly story: Story;
  /** What else can be done with the trace. */
  readonly acts: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole('heading', { level: 1 });
    this.why = page.locator('.trace-header__why');
    this.time = page.locator('.trace-header__time');
    this.find = page.getByLabel('Find in trace');
    this.found = page.locator('.spans__found');
    this.names = page.getByRole('region', { name: 'Spans by name' });
    this.grid = page.getByRole('treegrid', { name: /^Spans/ });
    this.rows = this.grid.getByRole('row');
    this.selected = this.grid.getByRole('row', { selected: true });
    this.span = page.getByRole('region', { name: 'Opened span' });
    this.spanName = this.span.getByRole('heading', { level: 2 });
    this.tags = new TagEditor(page);
    this.rating = new Rating(page);
    this.story = new Story(page);
    this.acts = page.locator('.trace-header .acts');
  }

  /** The address of a trace. */
  static path(traceId: string): string {
    return `/traces/${traceId}`;
  }

  /** Opens the page and waits for the whole tree. */
  async open(traceId: string, query = ''): Promise<void> {
    await open(this.page, TracePage.path(traceId) + query);
    await this.tree();
  }

  /** Waits until the rows are those of the whole tree and answer to keys and pointer. */
  async tree(): Promise<void> {
    await expect(this.rows.first()).toHaveAttribute('data-row');
  }

  /** The row of the span with this name. */
  row(name: string): Locator {
    return this.rows.filter({ has: this.page.getByRole('link', { name: new RegExp(`^${literal(name)}, `) }) });
  }

  /** The bar of a row. */
  bar(row: Locator): Locator {
    return row.locator('.timeline-row__bar');
  }

  /** Unfolds what else can be done with the trace. */
  async more(): Promise<void> {
    await this.acts.locator('summary', { hasText: 'More' }).click();
  }

  /** Unfolds what leaves rows of the timeline aside. */
  async filter(): Promise<void> {
    await this.page.locator('.spans__filter > summary').click();
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  tab(name: string): Locator {
    return this.span.getByRole('navigation', { name: 'Parts of the span' }).getByRole('link', { name });
  }
}

/** The trace told as a conversation. */
export class Story {
  readonly region: Locator;
  readonly steps: Locator;
  /** What changed in each prompt. */
  readonly deltas: Locator;

  constructor(page: Page) {
    this.region = page.getByRole('region', { name: 'Conversation' });
    this.steps = this.region.locator('.story__step');
    this.deltas = this.region.locator('.story__delta');
  }

  /** The cards of a tool. */
  card(tool: string): Locator {
    return this.region.locator('.chat__card').filter({ hasText: tool });
  }
}

/** The tags of a trace and the forms that change them. */
export class TagEditor {
  readonly group: Locator;

  constructor(readonly page: Page) {
    this.group = page.getByRole('group', { name: 'Tags' });
  }

  tag(key: string, value: string): Locator {
    return this.group.getByTitle(`${key}: ${value}`, { exact: true });
  }

  async add(key: string, value: string): Promise<void> {
    await this.group.getByText('Tag', { exact: true }).click();
    await this.group.getByLabel('Key').fill(key);
    await this.group.getByLabel('Value').fill(value);
    await this.group.getByRole('button', { name: 'Add' }).click();
  }

  async change(key: string, from: string, to: string): Promise<void> {
    const form = await this.unfold(key, from);
    await form.getByLabel(key).fill(to);
    await form.getByRole('button', { name: 'Save' }).click();
  }

  async remove(key: string, value: string): Promise<void> {
    const form = await this.unfold(key, value);
    await form.getByRole('button', { name: 'Remove' }).click();
  }

  private async unfold(key: string, value: string): Promise<Locator> {
    const tag = this.tag(key, value);
    await tag.click();
    return this.group.locator('details[open]');
  }
}

/** The reader's own rating of the trace. */
export class Rating {
  readonly form: Locator;
  readonly state: Locator;
  readonly comment: Locator;
  readonly name: Locator;

  constructor(readonly page: Page) {
    this.form = page.locator('.trace-header .rating');
    this.state = this.form.locator('.rating__state');
    this.comment = this.form.getByLabel('Comment');
    this.name = this.form.getByLabel('Your name');
  }

  thumb(which: 'up' | 'down'): Locator {
    return this.form.getByRole('radio', { name: `Thumb ${which}` });
  }

  score(score: number): Locator {
    return this.form.getByRole('radio', { name: `${score} of 5` });
  }

  /** Presses a choice as a pointer does: its radio button is drawn by its label. */
  async press(choice: Locator): Promise<void> {
    await choice.locator('..').click();
  }

  /** Unfolds the comment, writes it and a name, and saves. */
  async say(comment: string, name: string): Promise<void> {
    await this.form.locator('summary').click();
    await this.comment.fill(comment);
    await this.name.fill(name);
    await this.form.getByRole('button', { name: 'Save', exact: true }).click();
  }
}

/** A text as a regular expression that matches it alone. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
