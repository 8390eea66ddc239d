import { describe, expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import { addDays } from '../../src/reminders/windows.ts';
import { CHANNEL, DEADLINE, migrate, newInstance, newWorld, of, put, run, startWith } from './setup.ts';

const THREE = [of('a@example.com', 1), of('a@example.com', 2), of('b@example.com', 3)];

describe('a window', () => {
  test('is one message per owner with all of theirs, and one digest', async () => {
    const { reminders, slack, store } = await startWith([...THREE, of(null, 4)]);
    await reminders.look();
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    const [toA, toB] = slack.reminded;
    expect(toA?.credentials.map(({ name }) => name)).toEqual(['credential 1', 'credential 2']);
    expect(toA).toMatchObject({ days: 7, maySnooze: true });
    expect(toB?.credentials.map(({ name }) => name)).toEqual(['credential 3']);
    expect(slack.to('digest')).toEqual([CHANNEL]);
    const [digest] = slack.digests;
    expect(digest).toMatchObject({ days: 7, pause: null, overview: { counts: { eligible: 4 } } });
    expect(digest?.groups.map(({ email, recipient }) => [email, recipient])).toEqual([
      ['a@example.com', { kind: 'person', userId: 'UA' }],
      ['b@example.com', { kind: 'person', userId: 'UB' }],
      [null, null],
    ]);
    expect(await store.unfinished()).toEqual([]);
  });

  test('is served once, however often one looks and whoever does', async () => {
    const { world, reminders, slack, timer } = await startWith(THREE);
    await reminders.look();
    for (let i = 0; i < 20; i++) {
      timer.advanceMs(1_000);
      await reminders.look();
      await newInstance(world).reminders.look();
    }
    expect(slack.sent).toHaveLength(3);
  });

  test('is served once by two instances that look at once', async () => {
    const { world, reminders, slack, timer } = await startWith(THREE);
    const other = newInstance(world).reminders;
    for (let i = 0; i < 5; i++) {
      await Promise.all([reminders.look(), other.look(), reminders.look(), other.resume()]);
      timer.advanceMs(30_000);
    }
    expect(slack.to('owner').sort()).toEqual(['UA', 'UB']);
    expect(slack.to('digest')).toHaveLength(1);
  });

  test('is left alone by others while Slack takes long over a message', async () => {
    const { world, reminders, slack, timer } = await startWith(THREE);
    const other = newInstance(world).reminders;
    let looks = 0;
    slack.during = async () => {
      // As long as a call may take, and a bit more.
      timer.advanceMs(15_000);
      // No more than there are messages: if it sent any, it would look again amid each.
      if (++looks <= 3) await other.look();
    };
    await reminders.look();
    await other.resume();
    expect(looks).toBe(3);
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect(slack.to('digest')).toHaveLength(1);
  });

  test('after window: each is served on the first look in it, to the end of a year', async () => {
    const { reminders, slack, timer } = await startWith(THREE);
    const served: number[] = [];
    for (let date = '2025-04-20'; date < '2026-04-20'; date = addDays(date, 1)) {
      timer.setDay(date);
      for (let i = 0; i < 3; i++) await reminders.look();
      if (slack.digests.length > served.length) served.push(slack.digests.at(-1)?.days ?? Number.NaN);
    }
    const overdue = Array.from({ length: 42 }, (_, i) => -1 - 7 * i);
    expect(served).toEqual([60, 30, 14, 7, 3, 2, 1, 0, ...overdue]);
    expect(slack.to('digest')).toHaveLength(served.length);
    expect(slack.to('owner')).toHaveLength(2 * served.length);
  });

  test('that is missed by weeks is not made up: only the latest is served', async () => {
    const { reminders, slack, timer } = await startWith(THREE);
    timer.setDay('2025-05-01');
    await reminders.look();
    slack.forget();
    timer.setDay('2025-06-29');
    await reminders.look();
    await reminders.look();
    expect(slack.digests.map(({ days }) => days)).toEqual([1]);
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
  });

  test('that was served late says how many days are left by now', async () => {
    const { reminders, slack, timer } = await startWith(THREE);
    timer.setDay('2025-06-25');
    await reminders.look();
    expect(slack.reminded[0]?.days).toBe(5);
    expect(slack.digests[0]?.days).toBe(5);
  });

  test('that was partly sent is finished silently once another has begun', async () => {
    const { reminders, slack, timer, store } = await startWith(THREE);
    slack.fail('remindOwner', new Error('Slack is down'), 2);
    slack.fail('postDigest', new Error('Slack is down'));
    await reminders.look();
    expect(slack.sent).toEqual([]);
    timer.setDay('2025-06-27');
    await reminders.look();
    expect(slack.digests.map(({ days }) => days)).toEqual([3]);
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect((await store.batch(`${DEADLINE}/7`))?.finishedAt).not.toBeNull();
    expect(await store.unfinished()).toEqual([]);
  });

  test('resumes where it stopped', async () => {
    const { reminders, slack, timer, store } = await startWith(THREE);
    slack.fail('remindOwner', new Error('Slack is down'));
    await reminders.look();
    expect(slack.to('owner')).toEqual(['UB']);
    expect(await store.unfinished()).toHaveLength(1);
    timer.advanceMs(10_000);
    await reminders.resume();
    expect(slack.to('owner')).toEqual(['UB', 'UA']);
    expect(slack.to('digest')).toHaveLength(1);
    expect(await store.unfinished()).toEqual([]);
  });

  test('goes to owners alone where there is no channel', async () => {
    const { reminders, slack, store } = await startWith(THREE, { channel: null });
    await reminders.look();
    expect(slack.sent.map(({ kind }) => kind)).toEqual(['owner', 'owner']);
    expect(await store.unfinished()).toEqual([]);
  });
});

test('what is migrated elsewhere while messages go out is neither reminded of nor in the digest', async () => {
  const { world, reminders, slack } = await startWith([...THREE, of('c@example.com', 4)]);
  slack.during = async () => {
    slack.during = async () => {};
    await migrate(world, 2, 3);
  };
  await reminders.look();
  expect(slack.to('owner')).toEqual(['UA', 'UC']);
  const shown = slack.digests[0]?.groups.flatMap(({ credentials }) => credentials.map(({ name }) => name));
  expect(shown).toEqual(['credential 1', 'credential 4']);
});

test('a digest with nothing open is not posted', async () => {
  const { world, reminders, slack, store } = await startWith(THREE);
  slack.fail('postDigest', new RateLimitedError(1_000));
  await reminders.look();
  await migrate(world, 1, 2, 3);
  await reminders.resume();
  expect(slack.to('digest')).toEqual([]);
  expect(slack.to('end')).toHaveLength(1);
  expect(await store.unfinished()).toEqual([]);
});

test('an owner who appears in a window that was served waits for the next one', async () => {
  const world = await newWorld();
  await put(world, ...THREE);
  const instance = newInstance(world);
  await run(instance, world);
  await put(world, ...THREE, of('c@example.com', 5));
  await run(instance, world);
  expect(world.slack.to('owner')).toEqual(['UA', 'UB']);
  world.timer.setDay('2025-06-27');
  await run(instance, world);
  expect(world.slack.to('owner').slice(2)).toEqual(['UA', 'UB', 'UC']);
});
