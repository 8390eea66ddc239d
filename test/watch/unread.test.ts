import { expect, test } from 'vitest';
import { WatchReader } from '../../src/watch/reader.ts';
import type { SandboxWatch, WatchedSchedule } from '../../src/watch/watch.ts';
import { adobeError, FakeAdobe } from '../support/fakes.ts';
import { accountId, minute, request } from '../support/samples.ts';
import { run, schedule } from '../usage/setup.ts';

const { problem } = adobeError('bad_answer');
const SINCE = minute(1);
const NONE = { count: 0, isAtLeast: false, failing: null, failedBefore: false };

function watched(changes: Partial<WatchedSchedule> = {}): WatchedSchedule {
  const known = { id: 's1', name: 'Hourly', nextRunAt: minute(120), lastRun: null, failing: null };
  return { ...known, isDue: false, isOverdue: false, failedBefore: false, ...changes };
}

/** Looks once, two hours after the migration. `before`: what was known. */
async function look(adobe: FakeAdobe, before: readonly WatchedSchedule[] = []) {
  const migration = { ...request('m'), shown: { name: 'etl', owner: null, sandboxes: ['dev'], production: [] } };
  const reader = new WatchReader({ jobs: adobe, limit: (call) => call() }, migration, SINCE, minute(130));
  const known: SandboxWatch = {
    sandbox: 'dev',
    readAt: null,
    problem: null,
    schedules: before,
    isWhole: true,
    queries: NONE,
  };
  const [found] = await reader.read([known]);
  return { found, unread: reader.unread.map(({ name }) => name) };
}

test('an unreadable date or name of a schedule is named, and keeps its known value', async () => {
  const adobe = new FakeAdobe();
  adobe.schedulesIn.set('dev', [schedule({ name: 's1', unread: ['date', 'name'] })]);
  adobe.unreadParts.push({ name: 's1: endDate', problem });
  const { found, unread } = await look(adobe, [watched()]);
  expect(unread).toEqual(['s1: endDate']);
  // The schedule may have ended, so no run is missing.
  expect(found?.schedules).toEqual([watched()]);
  expect(found).toMatchObject({ problem: null, isWhole: true });
});

test('an unreadable run is named with its schedule, and may be the expected one', async () => {
  const adobe = new FakeAdobe();
  adobe.schedulesIn.set('dev', [schedule()]);
  adobe.unreadRuns.push({ name: 'r60', problem });
  const { found, unread } = await look(adobe);
  expect(unread).toEqual(['Hourly: r60']);
  expect(found?.schedules).toMatchObject([{ isDue: true, isOverdue: false }]);
  adobe.runsOf.set('s1', [run(60, 'failed', 'no access')]);
  expect((await look(adobe)).found?.schedules).toMatchObject([{ failing: { error: 'no access' } }]);
});

test('an unreadable schedule is named, and its known values stay', async () => {
  const adobe = new FakeAdobe();
  adobe.schedulesIn.set('dev', [schedule({ id: 's2' })]);
  adobe.unreadSchedules.push({ name: 's1', problem });
  const gone = watched({ id: 's9' });
  const { found, unread } = await look(adobe, [watched(), gone]);
  expect(unread).toEqual(['s1']);
  expect(found?.schedules.map(({ id }) => id)).toEqual(['s2', 's1']);
});

test('the items of a list whose next page cannot be requested count, and the reason is kept', async () => {
  for (const list of ['schedules', 'queries']) {
    const adobe = new FakeAdobe();
    adobe.schedulesIn.set('dev', [schedule(), schedule({ id: 's2', name: 'Daily' })]);
    adobe.runsOf.set('s1', [run(60, 'succeeded')]);
    adobe.cutShort.set(`${list} dev ${accountId(1)}`, { after: 1, error: adobeError('bad_answer') });
    const { found } = await look(adobe);
    expect(found, list).toMatchObject({
      problem,
      schedules: [{ id: 's1', lastRun: { outcome: 'succeeded' } }, ...(list === 'queries' ? [{ id: 's2' }] : [])],
    });
  }
});
