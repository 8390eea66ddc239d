import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZodError } from 'zod';
import { ListViewValue } from '../../src/actions/pages.ts';
import { credential, seedOf, startWorld } from '../app/setup.ts';
import { ADMIN } from '../support/people.ts';
import { anyText, run } from './arbitraries.ts';

test('any value of a list button is rejected, or is a view within its bounds', () => {
  const good = fc.record(
    {
      status: fc.constantFrom('eligible', 'unknown'),
      mine: fc.boolean(),
      words: fc.array(anyText(), { maxLength: 3 }),
      offset: fc.integer({ min: -1, max: 10_000_001 }),
    },
    { requiredKeys: ['offset'] },
  );
  // One arbitrary field in an otherwise valid value.
  const shaped = fc
    .tuple(
      good,
      fc.dictionary(fc.constantFrom('status', 'mine', 'words', 'offset', 'more'), fc.jsonValue(), { maxKeys: 1 }),
    )
    .map(([view, odd]) => ({ ...view, ...odd }));
  const value = fc.oneof(
    anyText(),
    fc.json(),
    shaped.map((each) => JSON.stringify(each)),
  );
  let taken = 0;
  fc.assert(
    fc.property(value, (text) => {
      try {
        const view = ListViewValue.parse(JSON.parse(text));
        taken += 1;
        expect(Number.isSafeInteger(view.offset) && view.offset >= 0 && view.offset <= 10_000_000).toBe(true);
        expect(['undefined', 'boolean']).toContain(typeof view.mine);
        expect((view.words ?? []).every((word) => typeof word === 'string')).toBe(true);
        expect(Object.keys(view).filter((key) => !['status', 'mine', 'words', 'offset'].includes(key))).toEqual([]);
        expect(ListViewValue.parse(JSON.parse(JSON.stringify(view)))).toEqual(view);
      } catch (error) {
        if (!(error instanceof SyntaxError || error instanceof ZodError)) throw error;
      }
    }),
    run(1_000),
  );
  expect(taken).toBeGreaterThan(100);
});

test('a button with any text as its id gets a reply in words, and starts nothing', async () => {
  const world = await startWorld({ seed: seedOf(credential('airflow-dev')) });
  const action = fc.constantFrom(
    'migrate',
    'pick_credential',
    'confirm',
    'confirm_production',
    'cancel',
    'check_again',
    'mark_resolved',
    'give_back',
  );
  await fc.assert(
    fc.asyncProperty(action, anyText(), async (id, value) => {
      const { text } = await world.forge(ADMIN, id, value);
      expect(text.trim()).not.toBe('');
      // An unexpected error would show a reference.
      expect(text).not.toContain('reference');
    }),
    run(60),
  );
  await world.expectNothingStarted();
});
