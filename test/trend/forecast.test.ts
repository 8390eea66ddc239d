import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../src/lib/calendar.ts';
import { forecastWords } from '../../src/slack/messages/chart.ts';
import { type DailyCount, daysBefore, forecastOf, idealToday, linesOf, trendOf } from '../../src/trend/trend.ts';
import { run } from '../properties/arbitraries.ts';

const START = '2025-05-01';
const DEADLINE = '2025-06-30';

/** One count a day from the start on. */
function counts(...left: readonly number[]): DailyCount[] {
  return left.map((each, i) => ({ day: addDays(START, i), left: each, migrated: 100 - each, failing: null }));
}

/** Any days up to today, with gaps. */
const anyCounts = fc
  .uniqueArray(fc.record({ at: fc.nat(90), left: fc.nat(100), migrated: fc.nat(100) }), {
    selector: ({ at }) => at,
    minLength: 1,
    maxLength: 40,
  })
  .map((days) =>
    days
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, left, migrated }): DailyCount => ({ day: addDays(START, at), left, migrated, failing: 0 })),
  );

describe('the forecast', () => {
  test('is a single day at an even pace', () => {
    expect(forecastOf(counts(20, 18, 16, 14, 12, 10))).toEqual({ kind: 'range', from: '2025-05-11', to: '2025-05-11' });
  });

  test('is a range at an uneven pace', () => {
    expect(forecastOf(counts(20, 14, 13, 12, 11, 10))).toEqual({ kind: 'range', from: '2025-05-11', to: '2025-05-16' });
  });

  test('says that there is no pace', () => {
    expect(forecastOf(counts(10, 10, 10, 10))).toEqual({ kind: 'no_pace' });
    expect(forecastOf(counts(10, 11, 12, 13))).toEqual({ kind: 'no_pace' });
  });

  test('has no latest day if nothing was migrated since one of the days', () => {
    expect(forecastOf(counts(20, 10, 10, 10))).toEqual({ kind: 'range', from: '2025-05-07', to: null });
  });

  test('is based on the last four weeks', () => {
    const long = [...Array.from({ length: 40 }, (_, i) => 400 - 5 * i), ...Array.from({ length: 29 }, () => 200)];
    expect(forecastOf(counts(...long))).toEqual({ kind: 'no_pace' });
  });

  test('is not made from fewer than four days, and never names a day that has passed', () => {
    fc.assert(
      fc.property(anyCounts, (days) => {
        const forecast = forecastOf(days);
        const today = days.at(-1) as DailyCount;
        if (days.length < 4) expect(['too_early', 'done']).toContain(forecast.kind);
        if (forecast.kind === 'done') expect(today.left).toBe(0);
        if (forecast.kind !== 'range') return;
        expect(forecast.from > today.day).toBe(true);
        if (forecast.to !== null) expect(forecast.to >= forecast.from).toBe(true);
      }),
      run(300),
    );
  });

  test.each([
    [{ kind: 'range', from: '2025-06-20', to: '2025-06-26' }, 'between 20 and 26 June 2025, before the deadline.'],
    [{ kind: 'range', from: '2025-06-28', to: '2025-07-03' }, 'between 28 June and 3 July 2025, possibly after the'],
    [
      { kind: 'range', from: '2025-12-30', to: '2026-01-02' },
      '30 December 2025 and 2 January 2026, after the deadline.',
    ],
    [
      { kind: 'range', from: '2025-06-30', to: '2025-06-30' },
      'the last will be migrated on 30 June 2025, the day of the deadline.',
    ],
    [{ kind: 'range', from: '2025-07-01', to: null }, 'on 1 July 2025 at the earliest, after the deadline'],
    [{ kind: 'too_early', days: 1 }, 'A forecast needs counts from 4 days; so far there is 1.'],
    [{ kind: 'no_pace' }, 'No forecast'],
  ] as const)('is worded correctly: %j', (forecast, words) => {
    expect(forecastWords(forecast, DEADLINE)).toContain(words);
  });
});

describe('the chart', () => {
  test('shows the credentials left, the forecast, and the even pace to the deadline', () => {
    const chart = linesOf(trendOf(counts(20, 18, 16, 14), '2025-05-11'), 20);
    expect(chart?.days).toHaveLength(11);
    expect(chart?.lines).toEqual([
      { name: 'Left, then forecast', values: [20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0] },
      { name: 'Ideal', values: [20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0] },
    ]);
  });

  test('ends today if there is no forecast', () => {
    const chart = linesOf(trendOf(counts(20, 19), DEADLINE), 20);
    expect(chart?.days).toEqual(['2025-05-01', '2025-05-02']);
    expect(chart?.lines.map(({ name }) => name)).toEqual(['Left', 'Ideal']);
  });

  test('has a limited number of days in order, including today and both ends, with a value for each', () => {
    fc.assert(
      fc.property(anyCounts, fc.integer({ min: -60, max: 300 }), (days, deadline) => {
        const trend = trendOf(days, addDays(START, deadline));
        const chart = linesOf(trend, 20);
        if (chart === null) {
          expect(days).toHaveLength(1);
          return;
        }
        expect(chart.days.length).toBeLessThanOrEqual(20);
        expect(chart.days).toEqual([...new Set(chart.days)].sort());
        expect(chart.days).toContain(days.at(-1)?.day);
        expect(chart.days[0]).toBe(days[0]?.day);
        for (const { values } of chart.lines) {
          expect(values).toHaveLength(chart.days.length);
          expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
        }
      }),
      run(200),
    );
  });

  test('shows what the even pace would be today', () => {
    expect(idealToday(trendOf(counts(20, 20, 20), '2025-05-11'))).toBe(16);
    expect(idealToday(trendOf(counts(20), '2025-05-11'))).toBeNull();
    expect(idealToday(trendOf(counts(20, 19), '2025-05-01'))).toBeNull();
  });
});

test('the days before the first count are reconstructed from the dates of migrations', () => {
  const first = { day: '2025-05-05', left: 3, migrated: 2 };
  expect(daysBefore(first, ['2025-05-03', '2025-05-04'], '2025-05-02')).toEqual([
    { day: '2025-05-02', left: 5, migrated: 0, failing: null },
    { day: '2025-05-03', left: 4, migrated: 1, failing: null },
    { day: '2025-05-04', left: 3, migrated: 2, failing: null },
  ]);
});
