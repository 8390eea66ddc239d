import { describe, expect, test } from 'vitest';
import { addDays } from '../../src/lib/calendar.ts';
import { adobeError } from '../support/fakes.ts';
import {
  LEASE_MS,
  migrateElsewhere,
  newInstance,
  of,
  put,
  READ_BEFORE_MS,
  startLoop,
  startWith,
  timesRead,
} from './setup.ts';

const THREE = [of('a@example.com', 1), of('a@example.com', 2), of('b@example.com', 3)];

describe('a check for a due round', () => {
  test('does nothing before the first window, nor when nothing is eligible', async () => {
    const { world, rounds, slack, clock } = await startWith(THREE);
    clock.setDay('2025-04-30');
    await rounds.check();
    clock.setDay('2025-05-01');
    await put(world, of('a@example.com', 1, { adobeStatus: 'none' }));
    await rounds.check();
    expect(slack.sent).toEqual([]);
    expect(timesRead(world)).toBe(0);
  });

  test('on weekdays only serves on Monday a window that began at a weekend, as one reminder with the days left then', async () => {
    const { world, slack, clock } = await startWith([of('a@example.com', 1)]);
    const served: string[] = [];
    for (let date = '2025-04-30'; date < '2025-07-10'; date = addDays(date, 1)) {
      if ([0, 6].includes(new Date(date).getUTCDay())) continue;
      clock.setDay(date);
      slack.forget();
      // Checks by several instances, and after a restart on the same day.
      for (let i = 0; i < 3; i++) await newInstance(world).rounds.check();
      served.push(...slack.reminded.map(({ deadline }) => `${date}: ${deadline.days}`));
    }
    expect(served).toEqual([
      '2025-05-01: 60',
      '2025-06-02: 28',
      '2025-06-16: 14',
      '2025-06-23: 7',
      '2025-06-27: 3',
      // The windows of 2 days and 1 day began on Saturday and Sunday.
      '2025-06-30: 0',
      '2025-07-01: -1',
      '2025-07-08: -8',
    ]);
  });

  test('on Friday serves the last windows of the weekend with its own, so no reminder is repeated and a shorter plan serves none of them again', async () => {
    const { world, slack, clock, store } = await startWith([of('a@example.com', 1)]);
    clock.setDay('2025-06-27');
    await newInstance(world, { cron: '0 9 * * 1-5' }).rounds.check();
    expect(slack.reminded[0]?.next).toBe('2025-06-30');
    await newInstance(world, { cron: '0 9 * * 1-5' }).rounds.check();
    expect(slack.reminded.map(({ deadline }) => deadline.days)).toEqual([3]);
    const at = (await store.round('2025-06-30/1'))?.startedAt;
    clock.setDay('2025-06-30');
    await newInstance(world).rounds.check();
    expect(slack.reminded.map(({ deadline }) => deadline.days)).toEqual([3, 0]);
    for (const days of [3, 2])
      expect(await store.round(`2025-06-30/${days}`)).toMatchObject({ kind: 'window', startedAt: at, finishedAt: at });
    for (const days of [[60, 3], [60, 2], [60, 1], [60]]) await newInstance(world, { days }).rounds.check();
    expect(slack.reminded).toHaveLength(2);
  });

  test('reads Adobe first, and only once', async () => {
    const { world, rounds, slack } = await startWith(THREE);
    migrateElsewhere(world, 1, 3);
    await rounds.check();
    await rounds.check();
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.length])).toEqual([['UA', 1]]);
    expect(timesRead(world)).toBe(1);
  });

  test('reminds no one when Adobe says that nothing is left', async () => {
    const { world, rounds, slack } = await startWith(THREE);
    migrateElsewhere(world, 1, 2, 3);
    await rounds.check();
    expect(slack.sent).toEqual([]);
  });

  test('uses the last known state when Adobe cannot be reached, and the digest says so', async () => {
    const { adobe, rounds, slack, clock } = await startWith(THREE);
    const before = new Date(clock.now().getTime() - READ_BEFORE_MS);
    adobe.failing.set('accounts', adobeError('unreachable'));
    await rounds.check();
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect(slack.digests[0]?.overview.sync).toMatchObject({ succeededAt: before, problem: { kind: 'unreachable' } });
  });

  test('sends nothing while another instance is reading Adobe for the same round', async () => {
    const { world, adobe, rounds, slack } = await startWith(THREE);
    const other = newInstance(world).rounds;
    const read = adobe.readAccounts.bind(adobe);
    adobe.readAccounts = async (sandbox) => {
      adobe.readAccounts = read;
      expect(await other.check()).toBe(false);
      migrateElsewhere(world, 1, 2, 3);
      return read(sandbox);
    };
    expect(await rounds.check()).toBe(true);
    await other.check();
    expect(timesRead(world)).toBe(1);
    expect(slack.sent).toEqual([]);
  });

  test('is repeated at the next tick when another instance held the lease', async () => {
    const started = await startWith(THREE);
    const { world, slack, clock } = started;
    // The other instance acquired the lease and died before it started the round.
    await newInstance(world).delivery.acquireLease();
    const loop = startLoop(started, world);
    await loop.settle();
    expect(slack.sent).toEqual([]);
    clock.advanceMs(LEASE_MS);
    await loop.tick();
    expect(slack.sent).toHaveLength(3);
    await loop.stop();
  });

  test('is repeated at the next tick after an error, but not after a success', async () => {
    const started = await startWith(THREE);
    const { world, adobe, slack, clock } = started;
    const broken = new Error('no database');
    const read = adobe.readAccounts.bind(adobe);
    adobe.readAccounts = async () => {
      adobe.readAccounts = read;
      throw broken;
    };
    const loop = startLoop(started, world);
    await loop.settle();
    expect(loop.errors).toEqual([broken]);
    expect(slack.sent).toEqual([]);
    await loop.tick();
    expect(slack.sent).toHaveLength(3);
    // Another window has begun: only a check starts its round.
    clock.setDay('2025-06-27');
    await loop.tick();
    expect(slack.sent).toHaveLength(3);
    await loop.cronTime();
    expect(slack.sent).toHaveLength(6);
    await loop.stop();
  });
});
