// The reader's own rating: thumbs, 1 to 5, a comment; it lands as ordinary feedback and comes back through the SDK.
import { expect, interactive, test } from '../fixtures/data';
import { readBack } from '../fixtures/read_back';
import { TracePage } from '../pages/trace_page';

test('a rating is saved choice by choice, read through the SDK, shown again and changed', async ({ page, facts, server }) => {
  // Python takes its time.
  test.slow();
  const traceId = facts.traces.rated!;
  const trace = new TracePage(page);
  const { rating } = trace;
  await trace.open(traceId);
  await rating.press(rating.thumb('up'));
  await expect(rating.state).toHaveText('Saved');
  await rating.press(rating.score(4));
  await expect(rating.score(4)).toBeChecked();
  await expect(rating.state).toHaveText('Saved');
  await rating.say('Right, but too short. <b>ok</b>', 'ada');
  await expect(rating.state).toHaveText('Saved');

  const said = { source: 'HUMAN', author: 'ada', valid: true, rationale: 'Right, but too short. <b>ok</b>', span: null, metadata: {} };
  const byAda = async () => (await readBack(server, traceId)).assessments.filter(({ author }) => author === 'ada');
  expect(await byAda()).toEqual(
    expect.arrayContaining([
      { ...said, name: 'thumbs_up', value: true },
      { ...said, name: 'user_rating', value: 4 },
    ]),
  );

  await page.reload();
  await interactive(page);
  await expect(rating.thumb('up')).toBeChecked();
  await expect(rating.score(4)).toBeChecked();
  await expect(rating.score(5)).not.toBeChecked();

  await rating.press(rating.thumb('down'));
  await expect(rating.state).toHaveText('Saved');
  await rating.press(rating.score(1));
  await expect(rating.score(1)).toBeChecked();
  await expect(rating.state).toHaveText('Saved');
  const everyone = (await readBack(server, traceId)).assessments.map(({ author }) => author);
  expect(everyone, 'what was said before a name was given is taken over').not.toContain('web_ui');
  const changed = await byAda();
  expect(changed).toHaveLength(2);
  expect(changed).toEqual(
    expect.arrayContaining([
      { ...said, name: 'thumbs_up', value: false },
      { ...said, name: 'user_rating', value: 1 },
    ]),
  );
});

test('rating works by keys alone and keeps the focus', async ({ page, facts }) => {
  const trace = new TracePage(page);
  const { rating } = trace;
  await trace.open(facts.traces['rated-by-keys']!);
  await rating.score(1).focus();
  await page.keyboard.press('Space');
  await expect(rating.state).toHaveText('Saved');
  await expect(rating.score(1)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(rating.score(2)).toBeChecked();
  await expect(rating.score(2)).toBeFocused();
});

test('what was said stands under Feedback, with who said it', async ({ page, facts }) => {
  const trace = new TracePage(page);
  await trace.open(facts.traces['rated-by-keys']!);
  await trace.rating.say('Needs a source.', 'grace');
  await trace.tab('Feedback').click();
  const said = trace.span.getByRole('listitem').filter({ hasText: 'grace' });
  await expect(said.first()).toContainText('Needs a source.');
});
