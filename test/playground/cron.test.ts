import fc from 'fast-check';
import cron from 'node-cron';
import { afterEach, expect, test, vi } from 'vitest';
import { parseCron } from '../../playground/time/cron.ts';
import { run } from '../properties/arbitraries.ts';

/** How many times are compared for each expression. */
const RUNS = 3;

afterEach(() => {
  vi.useRealTimers();
});

/** The next times as the bot's node-cron computes them, which only knows "from now". */
function nodeCronTimes(expression: string, timeZone: string, from: Date): string[] {
  vi.useFakeTimers({ now: from, toFake: ['Date'] });
  const task = cron.createTask(expression, () => undefined, { timezone: timeZone });
  const times = task.getNextRuns(RUNS).map((at) => at.toISOString());
  vi.useRealTimers();
  return times;
}

/** The same as the playground predicts them. */
function playgroundTimes(expression: string, timeZone: string, from: Date): string[] {
  return parseCron(expression, timeZone)
    .nextRuns(RUNS, from)
    .map((at) => at.toISOString());
}

test.each([
  // The bot's default settings.
  ['0 9 * * 1-5', 'UTC', '2025-06-06T09:00:00Z', '2025-06-09T09:00:00.000Z'],
  // Both day fields: Friday the 13th, not every Friday and every 13th.
  ['0 9 13 * 5', 'UTC', '2025-06-02T10:00:00Z', '2025-06-13T09:00:00.000Z'],
  ['0 9 1,15 * MON', 'Europe/Berlin', '2025-06-02T10:00:00Z', '2025-09-01T07:00:00.000Z'],
  ['0 9 L * *', 'UTC', '2025-06-02T10:00:00Z', '2025-06-30T09:00:00.000Z'],
  ['0 9 29 2 *', 'UTC', '2025-06-02T10:00:00Z', '2028-02-29T09:00:00.000Z'],
  ['0 9 * * 5#2', 'UTC', '2025-06-02T10:00:00Z', '2025-06-13T09:00:00.000Z'],
  ['*/10 * 9 * * *', 'UTC', '2025-06-02T09:59:51Z', '2025-06-03T09:00:00.000Z'],
  // The day on which clocks go forward, and the one on which they go back.
  ['0 9 * * *', 'Europe/Berlin', '2025-03-29T12:00:00Z', '2025-03-30T07:00:00.000Z'],
  ['0 9 * * *', 'America/New_York', '2025-11-01T14:00:00Z', '2025-11-02T14:00:00.000Z'],
])('node-cron and the playground run "%s" in %s after %s at %s', (expression, timeZone, from, first) => {
  const times = nodeCronTimes(expression, timeZone, new Date(from));
  expect(times[0]).toBe(first);
  expect(playgroundTimes(expression, timeZone, new Date(from))).toEqual(times);
});

const FROM = fc
  .integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2028, 0, 1) })
  .map((milliseconds) => new Date(milliseconds));

/** One field of an expression: `*`, a value, a step, a range, a list or a range with a step. */
function field(min: number, max: number): fc.Arbitrary<string> {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: value.map(String) },
    fc.integer({ min: 2, max: Math.floor(max / 2) + 1 }).map((step) => `*/${step}`),
    range,
    fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((values) => values.join(',')),
    fc.tuple(range, fc.integer({ min: 1, max: 5 })).map(([both, step]) => `${both}/${step}`),
  );
}

/** Day 29 and later is left to fixed cases: node-cron rejects those that never come, such as 30 February. */
function expressions(hours: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(field(0, 59), hours, field(1, 28), field(1, 12), field(0, 7)).map((fields) => fields.join(' '));
}

function holdTogether(hours: fc.Arbitrary<string>, zones: readonly string[], runs: number): void {
  fc.assert(
    fc.property(expressions(hours), fc.constantFrom(...zones), FROM, (expression, timeZone, from) => {
      expect(playgroundTimes(expression, timeZone, from)).toEqual(nodeCronTimes(expression, timeZone, from));
    }),
    run(runs),
  );
}

test('node-cron and the playground agree on any expression where clocks never change', () => {
  holdTogether(field(0, 23), ['UTC', 'Asia/Kolkata'], 1_000);
});

test('node-cron and the playground agree on any expression from 03:00 on where clocks change', () => {
  const hours = fc.oneof(
    fc.integer({ min: 3, max: 23 }).map(String),
    fc.tuple(fc.integer({ min: 3, max: 12 }), fc.integer({ min: 13, max: 23 })).map((both) => both.join('-')),
    fc.uniqueArray(fc.integer({ min: 3, max: 23 }), { minLength: 1, maxLength: 4 }).map(String),
  );
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'Australia/Lord_Howe'];
  holdTogether(hours, zones, 1_000);
});

// The known differences, listed in docs/playground.md: update both when a library changes.
test.each([
  [
    'a local time that is skipped when clocks go forward: node-cron waits a day, the playground runs right after',
    { expression: '30 2 * * *', from: '2025-03-29T12:00:00Z' },
    { bot: '2025-03-31T00:30:00.000Z', playground: '2025-03-30T01:00:00.000Z' },
  ],
  [
    'a local time that comes twice when clocks go back: node-cron runs the second time, the playground the first',
    { expression: '30 2 * * *', from: '2025-10-25T12:00:00Z' },
    { bot: '2025-10-26T01:30:00.000Z', playground: '2025-10-26T00:30:00.000Z' },
  ],
])('node-cron and the playground differ on %s', (_, { expression, from }, { bot, playground }) => {
  expect(nodeCronTimes(expression, 'Europe/Berlin', new Date(from))[0]).toBe(bot);
  expect(playgroundTimes(expression, 'Europe/Berlin', new Date(from))[0]).toBe(playground);
});

test('the playground rejects ranges that wrap around, which node-cron accepts', () => {
  expect(cron.validate('0 22-2 * * *')).toBe(true);
  expect(() => parseCron('0 22-2 * * *', 'UTC')).toThrow('22-2');
});

test('node-cron rejects a date that never comes, which the playground never runs', () => {
  expect(() => cron.createTask('0 9 30 2 *', () => undefined)).toThrow('impossible');
  expect(parseCron('0 9 30 2 *', 'UTC').nextRun()).toBeNull();
});
