import { describe, expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import { CHANNEL, DEADLINE, migrate, newInstance, newWorld, of, put, run, startWith } from './setup.ts';

const THREE = [of('a@example.com', 1), of('a@example.com', 2), of('b@example.com', 3)];

describe('the round of a window', () => {
  test('sends one message per owner with all of their credentials, and one digest', async () => {
    const { rounds, slack, store } = await startWith([...THREE, of(null, 4)]);
    await rounds.check();
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    const [toA, toB] = slack.reminded;
    expect(toA?.credentials.map(({ name }) => name)).toEqual(['credential 1', 'credential 2']);
    expect(toA).toMatchObject({ deadline: { days: 7 }, next: '2025-06-27', maySnooze: true });
    expect(toB?.credentials.map(({ name }) => name)).toEqual(['credential 3']);
    expect(slack.to('digest')).toEqual([CHANNEL]);
    const [digest] = slack.digests;
    expect(digest).toMatchObject({
      deadline: { date: '2025-06-30', days: 7 },
      pause: null,
      overview: { counts: { eligible: 4 } },
    });
    expect(digest?.groups.map(({ email, recipient }) => [email, recipient])).toEqual([
      ['a@example.com', { kind: 'person', userId: 'UA' }],
      ['b@example.com', { kind: 'person', userId: 'UB' }],
      [null, null],
    ]);
    expect(await store.unfinishedRounds()).toEqual([]);
  });

  test('is served once, however often any instance checks', async () => {
    const { world, rounds, slack, clock } = await startWith(THREE);
    await rounds.check();
    for (let i = 0; i < 20; i++) {
      clock.advanceMs(1_000);
      await rounds.check();
      await newInstance(world).rounds.check();
    }
    expect(slack.sent).toHaveLength(3);
  });

  test('is served once by two instances that check at the same time', async () => {
    const { world, rounds, slack, clock } = await startWith(THREE);
    const other = newInstance(world).rounds;
    for (let i = 0; i < 5; i++) {
      await Promise.all([rounds.check(), other.check(), rounds.check(), other.resume()]);
      clock.advanceMs(30_000);
    }
    expect(slack.to('owner').sort()).toEqual(['UA', 'UB']);
    expect(slack.to('digest')).toHaveLength(1);
  });

  test('is not served by another instance while Slack is slow to accept a message', async () => {
    const { world, rounds, slack, clock } = await startWith(THREE);
    const other = newInstance(world).rounds;
    let checks = 0;
    slack.during = async () => {
      // A little longer than the timeout of a call.
      clock.advanceMs(15_000);
      // Limited to the number of messages, since each message the other sends would lead here again.
      if (++checks <= 3) await other.check();
    };
    await rounds.check();
    await other.resume();
    expect(checks).toBe(3);
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect(slack.to('digest')).toHaveLength(1);
  });

  test('is skipped when a later window has begun: after weeks of outage only the latest is served', async () => {
    const { rounds, slack, clock } = await startWith(THREE);
    clock.setDay('2025-05-01');
    await rounds.check();
    slack.forget();
    clock.setDay('2025-06-29');
    await rounds.check();
    await rounds.check();
    expect(slack.digests.map(({ deadline }) => deadline.days)).toEqual([1]);
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
  });

  test('says how many days are left when it is served late', async () => {
    const { rounds, slack, clock } = await startWith(THREE);
    clock.setDay('2025-06-25');
    await rounds.check();
    expect(slack.reminded[0]?.deadline.days).toBe(5);
    expect(slack.digests[0]?.deadline.days).toBe(5);
  });

  test('is finished without further messages once another window has begun', async () => {
    const { rounds, slack, clock, store } = await startWith(THREE);
    slack.fail('remindOwner', new Error('Slack is down'), 2);
    slack.fail('postDigest', new Error('Slack is down'));
    await rounds.check();
    expect(slack.sent).toEqual([]);
    clock.setDay('2025-06-27');
    await rounds.check();
    expect(slack.digests.map(({ deadline }) => deadline.days)).toEqual([3]);
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect((await store.round(`${DEADLINE}/7`))?.finishedAt).not.toBeNull();
    expect(await store.unfinishedRounds()).toEqual([]);
  });

  test('resumes with the messages that were not sent', async () => {
    const { rounds, slack, clock, store } = await startWith(THREE);
    slack.fail('remindOwner', new Error('Slack is down'));
    await rounds.check();
    expect(slack.to('owner')).toEqual(['UB']);
    expect(await store.unfinishedRounds()).toHaveLength(1);
    clock.advanceMs(10_000);
    await rounds.resume();
    expect(slack.to('owner')).toEqual(['UB', 'UA']);
    expect(slack.to('digest')).toHaveLength(1);
    expect(await store.unfinishedRounds()).toEqual([]);
  });

  test('reaches only the owners where no channel is set', async () => {
    const { rounds, slack, store } = await startWith(THREE, { channel: null });
    await rounds.check();
    expect(slack.sent.map(({ kind }) => kind)).toEqual(['owner', 'owner']);
    expect(await store.unfinishedRounds()).toEqual([]);
  });
});

test('credentials that are migrated while messages are sent are in no later message and not in the digest', async () => {
  const { world, rounds, slack } = await startWith([...THREE, of('c@example.com', 4)]);
  slack.during = async () => {
    slack.during = async () => {};
    await migrate(world, 2, 3);
  };
  await rounds.check();
  expect(slack.to('owner')).toEqual(['UA', 'UC']);
  const shown = slack.digests[0]?.groups.flatMap(({ credentials }) => credentials.map(({ name }) => name));
  expect(shown).toEqual(['credential 1', 'credential 4']);
});

test('no digest is posted when nothing is eligible any more', async () => {
  const { world, rounds, slack, store } = await startWith(THREE);
  slack.fail('postDigest', new RateLimitedError(1_000));
  await rounds.check();
  await migrate(world, 1, 2, 3);
  await rounds.resume();
  expect(slack.to('digest')).toEqual([]);
  expect(slack.to('all done')).toHaveLength(1);
  expect(await store.unfinishedRounds()).toEqual([]);
});

test('an owner who appears after a window was served is reminded in the next one', async () => {
  const world = await newWorld();
  await put(world, ...THREE);
  const instance = newInstance(world);
  await run(instance, world);
  await put(world, ...THREE, of('c@example.com', 5));
  await run(instance, world);
  expect(world.slack.to('owner')).toEqual(['UA', 'UB']);
  world.clock.setDay('2025-06-27');
  await run(instance, world);
  expect(world.slack.to('owner').slice(2)).toEqual(['UA', 'UB', 'UC']);
});
