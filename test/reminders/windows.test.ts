import { describe, expect, test } from 'vitest';
import {
  latestWindow,
  maySnooze,
  nextReminderDay,
  nextWindow,
  type ReminderPlan,
  windowsBefore,
} from '../../src/reminders/windows.ts';

/** Windows are checked each day. */
const PLAN: ReminderPlan = {
  deadline: '2025-06-30',
  days: [60, 30, 14, 7, 3, 2, 1, 0],
  timeZone: 'UTC',
  cron: '0 9 * * *',
};
const withDays = (...days: number[]): ReminderPlan => ({ ...PLAN, days });

/** Noon of a day, UTC. */
const noon = (date: string) => new Date(`${date}T12:00:00Z`);

describe('the latest window', () => {
  test.each([
    ['long before the first window', '2025-01-01', null],
    ['on the day before the first window', '2025-04-30', null],
    ['on the first day of the first window', '2025-05-01', 60],
    ['on the last day of the first window', '2025-05-30', 60],
    ['on the first day of the next window', '2025-05-31', 30],
    ['a week before the deadline', '2025-06-23', 7],
    ['four days before the deadline', '2025-06-26', 7],
    ['three days before the deadline', '2025-06-27', 3],
    ['on the deadline itself', '2025-06-30', 0],
    ['on the day after the deadline', '2025-07-01', -1],
    ['seven days after the deadline', '2025-07-07', -1],
    ['eight days after the deadline', '2025-07-08', -8],
    ['two weeks and a day after the deadline', '2025-07-15', -15],
    ['on the day before the 53rd overdue window', '2026-06-29', -358],
    ['ten years after the deadline', '2035-06-30', -3648],
  ])('is found %s, on %s: %s', (_, date, days) => {
    expect(latestWindow(PLAN, noon(date))?.days ?? null).toBe(days);
  });

  test('has a key and the date on which it began', () => {
    expect(latestWindow(PLAN, noon('2025-06-25'))).toEqual({ key: '2025-06-30/7', days: 7, date: '2025-06-23' });
    expect(latestWindow(PLAN, noon('2025-07-11'))).toEqual({ key: '2025-06-30/-8', days: -8, date: '2025-07-08' });
  });
});

describe('a window of the last two days, or of the last day, that begins on a day without a check', () => {
  const onWeekdays = (deadline: string): ReminderPlan => ({ ...PLAN, deadline, cron: '0 9 * * 1-5' });
  const windows = (plan: ReminderPlan, ...dates: string[]) =>
    dates.map((date) => [date, latestWindow(plan, noon(date))?.days, nextWindow(plan, noon(date)).date]);

  test('begins on the last day before it that has a check, so a weekend hides no window', () => {
    // A Monday: two days and one day before it are at the weekend.
    expect(windows(onWeekdays('2025-06-30'), '2025-06-26', '2025-06-27', '2025-06-28', '2025-06-30')).toEqual([
      ['2025-06-26', 7, '2025-06-27'],
      ['2025-06-27', 1, '2025-06-30'],
      ['2025-06-28', 1, '2025-06-30'],
      ['2025-06-30', 0, '2025-07-01'],
    ]);
    // A Tuesday: two days before it is a Sunday, and the window of the Saturday before is served with that one.
    expect(windows(onWeekdays('2025-07-01'), '2025-06-26', '2025-06-27', '2025-06-29', '2025-06-30')).toEqual([
      ['2025-06-26', 7, '2025-06-27'],
      ['2025-06-27', 2, '2025-06-30'],
      ['2025-06-29', 2, '2025-06-30'],
      ['2025-06-30', 1, '2025-07-01'],
    ]);
    // A Sunday: on Monday the deadline would be over.
    expect(windows(onWeekdays('2025-06-29'), '2025-06-26', '2025-06-27', '2025-06-29', '2025-06-30')).toEqual([
      ['2025-06-26', 3, '2025-06-27'],
      ['2025-06-27', 0, '2025-06-30'],
      ['2025-06-29', 0, '2025-06-30'],
      ['2025-06-30', -1, '2025-07-07'],
    ]);
  });

  test('begins on its own day where that has a check, or where no check is near', () => {
    for (const cron of ['0 9 * * *', '0 0 29 2 *', 'nonsense'])
      expect(windows({ ...PLAN, cron }, '2025-06-27', '2025-06-28', '2025-06-29'), cron).toEqual([
        ['2025-06-27', 3, '2025-06-28'],
        ['2025-06-28', 2, '2025-06-29'],
        ['2025-06-29', 1, '2025-06-30'],
      ]);
  });

  test('serves the earlier windows with it, even one whose day has not come', () => {
    const plan = onWeekdays('2025-07-01');
    const latest = latestWindow(plan, noon('2025-06-27'));
    expect(latest).toEqual({ key: '2025-07-01/2', days: 2, date: '2025-06-27' });
    expect(latest && windowsBefore(plan, latest).map(({ days }) => days)).toEqual([60, 30, 14, 7, 3]);
  });
});

describe('the day of the next reminder', () => {
  test.each([
    ['0 9 * * 1-5', 'UTC', '2025-06-23', '2025-06-27'],
    // The windows of Saturday and Sunday were served on Friday.
    ['0 9 * * 1-5', 'UTC', '2025-06-27', '2025-06-30'],
    ['0 9 * * *', 'UTC', '2025-06-27', '2025-06-28'],
    // Midnight in Tokyo is still Friday in UTC.
    ['0 0 * * 6', 'Asia/Tokyo', '2025-06-26', '2025-06-28'],
    ['0 23 * * *', 'America/New_York', '2025-06-23', '2025-06-27'],
    // Both days: the first Monday that is a 14th.
    ['0 9 14 * 1', 'UTC', '2025-06-30', '2025-07-14'],
  ])('for cron time "%s" in %s, on %s, is %s', (cron, timeZone, on, day) => {
    expect(nextReminderDay({ ...PLAN, cron, timeZone }, noon(on))).toBe(day);
  });
});

describe('the windows before another one', () => {
  test.each([
    [60, []],
    [0, [60, 30, 14, 7, 3, 2, 1]],
    [-1, [60, 30, 14, 7, 3, 2, 1, 0]],
    [-15, [60, 30, 14, 7, 3, 2, 1, 0, -1, -8]],
  ])('of %i days are all windows that began earlier: %j', (days, before) => {
    const window = { key: `2025-06-30/${days}`, days, date: '' };
    expect(windowsBefore(PLAN, window).map((each) => each.days)).toEqual(before);
  });
});

describe('the next window', () => {
  test.each([
    ['long before the first window', '2025-01-01', 60],
    ['on the first day of a window', '2025-05-01', 30],
    ['four days before the deadline', '2025-06-26', 3],
    ['on the deadline itself', '2025-06-30', -1],
    ['on the day after the deadline', '2025-07-01', -8],
    ['seven days after the deadline', '2025-07-07', -8],
    ['eight days after the deadline', '2025-07-08', -15],
  ])('is found %s, on %s: %i', (_, date, days) => {
    expect(nextWindow(PLAN, noon(date)).days).toBe(days);
  });
});

describe('REMINDER_DAYS', () => {
  test('may be in any order, with repetitions', () => {
    const mixed = withDays(0, 7, 60, 7, 1, 30);
    expect(latestWindow(mixed, noon('2025-06-01'))?.days).toBe(30);
    expect(nextWindow(mixed, noon('2025-06-01')).days).toBe(7);
    expect(latestWindow(mixed, noon('2025-06-29'))?.days).toBe(1);
  });

  test('without 0 ends with a window that lasts until the day after the deadline', () => {
    const early = withDays(10, 5);
    expect(latestWindow(early, noon('2025-06-30'))?.days).toBe(5);
    expect(nextWindow(early, noon('2025-06-30')).days).toBe(-1);
    expect(latestWindow(early, noon('2025-07-01'))?.days).toBe(-1);
  });

  test('may be empty: then reminders begin after the deadline', () => {
    expect(latestWindow(withDays(), noon('2025-06-30'))).toBeNull();
    expect(nextWindow(withDays(), noon('2025-01-01'))).toMatchObject({ days: -1, date: '2025-07-01' });
    expect(latestWindow(withDays(), noon('2025-07-01'))?.days).toBe(-1);
  });
});

describe('a window’s key', () => {
  test('does not depend on the time zone nor on the other windows', () => {
    const at = noon('2025-06-24');
    const keys = [PLAN, { ...PLAN, timeZone: 'Asia/Tokyo' }, withDays(7), withDays(1, 7, 90)].map(
      (plan) => latestWindow(plan, at)?.key,
    );
    expect(new Set(keys)).toEqual(new Set(['2025-06-30/7']));
  });

  test('depends on the deadline', () => {
    const later = { ...PLAN, deadline: '2025-07-01' };
    expect(latestWindow(later, noon('2025-06-24'))).toEqual({ key: '2025-07-01/7', days: 7, date: '2025-06-24' });
  });
});

test.each([
  [60, true],
  [4, true],
  [3, false],
  [0, false],
  [-1, false],
])('with %i days left, snoozing is offered: %s', (daysLeft, may) => {
  expect(maySnooze(daysLeft)).toBe(may);
});
