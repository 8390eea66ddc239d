import { expect, test } from 'vitest';
import {
  calendarDate,
  count,
  dateTime,
  day,
  duration,
  elapsed,
  shortDuration,
  timeAgo,
} from '../../src/slack/messages/formatting.ts';

const AT = new Date('2025-06-30T23:59:59.999Z');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test('a time is shown in the reader’s time zone, with UTC as the fallback', () => {
  expect(dateTime(AT)).toBe('<!date^1751327999^{date_short_pretty} {time}|2025-06-30 23:59 UTC>');
  expect(day(AT)).toBe('<!date^1751327999^{date_short_pretty}|2025-06-30>');
});

test('a calendar date is the same in every zone', () => {
  expect(calendarDate('2025-06-30')).toBe('30 June 2025');
  expect(calendarDate('2026-03-01')).toBe('1 March 2026');
});

test('a time in the past is shown as a relative time that Slack keeps current', () => {
  expect(timeAgo(AT)).toBe('<!date^1751327999^{ago}|2025-06-30 23:59 UTC>');
});

test('a duration is in the largest unit of which it is a multiple', () => {
  expect([SECOND, 45 * SECOND, MINUTE, 90 * SECOND, 10 * MINUTE, 90 * MINUTE, HOUR, 4 * HOUR].map(duration)).toEqual([
    '1 second',
    '45 seconds',
    '1 minute',
    '90 seconds',
    '10 minutes',
    '90 minutes',
    '1 hour',
    '4 hours',
  ]);
});

test('the time between two moments is rounded to seconds', () => {
  expect(elapsed(AT, new Date(AT.getTime() + 35_400))).toBe('35 s');
  expect(elapsed(AT, new Date(AT.getTime() + 35_600))).toBe('36 s');
  expect([0, 119, 120, 3_599, 3_624, 4_800, 86_400].map(shortDuration)).toEqual([
    ...['0 s', '119 s', '2 min', '59 min', '1 h', '1 h 20 min', '24 h'],
  ]);
});

test('a count agrees with its noun', () => {
  expect([0, 1, 2, 10_000].map((n) => count(n, 'day'))).toEqual(['0 days', '1 day', '2 days', '10000 days']);
});
