import { describe, expect, test } from 'vitest';
import { SqlLeases } from '../../src/db/leases.ts';
import { RateLimitedError, RateLimiter } from '../../src/lib/rate-limiter.ts';
import { TestClock } from '../support/clock.ts';
import { ADMIN, migrator } from '../support/people.ts';
import { LEASE_MS, LOOKUP_GAP_MS, MESSAGE_GAP_MS, newInstance, of, run, startWith } from './setup.ts';

/** The shortest time between two of these. */
function shortestGap(all: readonly { readonly at: number }[]): number {
  return Math.min(...all.slice(1).map(({ at }, i) => at - (all[i]?.at ?? 0)));
}

describe('the rate limiter', () => {
  test('permits the first call at once, and each further call after the gap', () => {
    const clock = new TestClock('2025-06-23T09:00:00Z');
    const limiter = new RateLimiter(clock, 1_000);
    expect(limiter.waitMs()).toBe(0);
    limiter.take();
    expect(limiter.waitMs()).toBe(1_000);
    clock.advanceMs(400);
    expect(limiter.waitMs()).toBe(600);
    clock.advanceMs(5_000);
    expect(limiter.waitMs()).toBe(0);
  });

  test('permits a burst after a rest, then one call after each gap, and no burst after a pause', () => {
    const clock = new TestClock('2025-06-23T09:00:00Z');
    const limiter = new RateLimiter(clock, 1_000, 3);
    const burst = () => {
      let taken = 0;
      for (; limiter.waitMs() === 0; taken++) limiter.take();
      return taken;
    };
    expect([burst(), limiter.waitMs()]).toEqual([3, 1_000]);
    clock.advanceMs(1_000);
    expect(burst()).toBe(1);
    clock.advanceMs(60_000);
    expect(burst()).toBe(3);
    limiter.hold(30_000);
    expect(limiter.waitMs()).toBe(30_000);
    clock.advanceMs(30_000);
    expect(burst()).toBe(1);
  });

  test('holds for the longest pause that was asked for', () => {
    const clock = new TestClock('2025-06-23T09:00:00Z');
    const limiter = new RateLimiter(clock, 1_000);
    limiter.hold(30_000);
    limiter.hold(5_000);
    expect(limiter.waitMs()).toBe(30_000);
    clock.advanceMs(30_000);
    expect(limiter.waitMs()).toBe(0);
  });
});

describe('a thousand owners', () => {
  const recipients = Array.from({ length: 10_000 }, (_, i) => of(`owner${i % 1_000}@example.com`, i + 1));

  test('are reminded as fast as Slack’s rate limits permit, and no faster', async () => {
    const { world, slack, clock, rounds, store } = await startWith(recipients);
    const begin = clock.now().getTime();
    await rounds.check();
    const took = clock.now().getTime() - begin;
    expect(new Set(slack.to('owner')).size).toBe(1_000);
    expect(slack.to('owner')).toHaveLength(1_000);
    expect(slack.to('digest')).toHaveLength(1);
    expect(slack.reminded.every(({ credentials }) => credentials.length === 10)).toBe(true);
    // Everyone is looked up first, since two addresses may be one person's: 999 gaps, the messages, and the digest.
    expect(took).toBeLessThanOrEqual(999 * LOOKUP_GAP_MS + 1_001 * MESSAGE_GAP_MS);
    expect(shortestGap(slack.lookups)).toBeGreaterThanOrEqual(LOOKUP_GAP_MS);
    expect(shortestGap(slack.sent)).toBeGreaterThanOrEqual(MESSAGE_GAP_MS);
    expect(await store.unfinishedRounds()).toEqual([]);

    // Once they are known, only the rate limit of messages counts.
    slack.forget();
    const { reminders } = newInstance(world);
    await reminders.startManualRound(migrator(ADMIN), 'round');
    const again = clock.now().getTime();
    await rounds.resume();
    expect(slack.sent).toHaveLength(1_001);
    expect(slack.lookups).toEqual([]);
    expect(clock.now().getTime() - again).toBeLessThanOrEqual(1_001 * MESSAGE_GAP_MS);
    expect(shortestGap(slack.sent)).toBeGreaterThanOrEqual(MESSAGE_GAP_MS);
  }, 180_000);
});

describe('when Slack asks for a pause', () => {
  const THREE = [of('a@example.com', 1), of('b@example.com', 2), of('c@example.com', 3)];

  test.each(['remindOwner', 'postDigest'] as const)(
    'in response to %s, nothing is posted until the pause is over',
    async (call) => {
      const started = await startWith(THREE);
      const { world, slack, clock, store } = started;
      slack.fail(call, new RateLimitedError(120_000));
      const begin = clock.now().getTime();
      await run(started, world);
      expect(slack.to('owner').sort()).toEqual(['UA', 'UB', 'UC']);
      expect(slack.to('digest')).toHaveLength(1);
      const during = slack.sent.filter(({ at }) => at > begin + 5_000 && at < begin + 120_000);
      expect(during).toEqual([]);
      expect(slack.sent.at(-1)?.at).toBeGreaterThanOrEqual(begin + 120_000);
      expect(shortestGap(slack.sent)).toBeGreaterThanOrEqual(MESSAGE_GAP_MS);
      expect(await store.unfinishedRounds()).toEqual([]);
    },
  );

  test('repeatedly, no message is lost and no one is reminded twice', async () => {
    const started = await startWith(THREE);
    const { world, slack, store } = started;
    slack.fail('remindOwner', new RateLimitedError(30_000), 7);
    slack.fail('postDigest', new RateLimitedError(30_000), 3);
    slack.fail('recipient', new RateLimitedError(30_000), 5);
    await run(started, world, 20);
    expect(slack.to('owner').sort()).toEqual(['UA', 'UB', 'UC']);
    expect(slack.to('digest')).toHaveLength(1);
    expect(await store.unfinishedRounds()).toEqual([]);
  });

  test.each(['recipient', 'remindOwner', 'postDigest'] as const)(
    'of ten minutes in response to %s, the lease is renewed meanwhile',
    async (call) => {
      const started = await startWith(THREE);
      const { world, db, slack, clock, rounds } = started;
      slack.fail(call, new RateLimitedError(600_000));
      const other = new SqlLeases(db, 'sqlite', 'another instance');
      const taken: boolean[] = [];
      clock.meanwhile = async () => {
        taken.push(await other.acquire('reminders', clock.now(), LEASE_MS));
      };
      await rounds.check();
      await rounds.resume();
      expect(taken.length).toBeGreaterThan(100);
      expect(taken).not.toContain(true);
      clock.meanwhile = async () => {};
      await run(newInstance(world), world);
      expect(slack.sent).toHaveLength(4);
    },
  );
});
