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
  ['0 0 * * 7', '2025-05-11T00:00:00.000Z', '2025-05-04T00:00:00.000Z'],
  ['0 0 ? * 1,3', '2025-05-07T00:00:00.000Z', '2025-05-05T00:00:00.000Z'],
  ['@hourly', '2025-05-05T10:00:00.000Z', '2025-05-05T09:00:00.000Z'],
])('%s runs next at %s and ran last at %s', (cron, next, last) => {
  expect(runAfter(cron, MONDAY)?.toISOString()).toBe(next);
  expect(runUpTo(cron, MONDAY)?.toISOString()).toBe(last);
});

test.each(['', '@once', 'never', '0 2 * *', '0 2 * * * *', '60 * * * *', '*/0 * * * *', '0 0 30 2 *', '5-1 * * * *'])(
  'a cron expression that is invalid or never due has no times: "%s"',
  (cron) => {
    expect([runAfter(cron, MONDAY), runUpTo(cron, MONDAY)]).toEqual([null, null]);
  },
);
