import { Cron } from 'croner';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runAfter, runUpTo } from '../../src/usage/cron-times.ts';

const MONDAY = new Date('2025-05-05T09:00:00Z');

test.each([
  ['*/15 * * * *', '2025-05-05T09:15:00.000Z', '2025-05-05T09:00:00.000Z'],
  ['0 2 * * *', '2025-05-06T02:00:00.000Z', '2025-05-05T02:00:00.000Z'],
  ['30 5 * * 1-5', '2025-05-06T05:30:00.000Z', '2025-05-05T05:30:00.000Z'],
  ['0 6 * * MON', '2025-05-12T06:00:00.000Z', '2025-05-05T06:00:00.000Z'],
  ['0 3 L * *', '2025-05-31T03:00:00.000Z', '2025-04-30T03:00:00.000Z'],
  ['0 0 29 2 *', '2028-02-29T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
  ['0 0 1 * 0', '2025-05-11T00:00:00.000Z', '2025-05-04T00:00:00.000Z'],
  ['@hourly', '2025-05-05T10:00:00.000Z', '2025-05-05T09:00:00.000Z'],
])('%s runs next at %s and ran last at %s', (cron, next, last) => {
  expect(runAfter(cron, MONDAY)?.toISOString()).toBe(next);
  expect(runUpTo(cron, MONDAY)?.toISOString()).toBe(last);
});

test.each(['', '@once', 'never', '0 2 * *', '0 2 * * * *', '60 * * * *', '*/0 * * * *', '0 0 30 2 *', '5-1 * * * *'])(
  'an expression that is not understood, or never comes, has no times: "%s"',
  (cron) => {
    expect([runAfter(cron, MONDAY), runUpTo(cron, MONDAY)]).toEqual([null, null]);
  },
);

test('the times of any expression are those that an independent library computes', () => {
  const field = (least: number, most: number) => {
    const value = fc.integer({ min: least, max: most });
    return fc.oneof(
      fc.constant('*'),
      value.map(String),
      fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
      fc.tuple(value, value).map((both) => both.toSorted((a, b) => a - b).join('-')),
      fc.uniqueArray(value, { minLength: 1, maxLength: 3 }).map(String),
    );
  };
  const expressions = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6));
  const times = fc.date({ min: new Date('2024-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(expressions, times, (fields, from) => {
      // A step over days counts as a restriction to the one library only.
      fc.pre(!fields[2]?.startsWith('*/') && !fields[4]?.startsWith('*/'));
      const cron = fields.join(' ');
      const theirs = new Cron(cron, { utcOffset: 0 });
      expect(runAfter(cron, from)).toEqual(theirs.nextRun(from));
      const [last = null] = theirs.previousRuns(1, new Date(from.getTime() + 1));
      expect(runUpTo(cron, from)).toEqual(last);
    }),
    { numRuns: 200 },
  );
});
