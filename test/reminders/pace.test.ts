import { describe, expect, test } from 'vitest';
import { SqlLeases } from '../../src/db/leases.ts';
import { RateLimitedError, RateLimiter } from '../../src/lib/rate-limiter.ts';
import { TestClock } from '../support/clock.ts';
import { LEASE, LOOKUP_GAP, MESSAGE_GAP, newInstance, of, run, startWith } from './setup.ts';

/** The shortest time between two of these. */
function shortestGap(all: readonly { readonly at: number }[]): number {
  return Math.min(...all.slice(1).map(({ at }, i) => at - (all[i]?.at ?? 0)));
}

describe('a pace', () => {
  test('lets the first go at once, and each other after the gap', () => {
    const timer = new TestClock('2025-06-23T09:00:00Z');
    const pace = new RateLimiter(timer, 1_000);
    expect(pace.waitMs()).toBe(0);
    pace.take();
    expect(pace.waitMs()).toBe(1_000);
    timer.advanceMs(400);
    expect(pace.waitMs()).toBe(600);
    timer.advanceMs(5_000);
    expect(pace.waitMs()).toBe(0);
  });

  test('keeps the longest pause that was asked for', () => {
    const timer = new TestClock('2025-06-23T09:00:00Z');
    const pace = new RateLimiter(timer, 1_000);
    pace.hold(30_000);
    pace.hold(5_000);
    expect(pace.waitMs()).toBe(30_000);
    timer.advanceMs(30_000);
    expect(pace.waitMs()).toBe(0);
  });
});

describe('a thousand owners', () => {
  const recipients = Array.from({ length: 10_000 }, (_, i) => of(`owner${i % 1_000}@example.com`, i + 1));

  test('take no longer than Slack’s pace dictates, and nothing is quicker than that', async () => {
    const { world, slack, timer, reminders, store } = await startWith(recipients);
    const begin = timer.now().getTime();
    await reminders.look();
    const took = timer.now().getTime() - begin;
    expect(new Set(slack.to('owner')).size).toBe(1_000);
    expect(slack.to('owner')).toHaveLength(1_000);
    expect(slack.to('digest')).toHaveLength(1);
    expect(slack.reminded.every(({ credentials }) => credentials.length === 10)).toBe(true);
    // Look-ups are slower than messages, which go out in between: 999 gaps, and the digest.
    expect(took).toBeLessThanOrEqual(999 * LOOKUP_GAP + MESSAGE_GAP);
    expect(shortestGap(slack.lookups)).toBeGreaterThanOrEqual(LOOKUP_GAP);
    expect(shortestGap(slack.sent)).toBeGreaterThanOrEqual(MESSAGE_GAP);
    expect(await store.unfinished()).toEqual([]);

    // Once they are known, it is the messages' pace alone.
    slack.forget();
    const { control } = newInstance(world);
    await control.startManualRound('UADMIN', 'round');
    const again = timer.now().getTime();
    await reminders.resume();
    expect(slack.sent).toHaveLength(1_001);
    expect(slack.lookups).toEqual([]);
    expect(timer.now().getTime() - again).toBeLessThanOrEqual(1_001 * MESSAGE_GAP);
    expect(shortestGap(slack.sent)).toBeGreaterThanOrEqual(MESSAGE_GAP);
  }, 60_000);
});

describe('when Slack asks for a pause', () => {
  const THREE = [of('a@example.com', 1), of('b@example.com', 2), of('c@example.com', 3)];

  test.each(['remindOwner', 'postDigest'] as const)(
    'at %s, nothing is posted until it is over',
    async (call) => {
      const started = await startWith(THREE);
      const { world, slack, timer, store } = started;
      slack.fail(call, new RateLimitedError(120_000));
      const begin = timer.now().getTime();
      await run(started, world);
      expect(slack.to('owner').sort()).toEqual(['UA', 'UB', 'UC']);
      expect(slack.to('digest')).toHaveLength(1);
      const during = slack.sent.filter(({ at }) => at > begin + 5_000 && at < begin + 120_000);
      expect(during).toEqual([]);
      expect(slack.sent.at(-1)?.at).toBeGreaterThanOrEqual(begin + 120_000);
      expect(shortestGap(slack.sent)).toBeGreaterThanOrEqual(MESSAGE_GAP);
      expect(await store.unfinished()).toEqual([]);
    },
  );

  test('again and again, nothing is lost and nobody is reminded twice', async () => {
    const started = await startWith(THREE);
    const { world, slack, store } = started;
    slack.fail('remindOwner', new RateLimitedError(30_000), 7);
    slack.fail('postDigest', new RateLimitedError(30_000), 3);
    slack.fail('addressee', new RateLimitedError(30_000), 5);
    await run(started, world, 20);
    expect(slack.to('owner').sort()).toEqual(['UA', 'UB', 'UC']);
    expect(slack.to('digest')).toHaveLength(1);
    expect(await store.unfinished()).toEqual([]);
  });

  test.each(['addressee', 'remindOwner', 'postDigest'] as const)(
    'for ten minutes at %s, the right to send is kept meanwhile',
    async (call) => {
      const started = await startWith(THREE);
      const { world, db, slack, timer, reminders } = started;
      slack.fail(call, new RateLimitedError(600_000));
      const other = new SqlLeases(db, 'another instance');
      const taken: boolean[] = [];
      timer.meanwhile = async () => {
        taken.push(await other.acquire('reminders', timer.now(), LEASE));
      };
      await reminders.look();
      await reminders.resume();
      expect(taken.length).toBeGreaterThan(100);
      expect(taken).not.toContain(true);
      timer.meanwhile = async () => {};
      await run(newInstance(world), world);
      expect(slack.sent).toHaveLength(4);
    },
  );
});
