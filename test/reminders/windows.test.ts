import { describe, expect, test } from 'vitest';
import { latestWindow, maySnooze, nextWindow, type ReminderPlan } from '../../src/reminders/windows.ts';

const HOUR = 3_600_000;

const PLAN: ReminderPlan = {
  deadline: '2025-06-30',
  days: [60, 30, 14, 7, 3, 2, 1, 0],
  timeZone: 'UTC',
};
const withDays = (...days: number[]): ReminderPlan => ({ ...PLAN, days });

/** Noon of a day, UTC. */
const noon = (date: string) => new Date(`${date}T12:00:00Z`);

describe('the window that has begun', () => {
  test.each([
    ['long before', '2025-01-01', null],
    ['the day before the first', '2025-04-30', null],
    ['the first day of the first', '2025-05-01', 60],
    ['the last day of the first', '2025-05-30', 60],
    ['the next', '2025-05-31', 30],
    ['a week before', '2025-06-23', 7],
    ['four days before', '2025-06-26', 7],
    ['three days before', '2025-06-27', 3],
    ['the deadline itself', '2025-06-30', 0],
    ['the day after', '2025-07-01', -1],
    ['seven days after', '2025-07-07', -1],
    ['eight days after', '2025-07-08', -8],
    ['two weeks and a day after', '2025-07-15', -15],
    ['the day before the 53rd of the overdue ones', '2026-06-29', -358],
    ['ten years after', '2035-06-30', -3648],
  ])('%s', (_, date, days) => {
    expect(latestWindow(PLAN, noon(date))?.days ?? null).toBe(days);
  });

  test('says when it began', () => {
    expect(latestWindow(PLAN, noon('2025-06-25'))).toEqual({
      key: '2025-06-30/7',
      days: 7,
      date: '2025-06-23',
    });
    expect(latestWindow(PLAN, noon('2025-07-11'))).toEqual({
      key: '2025-06-30/-8',
      days: -8,
      date: '2025-07-08',
    });
  });
});

describe('the next window', () => {
  test.each([
    ['long before', '2025-01-01', 60],
    ['on the first day of one, it is the one after', '2025-05-01', 30],
    ['four days before', '2025-06-26', 3],
    ['the deadline itself', '2025-06-30', -1],
    ['the day after', '2025-07-01', -8],
    ['seven days after', '2025-07-07', -8],
    ['eight days after', '2025-07-08', -15],
  ])('%s', (_, date, days) => {
    expect(nextWindow(PLAN, noon(date)).days).toBe(days);
  });
});

describe('lists of other days', () => {
  test('may be in any order, and repeat themselves', () => {
    const mixed = withDays(0, 7, 60, 7, 1, 30);
    expect(latestWindow(mixed, noon('2025-06-01'))?.days).toBe(30);
    expect(nextWindow(mixed, noon('2025-06-01')).days).toBe(7);
    expect(latestWindow(mixed, noon('2025-06-29'))?.days).toBe(1);
  });

  test('without the last day go on until the day after it', () => {
    const early = withDays(10, 5);
    expect(latestWindow(early, noon('2025-06-30'))?.days).toBe(5);
    expect(nextWindow(early, noon('2025-06-30')).days).toBe(-1);
    expect(latestWindow(early, noon('2025-07-01'))?.days).toBe(-1);
  });

  test('that are empty remind only of what is overdue', () => {
    expect(latestWindow(withDays(), noon('2025-06-30'))).toBeNull();
    expect(nextWindow(withDays(), noon('2025-01-01'))).toMatchObject({ days: -1, date: '2025-07-01' });
    expect(latestWindow(withDays(), noon('2025-07-01'))?.days).toBe(-1);
  });
});

describe('a window’s key', () => {
  test('is the same wherever days are counted and whichever others there are', () => {
    const at = noon('2025-06-24');
    const keys = [PLAN, { ...PLAN, timeZone: 'Asia/Tokyo' }, withDays(7), withDays(1, 7, 90)].map(
      (plan) => latestWindow(plan, at)?.key,
    );
    expect(new Set(keys)).toEqual(new Set(['2025-06-30/7']));
  });

  test('is another for another deadline', () => {
    const later = { ...PLAN, deadline: '2025-07-01' };
    expect(latestWindow(later, noon('2025-06-24'))).toEqual({
      key: '2025-07-01/7',
      days: 7,
      date: '2025-06-24',
    });
  });
});

test.each([
  [60, true],
  [4, true],
  [3, false],
  [0, false],
  [-1, false],
])('with %i days left, whether one may snooze is %s', (daysLeft, may) => {
  expect(maySnooze(daysLeft)).toBe(may);
});

describe.each(['UTC', 'Europe/Amsterdam', 'America/New_York'])('a clock moves through %s', (timeZone) => {
  const plan = { ...PLAN, timeZone };
  // An oracle of its own: Sweden writes dates as we do.
  const dates = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  const from = Date.UTC(2025, 0, 1);
  const until = Date.UTC(2027, 0, 1);

  test('hour by hour for two years, and each window begins once, at midnight of its date', () => {
    const late: number[] = [];
    const begun: { key: string; days: number; date: string; at: number }[] = [];
    for (let at = from; at < until; at += HOUR) {
      const now = new Date(at);
      const window = latestWindow(plan, now);
      // Every fifth hour, which gets around the clock: it is slow.
      if ((at / HOUR) % 5 === 0 && nextWindow(plan, now).date <= dates.format(now)) late.push(at);
      if (window === null || window.key === begun.at(-1)?.key) continue;
      begun.push({ ...window, at });
      expect(nextWindow(plan, new Date(at - 1))).toEqual(window);
    }
    expect(late).toEqual([]);
    const overdue = Array.from({ length: 79 }, (_, i) => -1 - 7 * i);
    expect(begun.map(({ days }) => days)).toEqual([60, 30, 14, 7, 3, 2, 1, 0, ...overdue]);
    expect(new Set(begun.map(({ key }) => key)).size).toBe(begun.length);
    for (const { at, date } of begun) {
      expect(dates.format(at)).toBe(date);
      expect(dates.format(at - 1) < date).toBe(true);
    }
  });

  test('in steps of a month, and only the latest window of those missed is seen', () => {
    const looks = Array.from({ length: 23 }, (_, i) => new Date(from + i * (31 * 24 + 5) * HOUR));
    const seen = looks.map((now) => latestWindow(plan, now)?.days ?? null).filter((days) => days !== null);
    expect(seen.toSorted((a, b) => b - a)).toEqual(seen);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(looks.filter((now) => dates.format(now) >= '2025-05-01').length);
  });

  test('the days on which clocks change are days like others', () => {
    const changes = ['2025-03-09', '2025-03-30', '2025-10-26', '2025-11-02'];
    for (const deadline of changes) {
      const hours = Array.from({ length: 24 * 5 }, (_, i) => Date.parse(deadline) - 48 * HOUR + i * HOUR);
      const seen = hours.map((at) => latestWindow({ ...plan, deadline, days: [2, 1, 0] }, new Date(at)));
      const keys = [...new Set(seen.flatMap((window) => (window === null ? [] : [window.days])))];
      expect(keys.filter((days) => days < 2)).toEqual([1, 0, -1]);
    }
  });
});
