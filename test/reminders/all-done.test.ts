import { describe, expect, test } from 'vitest';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { problem } from '../support/fakes.ts';
import { ADMIN, migrator } from '../support/people.ts';
import { CHANNEL, migrate, newInstance, of, put, run, startWith } from './setup.ts';

const TWO = [of('a@example.com', 1), of('b@example.com', 2)];
const DONE = { adobeStatus: 'completed' } as const;

describe('when the last credential is migrated', () => {
  test('one message gives the totals, then nothing more is sent', async () => {
    const started = await startWith([...TWO, of(null, 3, { adobeStatus: 'none' })]);
    const { world, slack, clock } = started;
    await run(started, world);
    await migrate(world, 1);
    await run(started, world);
    expect(slack.to('all done')).toEqual([]);
    await migrate(world, 2);
    slack.forget();
    await Promise.all([run(started, world), run(newInstance(world), world)]);
    expect(slack.to('all done')).toEqual([CHANNEL]);
    expect(slack.closings[0]?.counts).toMatchObject({ migrated: 2, not_eligible: 1, eligible: 0 });
    for (const date of ['2025-06-27', '2025-06-30', '2025-07-01', '2026-01-01']) {
      clock.setDay(date);
      await run(newInstance(world), world);
    }
    expect(slack.sent).toHaveLength(1);
  });

  test.each([
    ['there never was a credential', async () => {}],
    ['all were migrated before anyone was reminded', async (world) => migrate(world, 1, 2)],
  ] satisfies [string, (world: Awaited<ReturnType<typeof startWith>>['world']) => Promise<void>][])(
    'nothing is sent if %s',
    async (name, begin) => {
      const started = await startWith(name.startsWith('there never') ? [] : TWO);
      await begin(started.world);
      await run(started, started.world);
      expect(started.slack.sent).toEqual([]);
    },
  );

  test.each([
    ['is left unfinished in the Developer Console', { adobeStatus: 'started' }],
    [
      'has an unknown status because the Developer Console fails',
      { adobeStatus: 'unknown', unknownBecause: { code: 'console_failed', problem: problem('not_allowed', 403) } },
    ],
  ] as const)('no closing message is sent while another one %s', async (_, changes) => {
    const started = await startWith(TWO);
    const { world, slack } = started;
    await run(started, world);
    await put(world, of('a@example.com', 1, changes), of('b@example.com', 2, DONE));
    await run(started, world);
    expect(slack.to('all done')).toEqual([]);
    await put(world, of('a@example.com', 1, DONE), of('b@example.com', 2, DONE));
    await run(started, world);
    expect(slack.to('all done')).toEqual([CHANNEL]);
  });

  test('the closing message does not wait for a credential that the Developer Console does not know', async () => {
    const started = await startWith([
      ...TWO,
      of(null, 3, { adobeStatus: 'unknown', unknownBecause: { code: 'not_in_console' } }),
    ]);
    const { world, slack } = started;
    await run(started, world);
    await migrate(world, 1, 2);
    await run(started, world);
    expect(slack.closings.map(({ counts }) => counts.unknown)).toEqual([1]);
  });

  test('nothing is sent where all credentials are gone from Adobe', async () => {
    const started = await startWith(TWO);
    const { world, slack, db, clock } = started;
    await run(started, world);
    slack.forget();
    await new SqlSyncStore(db).replaceCredentials([], clock.now());
    await run(started, world);
    expect(slack.sent).toEqual([]);
  });

  test('the closing message is retried when Slack fails', async () => {
    const started = await startWith(TWO);
    const { world, slack } = started;
    await run(started, world);
    await migrate(world, 1, 2);
    slack.forget();
    slack.fail('postAllDone', new Error('Slack is down'), 2);
    await run(started, world);
    expect(slack.to('all done')).toEqual([CHANNEL]);
  });

  test('the closing message also follows a manual round', async () => {
    const started = await startWith(TWO);
    const { world, slack, reminders, clock } = started;
    clock.setDay('2025-01-01');
    await reminders.startManualRound(migrator(ADMIN), 'round');
    await run(started, world);
    await migrate(world, 1, 2);
    await run(started, world);
    expect(slack.to('all done')).toEqual([CHANNEL]);
  });
});

test('new credentials are in the reminders of the next window, and another closing message follows', async () => {
  const started = await startWith(TWO);
  const { world, slack, clock } = started;
  await run(started, world);
  await migrate(world, 1, 2);
  await run(started, world);
  slack.forget();
  // The current window has been served: nothing more is sent in it.
  await put(world, of('a@example.com', 1, DONE), of('b@example.com', 2, DONE), of('c@example.com', 3));
  await run(started, world);
  expect(slack.sent).toEqual([]);
  clock.setDay('2025-06-27');
  await run(started, world);
  await run(newInstance(world), world);
  expect(slack.sent.map(({ kind, to }) => [kind, to])).toEqual([
    ['owner', 'UC'],
    ['digest', CHANNEL],
  ]);
  await migrate(world, 3);
  await run(started, world);
  clock.setDay('2025-06-28');
  await run(newInstance(world), world);
  expect(slack.to('all done')).toEqual([CHANNEL]);
  expect(slack.closings[0]?.counts.migrated).toBe(3);
});

test('a window in which nothing was eligible is served when a credential appears in it', async () => {
  const started = await startWith([of('a@example.com', 1, DONE)]);
  const { world, slack, clock } = started;
  await run(started, world);
  clock.setDay('2025-06-25');
  await put(world, of('a@example.com', 1, DONE), of('c@example.com', 3));
  await run(started, world);
  expect(slack.to('owner')).toEqual(['UC']);
  expect(slack.digests.map(({ deadline }) => deadline.days)).toEqual([5]);
});
