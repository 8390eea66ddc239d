import { expect, test } from 'vitest';
import { addDays } from '../../src/lib/calendar.ts';
import { of, startWith } from './setup.ts';

const THREE = [of('a@example.com', 1), of('a@example.com', 2), of('b@example.com', 3)];

test('the round of a window is served at the first check of each window, for a year', async () => {
  const { rounds, slack, clock } = await startWith(THREE);
  const served: number[] = [];
  for (let date = '2025-04-20'; date < '2026-04-20'; date = addDays(date, 1)) {
    clock.setDay(date);
    for (let i = 0; i < 3; i++) await rounds.check();
    if (slack.digests.length > served.length) served.push(slack.digests.at(-1)?.deadline.days ?? Number.NaN);
  }
  const overdue = Array.from({ length: 42 }, (_, i) => -1 - 7 * i);
  expect(served).toEqual([60, 30, 14, 7, 3, 2, 1, 0, ...overdue]);
  expect(slack.to('digest')).toHaveLength(served.length);
  expect(slack.to('owner')).toHaveLength(2 * served.length);
});
