import { describe, expect, test } from 'vitest';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { problem } from '../support/fakes.ts';
import { migrate, newInstance, of, put, READ_BEFORE, startWith } from './setup.ts';

const THREE = [of('a@example.com', 1), of('a@example.com', 2), of('b@example.com', 3)];

describe('a look', () => {
  test('before the first window, or with nothing open, does nothing', async () => {
    const { world, reminders, slack, timer, sync } = await startWith(THREE);
    timer.setDay('2025-04-30');
    await reminders.look();
    timer.setDay('2025-05-01');
    await put(world, of('a@example.com', 1, { adobeStatus: 'none' }));
    await reminders.look();
    expect(slack.sent).toEqual([]);
    expect(sync.runs).toBe(0);
  });

  test('reads Adobe first, and once', async () => {
    const { world, reminders, slack, sync } = await startWith(THREE);
    sync.onRun = () => migrate(world, 1, 3);
    await reminders.look();
    await reminders.look();
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.length])).toEqual([['UA', 1]]);
    expect(sync.runs).toBe(1);
  });

  test('finds out from Adobe that nothing is left: nobody is reminded', async () => {
    const { world, reminders, slack, sync } = await startWith(THREE);
    sync.onRun = () => migrate(world, 1, 2, 3);
    await reminders.look();
    expect(slack.sent).toEqual([]);
  });

  test('goes by the last known state where Adobe cannot be reached, and the digest says so', async () => {
    const { db, reminders, slack, sync, timer } = await startWith(THREE);
    const before = new Date(timer.now().getTime() - READ_BEFORE);
    const unreachable = problem('unreachable');
    sync.onRun = () => new SqlSyncStore(db).noteSync({ triedAt: timer.now(), problem: unreachable });
    await reminders.look();
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect(slack.digests[0]?.overview.sync).toMatchObject({ succeededAt: before, problem: unreachable });
  });

  test('sends nothing while another instance still reads Adobe', async () => {
    const { world, reminders, slack, sync } = await startWith(THREE);
    const other = newInstance(world);
    sync.onRun = async () => {
      sync.onRun = async () => {};
      await other.reminders.look();
      await migrate(world, 1, 2, 3);
    };
    await reminders.look();
    await other.reminders.resume();
    expect(slack.sent).toEqual([]);
  });

  test('that another instance was in the way of is made up', async () => {
    const { world, reminders, slack, timer } = await startWith(THREE);
    // It took the right to send, and died before it opened the window.
    await newInstance(world).delivery.holdLease();
    await reminders.look();
    expect(slack.sent).toEqual([]);
    timer.advanceMs(20_000);
    await reminders.resume();
    expect(slack.sent).toHaveLength(3);
  });

  test('that failed is made up', async () => {
    const { reminders, slack, sync } = await startWith(THREE);
    sync.onRun = async () => {
      sync.onRun = async () => {};
      throw new Error('no database');
    };
    await expect(reminders.look()).rejects.toThrow('no database');
    await reminders.resume();
    expect(slack.sent).toHaveLength(3);
    await reminders.resume();
    expect(sync.runs).toBe(2);
  });
});
