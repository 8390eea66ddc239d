import { expect, test, vi } from 'vitest';
import { readinessChecks } from '../../src/checks.ts';
import { TestClock } from '../support/clock.ts';

test('while the database is silent, only its own check fails, and the others stay as they are', async () => {
  vi.useFakeTimers();
  const silence = () => new Promise<never>(() => undefined);
  const { database, ...others } = readinessChecks({
    database: silence,
    syncs: { syncState: silence },
    migrations: { queue: silence, unnotified: silence, startRefusal: silence },
    leaseAgeMs: silence,
    timeoutMs: 300_000,
    adobePausedUntil: silence,
    reminders: { channelError: silence },
    clock: new TestClock(),
    adobe: () => ({ ok: true }),
    sendsStarts: true,
    slack: () => ({ ok: true }),
  });
  expect(database).toBe(silence);
  const results = Promise.all(Object.values(others).map((check) => check()));
  // The server waits two seconds for a check.
  await vi.advanceTimersByTimeAsync(1_999);
  vi.useRealTimers();
  expect((await results).map(({ ok }) => ok)).toEqual(Array(Object.keys(others).length).fill(true));
});
