import { describe, expect, test } from 'vitest';
import { latestWindow, nextWindow, type ReminderPlan } from '../../src/reminders/windows.ts';

const HOUR = 3_600_000;

/** Windows are checked each day. */
const PLAN: ReminderPlan = {
  deadline: '2025-06-30',
  days: [60, 30, 14, 7, 3, 2, 1, 0],
  timeZone: 'UTC',
  cron: '0 9 * * *',
};

describe.each(['UTC', 'Europe/Amsterdam', 'America/New_York'])('in %s', (timeZone) => {
  const plan = { ...PLAN, timeZone };
  // An independent oracle: Swedish dates are written as in ISO 8601.
  const dates = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  const from = Date.UTC(2025, 0, 1);
  const until = Date.UTC(2027, 0, 1);

  test('each window of two years begins once, at midnight of its date', () => {
    const late: number[] = [];
    const begun: { key: string; days: number; date: string; at: number }[] = [];
    for (let at = from; at < until; at += HOUR) {
      const now = new Date(at);
      const window = latestWindow(plan, now);
      // Only every fifth hour, since it is slow; that covers each hour of the day.
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

  test('checks a month apart see only the latest of the windows they missed', () => {
    const checks = Array.from({ length: 23 }, (_, i) => new Date(from + i * (31 * 24 + 5) * HOUR));
    const seen = checks.map((now) => latestWindow(plan, now)?.days ?? null).filter((days) => days !== null);
    expect(seen.toSorted((a, b) => b - a)).toEqual(seen);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(checks.filter((now) => dates.format(now) >= '2025-05-01').length);
  });

  test('each day on which clocks change is one day', () => {
    const changes = ['2025-03-09', '2025-03-30', '2025-10-26', '2025-11-02'];
    for (const deadline of changes) {
      const hours = Array.from({ length: 24 * 5 }, (_, i) => Date.parse(deadline) - 48 * HOUR + i * HOUR);
      const seen = hours.map((at) => latestWindow({ ...plan, deadline, days: [2, 1, 0] }, new Date(at)));
      const keys = [...new Set(seen.flatMap((window) => (window === null ? [] : [window.days])))];
      expect(keys.filter((days) => days < 2)).toEqual([1, 0, -1]);
    }
  });
});
