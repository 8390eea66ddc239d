import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, today } from '../../src/lib/calendar.ts';
import { daysLeft, latestWindow, maySnooze, nextWindow, type ReminderPlan } from '../../src/reminders/windows.ts';
import { run } from './arbitraries.ts';

/** Time zones whose clocks change by an hour or less, at midnight or at two, in spring or never; and the extreme offsets. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Antarctica/Troll',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
];

const HOUR = 3_600_000;
const deadline = fc
  .date({ min: new Date('1999-01-01'), max: new Date('2080-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const plan: fc.Arbitrary<ReminderPlan> = fc.record({
  deadline,
  days: fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 12 }),
  timeZone: fc.constantFrom(...ZONES),
  cron: fc.constant('0 9 * * *'),
});
/** Milliseconds from the deadline's first moment in UTC. */
const distance = fc.oneof(
  fc.integer({ min: -450 * 24 * HOUR, max: 450 * 24 * HOUR }),
  // Around midnight in some time zone, to the millisecond.
  fc
    .tuple(fc.integer({ min: -420 * 24, max: 420 * 24 }), fc.constantFrom(-1, 0, 1))
    .map(([hours, ms]) => hours * HOUR + ms),
);
const at = ({ deadline }: ReminderPlan, ms: number) => new Date(Date.parse(deadline) + ms);

test('the latest window has begun, the next has not, and both are in the plan', () => {
  fc.assert(
    fc.property(plan, distance, (plan, ms) => {
      const now = at(plan, ms);
      const date = today(plan, now);
      const latest = latestWindow(plan, now);
      const next = nextWindow(plan, now);
      expect(date < next.date).toBe(true);
      if (latest !== null) expect(latest.date <= date && latest.days > next.days).toBe(true);
      for (const window of latest === null ? [next] : [latest, next]) {
        expect(window.date).toBe(addDays(plan.deadline, -window.days));
        expect(window.key).toBe(`${plan.deadline}/${window.days}`);
        expect(window.days >= 0 ? plan.days.includes(window.days) : (-window.days - 1) % 7 === 0).toBe(true);
      }
      expect(daysLeft(plan, now)).toBe(Math.round((Date.parse(plan.deadline) - Date.parse(date)) / (24 * HOUR)));
    }),
    run(3_000),
  );
});

test('no window lies between the latest and the next, whatever the order of the days', () => {
  fc.assert(
    fc.property(plan, distance, (plan, ms) => {
      const now = at(plan, ms);
      const latest = latestWindow(plan, now);
      const next = nextWindow(plan, now);
      const between = plan.days.filter((days) => days > next.days && days < (latest?.days ?? Number.POSITIVE_INFINITY));
      expect(between).toEqual([]);
      const turned = { ...plan, days: plan.days.toReversed().concat(plan.days) };
      expect(latestWindow(turned, now)).toEqual(latest);
      expect(nextWindow(turned, now)).toEqual(next);
    }),
    run(2_000),
  );
});

test('as time passes, every window becomes the latest once and in order', () => {
  fc.assert(
    fc.property(
      plan,
      distance,
      fc.array(fc.integer({ min: 0, max: 40 * 24 * HOUR }), { maxLength: 25 }),
      (plan, ms, steps) => {
        let now = at(plan, ms);
        let latest = latestWindow(plan, now);
        let next = nextWindow(plan, now);
        for (const step of steps) {
          const then = new Date(now.getTime() + step);
          const thenLatest = latestWindow(plan, then);
          const thenNext = nextWindow(plan, then);
          const begun = today({ timeZone: plan.timeZone }, then) >= next.date;
          // Nothing changes until the next begins; then it, or a later one, is the latest.
          if (!begun) expect([thenLatest, thenNext]).toEqual([latest, next]);
          else expect(Number(thenLatest?.days)).toBeLessThanOrEqual(next.days);
          [now, latest, next] = [then, thenLatest, thenNext];
        }
      },
    ),
    run(500),
  );
});

test('the next window is the latest from the first hour of its date, even when clocks change', () => {
  fc.assert(
    fc.property(plan, distance, (plan, ms) => {
      const next = nextWindow(plan, at(plan, ms));
      const hours = Array.from({ length: 52 }, (_, i) => new Date(Date.parse(next.date) + (i - 14) * HOUR));
      const thatDay = hours.filter((hour) => today({ timeZone: plan.timeZone }, hour) === next.date);
      // Samoa once skipped a whole day.
      if (plan.timeZone !== 'Pacific/Apia') expect(thatDay.length).toBeGreaterThanOrEqual(23);
      for (const hour of thatDay) expect(latestWindow(plan, hour)).toEqual(next);
    }),
    run(300),
  );
});

test('a snooze is offered only if more than three days are left', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000, max: 1_000 }), (days) => {
      expect(maySnooze(days)).toBe(days > 3);
      if (maySnooze(days)) expect(maySnooze(days + 1)).toBe(true);
    }),
    run(200),
  );
});

/** On some days of the week, at hours at which clocks change, and others. */
const cron = fc
  .tuple(fc.constantFrom('0 9', '30 0', '59 23', '0 2'), fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }))
  .map(([time, weekdays]) => ({ text: `${time} * * ${weekdays.join(',')}`, weekdays }));

test('no cron serves a window twice, and the last window of the last two days is served by the deadline', () => {
  const lastDays = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(deadline, lastDays, fc.constantFrom(...ZONES), cron, (deadline, days, timeZone, { text, weekdays }) => {
      const plan = { deadline, days, timeZone, cron: text };
      const served: string[] = [];
      let byDeadline = Number.POSITIVE_INFINITY;
      for (let day = addDays(deadline, -15); day <= addDays(deadline, 9); day = addDays(day, 1)) {
        if (!weekdays.includes(new Date(day).getUTCDay())) continue;
        // Some moment of that day in this time zone.
        const now = Array.from({ length: 26 }, (_, i) => new Date(Date.parse(day) + (i - 13) * 2 * HOUR)).find(
          (hour) => today(plan, hour) === day,
        );
        const window = now === undefined ? null : latestWindow(plan, now);
        if (window === null || window.key === served.at(-1)) continue;
        expect(served).not.toContain(window.key);
        served.push(window.key);
        if (day <= deadline) byDeadline = Math.min(byDeadline, window.days);
      }
      const last = Math.min(...days);
      if (last <= 2) expect(byDeadline).toBe(last);
    }),
    run(40),
  );
});
