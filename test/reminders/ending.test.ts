import { describe, expect, test } from 'vitest';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { problem } from '../support/fakes.ts';
import { CHANNEL, migrate, newInstance, of, put, run, startWith } from './setup.ts';

const TWO = [of('a@example.com', 1), of('b@example.com', 2)];
const DONE = { adobeStatus: 'completed' } as const;

describe('when the last one is migrated', () => {
  test('one message says so with the totals, then there is silence for ever', async () => {
    const started = await startWith([...TWO, of(null, 3, { adobeStatus: 'none' })]);
    const { world, slack, timer } = started;
    await run(started, world);
    await migrate(world, 1);
    await run(started, world);
    expect(slack.to('end')).toEqual([]);
    await migrate(world, 2);
    slack.forget();
    await Promise.all([run(started, world), run(newInstance(world), world)]);
    expect(slack.to('end')).toEqual([CHANNEL]);
    expect(slack.ends[0]?.counts).toMatchObject({ migrated: 2, not_eligible: 1, eligible: 0 });
    for (const date of ['2025-06-27', '2025-06-30', '2025-07-01', '2026-01-01']) {
      timer.setDay(date);
      await run(newInstance(world), world);
    }
    expect(slack.sent).toHaveLength(1);
  });

  test.each([
    ['never was one', async () => {}],
    ['all were migrated before anybody was reminded', async (world) => migrate(world, 1, 2)],
  ] satisfies [string, (world: Awaited<ReturnType<typeof startWith>>['world']) => Promise<void>][])(
    'nothing is said where there %s',
    async (name, begin) => {
      const started = await startWith(name.startsWith('never') ? [] : TWO);
      await begin(started.world);
      await run(started, started.world);
      expect(started.slack.sent).toEqual([]);
    },
  );

  test.each([
    ['is still under way', { adobeStatus: 'started' }],
    [
      'could not be asked for at Adobe',
      {
        adobeStatus: 'unknown',
        unknownBecause: { code: 'console_failed', problem: problem('not_allowed', 403) },
      },
    ],
  ] as const)('it is not the last while another %s', async (_, changes) => {
    const started = await startWith(TWO);
    const { world, slack } = started;
    await run(started, world);
    await put(world, of('a@example.com', 1, changes), of('b@example.com', 2, DONE));
    await run(started, world);
    expect(slack.to('end')).toEqual([]);
    await put(world, of('a@example.com', 1, DONE), of('b@example.com', 2, DONE));
    await run(started, world);
    expect(slack.to('end')).toEqual([CHANNEL]);
  });

  test('one that the Developer Console does not know is not waited for', async () => {
    const started = await startWith([
      ...TWO,
      of(null, 3, { adobeStatus: 'unknown', unknownBecause: { code: 'not_in_console' } }),
    ]);
    const { world, slack } = started;
    await run(started, world);
    await migrate(world, 1, 2);
    await run(started, world);
    expect(slack.ends.map(({ counts }) => counts.unknown)).toEqual([1]);
  });

  test('nothing is said where all are gone from Adobe', async () => {
    const started = await startWith(TWO);
    const { world, slack, db, timer } = started;
    await run(started, world);
    slack.forget();
    await new SqlSyncStore(db).replaceCredentials([], timer.now());
    await run(started, world);
    expect(slack.sent).toEqual([]);
  });

  test('it is said where a message could not be posted at first', async () => {
    const started = await startWith(TWO);
    const { world, slack } = started;
    await run(started, world);
    await migrate(world, 1, 2);
    slack.forget();
    slack.fail('postEnd', new Error('Slack is down'), 2);
    await run(started, world);
    expect(slack.to('end')).toEqual([CHANNEL]);
  });

  test('it is said after a round by hand, too', async () => {
    const started = await startWith(TWO);
    const { world, slack, control, timer } = started;
    timer.setDay('2025-01-01');
    await control.startManualRound('UADMIN', 'round');
    await run(started, world);
    await migrate(world, 1, 2);
    await run(started, world);
    expect(slack.to('end')).toEqual([CHANNEL]);
  });
});

test('new credentials start it again, and it ends again', async () => {
  const started = await startWith(TWO);
  const { world, slack, timer } = started;
  await run(started, world);
  await migrate(world, 1, 2);
  await run(started, world);
  slack.forget();
  // In the window that was served nothing more is sent.
  await put(world, of('a@example.com', 1, DONE), of('b@example.com', 2, DONE), of('c@example.com', 3));
  await run(started, world);
  expect(slack.sent).toEqual([]);
  timer.setDay('2025-06-27');
  await run(started, world);
  await run(newInstance(world), world);
  expect(slack.sent.map(({ kind, to }) => [kind, to])).toEqual([
    ['owner', 'UC'],
    ['digest', CHANNEL],
  ]);
  await migrate(world, 3);
  await run(started, world);
  timer.setDay('2025-06-28');
  await run(newInstance(world), world);
  expect(slack.to('end')).toEqual([CHANNEL]);
  expect(slack.ends[0]?.counts.migrated).toBe(3);
});

test('a window without anything open is served when something appears in it', async () => {
  const started = await startWith([of('a@example.com', 1, DONE)]);
  const { world, slack, timer } = started;
  await run(started, world);
  timer.setDay('2025-06-25');
  await put(world, of('a@example.com', 1, DONE), of('c@example.com', 3));
  await run(started, world);
  expect(slack.to('owner')).toEqual(['UC']);
  expect(slack.digests.map(({ days }) => days)).toEqual([5]);
});
