import { expect, onTestFinished, test, vi } from 'vitest';
import { UsageReader } from '../../src/usage/reader.ts';
import type { SandboxUsage, Schedule } from '../../src/usage/usage.ts';
import { startWith } from '../migrations/setup.ts';
import { adobeError, FakeAdobe } from '../support/fakes.ts';
import { accountId, minute } from '../support/samples.ts';
import { schedule, used } from './setup.ts';

const NOW = minute(10);
const KNOWN = { id: 's1', name: 'Hourly', cron: '0 * * * *', isEnabled: true, nextRunAt: minute(6_000) };
const { problem } = adobeError('bad_answer');

/** What is stored of credential 1's only schedule. `before`: what was known. */
async function kept(changes: Partial<Schedule>, before: SandboxUsage = used({ schedules: [KNOWN] })) {
  const adobe = new FakeAdobe();
  adobe.schedulesIn.set('dev', [schedule(changes)]);
  const reader = new UsageReader(adobe, (call) => call(), NOW, { credentials: 1, schedules: 1 });
  const jobs = await reader.jobsIn('dev');
  if ('problem' in jobs) throw new Error('nothing was read');
  return (await reader.usageOf(accountId(1), jobs, before)).schedules;
}

test('a schedule with an unreadable date or name keeps the known values', async () => {
  expect(await kept({ name: 's1', unread: ['date', 'name'] })).toEqual([KNOWN]);
  expect(await kept({ name: 'Renamed', unread: ['date'] })).toEqual([{ ...KNOWN, name: 'Renamed' }]);
  // As far as is known, the schedule has ended.
  const ended = used({ schedules: [{ ...KNOWN, nextRunAt: null }] });
  expect(await kept({ unread: ['date'] }, ended)).toMatchObject([{ nextRunAt: null }]);
});

test('the next run is computed from the readable parts if no known value fits', async () => {
  const other = { nextRunAt: minute(60) };
  expect(await kept({ unread: ['date'] }, used())).toMatchObject([other]);
  expect(await kept({ unread: ['date'], cron: '0 9-23 * * *' })).toMatchObject([other]);
  expect(await kept({ unread: ['name'] })).toMatchObject([other]);
  expect(await kept({ unread: ['date'], isEnabled: false })).toMatchObject([{ nextRunAt: null }]);
});

test('unreadable dates, names and runs are logged with their schedule, once', async () => {
  const now = await startWith([1]);
  const warn = vi.spyOn(now.stores.logger, 'warn');
  onTestFinished(() => warn.mockRestore());
  now.adobe.schedulesIn.set('dev', [schedule({ unread: ['date'] })]);
  now.adobe.unreadParts.push({ name: 'Hourly: endDate', problem });
  now.adobe.unreadRuns.push({ name: 'r0', problem });
  for (let i = 0; i < 2; i++) {
    now.clock.advance(1_800);
    await now.sync.run();
    await now.usageSync.run();
  }
  expect(warn.mock.calls).toEqual([
    [{ count: 2, names: ['Hourly: endDate', 'Hourly: r0'], problem }, 'the use of some credentials could not be read'],
  ]);
  expect((await now.stores.credentials.get(accountId(1)))?.usage).toMatchObject([{ sandbox: 'dev', problem: null }]);
});
