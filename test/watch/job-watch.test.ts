import { expect, test, vi } from 'vitest';
import { THREAD } from '../../src/notices/notice.ts';
import type { Query } from '../../src/usage/usage.ts';
import { MAX_LOOKS } from '../../src/watch/watch.ts';
import { ASKER, confirmed, newProcess, OTHER, startWith, story } from '../migrations/setup.ts';
import { takeOver } from '../support/database.ts';
import { type FakeSlack, userOf } from '../support/fake-slack.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import { migrator } from '../support/people.ts';
import { accountId, minute } from '../support/samples.ts';
import { query, run, schedule } from '../usage/setup.ts';

type Person = ReturnType<typeof migrator>;

/** Credential 1 is migrated at minute 1. */
async function start(
  sandboxes: readonly string[] = ['dev'],
  { before = [], owner = 'jo@example.com' }: { before?: readonly Query[]; owner?: string } = {},
) {
  const now = await startWith([], { sandboxes });
  now.adobe.add(1, { owner }, sandboxes);
  const slack = now.stores.recipientLookup as FakeSlack;
  slack.further.set('me@example.com', ASKER.userId);
  slack.unreachable.set('gone@example.com', 'unknown');
  now.adobe.queriesIn.set('dev', [...before]);
  await now.sync.run();
  await now.usageSync.run();
  const { id } = await confirmed(now, 1);
  now.adobe.onStart = async () => ({ kind: 'accepted' });
  await now.runner.advance();
  now.adobe.statuses.set(consoleId(1), 'completed');
  const at = (minutes: number) => now.clock.advanceMs(minute(minutes).getTime() - now.clock.now().getTime());
  at(1);
  await now.runner.advance();
  await now.progress.report();
  await now.notices.send();
  now.messages.notified.length = 0;
  now.adobe.calls.length = 0;
  /** Moves the clock to this minute, and runs the look that is due. */
  const look = async (minutes: number, process: Pick<typeof now, 'jobWatch' | 'notices'> = now) => {
    at(minutes);
    await process.jobWatch.look();
    for (let i = 0; i < 3; i++) {
      now.clock.advance(2);
      await process.notices.send();
    }
  };
  const told = () => now.messages.notified.map(({ userId, content }) => `${content.kind} to ${userId}`).sort();
  const watch = async () => {
    const found = await now.watches.get(id);
    if (found === null) throw new Error('it is not watched');
    return found;
  };
  return { ...now, id, at, look, told, watch };
}

const JO = userOf('jo@example.com');

test('a failed run is reported at once, below the migration and to its owner, with Adobe’s error and whether it failed before', async () => {
  const now = await start();
  now.adobe.schedulesIn.set('dev', [schedule(), schedule({ id: 's2', name: 'Other' })]);
  now.adobe.runsOf.set('s1', [run(64, 'failed', 'no access'), run(60, 'failed'), run(0, 'succeeded')]);
  now.adobe.runsOf.set('s2', [run(60, 'failed', 'no table'), run(0, 'failed')]);
  await now.look(76);
  const { failures } = await now.watch();
  expect(failures).toEqual([
    { id: 'dev/s1', name: 'Hourly', since: minute(60), error: 'no access', failedBefore: false },
    { id: 'dev/s2', name: 'Other', since: minute(60), error: 'no table', failedBefore: true },
  ]);
  expect(now.told()).toEqual([`watch to ${JO}`, `watch to ${THREAD}`]);
  await now.look(200);
  expect(now.told()).toHaveLength(2);
});

test('an owner who confirmed it, or whom Slack does not know, gets no message besides the reply; a person who took it over does', async () => {
  for (const [owner, also] of [
    ['me@example.com', []],
    ['gone@example.com', [`watch to ${OTHER.userId}`]],
    ['nobody', []],
  ] as const) {
    const now = await start(['dev'], { owner });
    await takeOver(now.db, accountId(1), OTHER.userId);
    now.adobe.schedulesIn.set('dev', [schedule()]);
    now.adobe.runsOf.set('s1', [run(60, 'failed', 'no access')]);
    await now.look(76);
    expect(now.told(), owner).toEqual([...also, `watch to ${THREAD}`]);
  }
});

test('a run in progress has not run yet, and a run that is overdue is named as overdue', async () => {
  const now = await start();
  now.adobe.schedulesIn.set('dev', [schedule(), schedule({ id: 's2', name: 'Other' }), schedule({ id: 's3' })]);
  now.adobe.runsOf.set('s1', [run(60, 'open')]);
  now.adobe.schedulesIn.get('dev')?.splice(2, 1, schedule({ id: 's3', isEnabled: false }));
  await now.look(76);
  const [{ schedules } = { schedules: [] }] = (await now.watch()).found;
  expect(schedules.map(({ id, lastRun, isOverdue }) => [id, lastRun, isOverdue])).toEqual([
    ['s1', null, false],
    ['s2', null, true],
  ]);
  expect(now.told()).toEqual([]);
});

test('three failures in a row of queries outside schedules are reported, with whether they failed at the time of the request', async () => {
  const failed = (at: number) => query(at, 'failed', { name: null });
  const now = await start(['dev'], { before: [failed(-1), failed(-2), failed(-3)] });
  now.adobe.queriesIn.set('dev', [failed(9), failed(6), query(0, 'failed')]);
  await now.look(16);
  expect(now.told()).toEqual([]);
  now.adobe.queriesIn.set('dev', [failed(40), failed(9), failed(6)]);
  await now.look(46);
  expect((await now.watch()).failures).toEqual([
    { id: 'dev', name: null, since: minute(6), error: 'no access at 40', failedBefore: true },
  ]);
});

test('unreadable jobs are no result: earlier results stay, and only the report at the end mentions them', async () => {
  const now = await start(['dev', 'qa']);
  now.adobe.schedulesIn.set('dev', [schedule()]);
  now.adobe.runsOf.set('s1', [run(60, 'succeeded')]);
  now.adobe.failing.set(`queries qa ${accountId(1)}`, adobeError('not_allowed', 403));
  await now.look(76);
  now.adobe.failing.set('schedules', adobeError('unavailable', 503));
  await now.look(200);
  expect(now.told()).toEqual([]);
  await now.look(24 * 60 + 1);
  expect(now.told()).toEqual([`watch to ${JO}`, `watch to ${THREAD}`]);
  const watch = await now.watch();
  expect(watch.nextLookAt).toBeNull();
  expect(watch.found.map(({ problem, schedules }) => [problem?.status, schedules[0]?.lastRun?.outcome])).toEqual([
    [503, 'succeeded'],
    [503, undefined],
  ]);
});

test('a look makes two calls for each sandbox and at most twenty for runs, starting with the least known schedules', async () => {
  const now = await start(['dev', 'qa']);
  const many = Array.from({ length: 14 }, (_, i) => schedule({ id: `s${i}`, name: `Job ${i}` }));
  now.adobe.schedulesIn.set('dev', many);
  for (const { id } of many) now.adobe.runsOf.set(id, [run(60, 'failed', 'no access')]);
  await now.look(76);
  const ofAccount = (what: string) => now.adobe.called(`${what} `).map((call) => call.split(' ').slice(1).join(' '));
  expect(ofAccount('schedules')).toEqual([`dev ${accountId(1)}`, `qa ${accountId(1)}`]);
  expect(now.adobe.calls).toHaveLength(4 + 20);
  now.adobe.calls.length = 0;
  await now.look(300);
  expect(ofAccount('runs').slice(0, 4)).toEqual(['s10', 's11', 's12', 's13']);
  // The error of the six that were read before is already known.
  expect(now.adobe.calls).toHaveLength(4 + 10 + 4);
});

test('one look is made every half minute, by one instance, however many watches there are', async () => {
  const now = await startWith([1, 2, 3]);
  const other = newProcess(now.world);
  now.adobe.onStart = async () => ({ kind: 'accepted' });
  for (const number of [1, 2, 3]) {
    await confirmed(now, number);
    await now.runner.advance();
    now.adobe.statuses.set(consoleId(number), 'completed');
    now.clock.advance(5);
    await now.runner.advance();
  }
  now.clock.advance(60 * 60);
  now.adobe.calls.length = 0;
  const looks: number[] = [];
  for (let i = 0; i < 6; i++) {
    await now.jobWatch.look();
    await other.jobWatch.look();
    looks.push(now.adobe.called('schedules').length);
    now.clock.advance(15);
  }
  expect(looks).toEqual([1, 1, 2, 2, 3, 3]);
  expect(now.adobe.calls).toHaveLength(6);
});

test('a process that dies during a look leaves it to another, which continues from the stored findings', async () => {
  const now = await start();
  now.adobe.schedulesIn.set('dev', [schedule()]);
  now.adobe.runsOf.set('s1', [run(60, 'failed', 'no access')]);
  now.adobe.failing.set('schedules', Object.assign(new Error('it dies')) as never);
  await expect(now.look(76)).rejects.toThrow('it dies');
  now.adobe.failing.clear();
  const other = newProcess(now.world);
  await now.look(80, other);
  expect(now.told()).toEqual([]);
  await now.look(82, other);
  expect(now.told()).toEqual([`watch to ${JO}`, `watch to ${THREAD}`]);
  expect(await now.watch()).toMatchObject({ looks: 2 });
});

test('a look that always fails is given up after the limit of looks, and people are notified once', async () => {
  const now = await start();
  now.adobe.failing.set('schedules', Object.assign(new Error('it dies')) as never);
  for (let i = 0; i < 20; i++) await now.look(76 + 6 * i).catch(() => {});
  expect(now.adobe.called('schedules')).toHaveLength(MAX_LOOKS);
  expect(await now.watch()).toMatchObject({ nextLookAt: null, told: 'given_up' });
  expect(now.told()).toEqual([`watch to ${JO}`, `watch to ${THREAD}`]);
});

test('a watch whose last look was interrupted ends even if the process dies while it ends', async () => {
  const now = await start();
  now.adobe.failing.set('schedules', Object.assign(new Error('it dies')) as never);
  const { watches } = now.stores;
  const save = watches.save.bind(watches);
  watches.save = () => Promise.reject(new Error('it dies'));
  for (let i = 0; i <= MAX_LOOKS; i++) await now.look(76 + 6 * i).catch(() => {});
  expect(now.told()).toEqual([]);
  watches.save = save;
  await now.look(76 + 6 * (MAX_LOOKS + 1));
  expect(now.told()).toEqual([`watch to ${JO}`, `watch to ${THREAD}`]);
  expect(now.adobe.called('schedules')).toHaveLength(MAX_LOOKS);
});

test('a failure is acknowledged once, recorded with the person who did so, and reported below the migration', async () => {
  const now = await start();
  const [asker, other] = [ASKER, OTHER].map(({ userId }) => migrator(userId)) as [Person, Person];
  expect(await now.jobWatch.acknowledge(asker, 'nothing')).toEqual({ kind: 'no_such_migration' });
  expect(await now.jobWatch.acknowledge(asker, now.id)).toMatchObject({ kind: 'no_failure' });
  now.adobe.schedulesIn.set('dev', [schedule()]);
  now.adobe.runsOf.set('s1', [run(60, 'failed', 'no access')]);
  await now.look(76);
  expect(await now.watches.unacknowledged(5)).toMatchObject({ total: 1, rows: [{ migration: { id: now.id } }] });
  expect(await now.jobWatch.acknowledge(other, now.id)).toMatchObject({ kind: 'acknowledged' });
  expect(await now.jobWatch.acknowledge(asker, now.id)).toMatchObject({ kind: 'already', by: OTHER.userId });
  expect(await now.watches.unacknowledged(5)).toEqual({ total: 0, rows: [] });
  expect((await story(now)).at(-1)).toBe(`failure_acknowledged by ${OTHER.userId}`);
  now.messages.notified.length = 0;
  await now.look(77);
  expect(now.told()).toEqual([`acknowledged to ${THREAD}`]);
});

test('a second failure that is found while a person acknowledges the first is reported at once', async () => {
  const now = await start();
  now.adobe.schedulesIn.set('dev', [schedule(), schedule({ id: 's2', name: 'Other' })]);
  now.adobe.runsOf.set('s1', [run(60, 'failed', 'no access')]);
  await now.look(76);
  now.messages.notified.length = 0;
  now.adobe.runsOf.set('s2', [run(120, 'failed', 'no table')]);
  const read = now.adobe.schedules.bind(now.adobe);
  vi.spyOn(now.adobe, 'schedules').mockImplementationOnce(async (asked) => {
    await now.jobWatch.acknowledge(migrator(OTHER.userId), now.id);
    return read(asked);
  });
  await now.look(200);
  expect(now.told()).toEqual([`acknowledged to ${THREAD}`, `watch to ${JO}`, `watch to ${THREAD}`]);
  expect(await now.watches.unacknowledged(5)).toMatchObject({ total: 1 });
});

test('a report that waits during a Slack outage is sent once, with its content up to date', async () => {
  const now = await start();
  now.adobe.schedulesIn.set('dev', [schedule()]);
  now.adobe.runsOf.set('s1', [run(60, 'failed', 'no access')]);
  now.messages.down = true;
  await now.look(76);
  now.adobe.runsOf.set('s1', [run(120, 'succeeded'), run(60, 'failed', 'no access')]);
  await now.look(24 * 60 + 1);
  now.messages.down = false;
  await now.look(24 * 60 + 2);
  expect(now.told()).toEqual([`watch to ${JO}`, `watch to ${THREAD}`]);
});
