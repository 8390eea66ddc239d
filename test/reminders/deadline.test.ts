import { describe, expect, test } from 'vitest';
import { today } from '../../src/lib/calendar.ts';
import { daysLeft } from '../../src/reminders/windows.ts';

const DEADLINE = '2025-06-30';

describe('the days until the deadline', () => {
  test.each([
    ['two months before', '2025-05-01T12:00:00Z', 60],
    ['until the last millisecond of the day before', '2025-06-29T23:59:59.999Z', 1],
    ['in the first moment of the last day', '2025-06-30T00:00:00Z', 0],
    ['in the last moment of the last day', '2025-06-30T23:59:59.999Z', 0],
    ['on the day after', '2025-07-01T00:00:00Z', -1],
    ['a year after', '2026-06-30T12:00:00Z', -365],
  ])('are counted %s, at %s: %i', (_, now, days) => {
    expect(daysLeft({ deadline: DEADLINE, timeZone: 'UTC' }, new Date(now))).toBe(days);
  });

  test('differ between time zones at the same moment', () => {
    const now = new Date('2025-06-29T10:30:00Z');
    expect(daysLeft({ deadline: DEADLINE, timeZone: 'Pacific/Kiritimati' }, now)).toBe(0);
    expect(daysLeft({ deadline: DEADLINE, timeZone: 'UTC' }, now)).toBe(1);
    expect(daysLeft({ deadline: DEADLINE, timeZone: 'Pacific/Pago_Pago' }, now)).toBe(2);
  });

  test('change at midnight in a time zone with a quarter-hour offset', () => {
    expect(daysLeft({ deadline: DEADLINE, timeZone: 'Asia/Kathmandu' }, new Date('2025-06-29T18:14:59.999Z'))).toBe(1);
    expect(daysLeft({ deadline: DEADLINE, timeZone: 'Asia/Kathmandu' }, new Date('2025-06-29T18:15:00Z'))).toBe(0);
  });

  test('include a leap day', () => {
    expect(daysLeft({ deadline: '2024-03-01', timeZone: 'UTC' }, new Date('2024-02-28T12:00:00Z'))).toBe(2);
    expect(daysLeft({ deadline: '2025-03-01', timeZone: 'UTC' }, new Date('2025-02-28T12:00:00Z'))).toBe(1);
  });
});

describe('a day on which the clocks change counts as one day', () => {
  test.each([
    // A day of 23 hours, then one of 25, in each zone: its first moment, its last, and the first of the next day.
    ['Europe/Amsterdam', '2025-03-31', '2025-03-29T23:00:00Z', '2025-03-30T22:00:00Z'],
    ['Europe/Amsterdam', '2025-10-27', '2025-10-25T22:00:00Z', '2025-10-26T23:00:00Z'],
    ['America/New_York', '2025-03-10', '2025-03-09T05:00:00Z', '2025-03-10T04:00:00Z'],
    ['America/New_York', '2025-11-03', '2025-11-02T04:00:00Z', '2025-11-03T05:00:00Z'],
  ])('in %s, on the day before %s', (zone, deadline, firstMoment, nextMidnight) => {
    const next = new Date(nextMidnight);
    const justBefore = (date: Date) => new Date(date.getTime() - 1);
    expect(daysLeft({ deadline, timeZone: zone }, justBefore(new Date(firstMoment)))).toBe(2);
    expect(daysLeft({ deadline, timeZone: zone }, new Date(firstMoment))).toBe(1);
    expect(daysLeft({ deadline, timeZone: zone }, justBefore(next))).toBe(1);
    expect(daysLeft({ deadline, timeZone: zone }, next)).toBe(0);
  });

  test.each(['Europe/Amsterdam', 'America/New_York', 'UTC', 'Pacific/Auckland'])(
    'and in %s no day of a year is skipped or repeated',
    (zone) => {
      const counted: number[] = [];
      for (let hour = 0; hour < 365 * 24; hour++) {
        const days = daysLeft({ deadline: '2025-12-31', timeZone: zone }, new Date(Date.UTC(2025, 0, 1, hour)));
        if (days !== counted.at(-1)) counted.push(days);
      }
      const first = counted[0] ?? 0;
      expect(counted).toEqual(counted.map((_, i) => first - i));
      expect(counted.length).toBeGreaterThanOrEqual(365);
    },
  );
});

test('the calendar date depends on the time zone', () => {
  const now = new Date('2025-01-01T02:00:00Z');
  expect(today({ timeZone: 'UTC' }, now)).toBe('2025-01-01');
  expect(today({ timeZone: 'America/New_York' }, now)).toBe('2024-12-31');
});
