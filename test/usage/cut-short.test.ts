import { describe, expect, test } from 'vitest';
import type { AdobeErrorKind } from '../../src/credentials/adobe-error.ts';
import { NAMELESS } from '../../src/credentials/adobe-reader.ts';
import { UsageReader } from '../../src/usage/reader.ts';
import type { SandboxUsage } from '../../src/usage/usage.ts';
import { adobeError, FakeAdobe } from '../support/fakes.ts';
import { accountId, minute } from '../support/samples.ts';
import { query, schedule, used } from './setup.ts';

const NOW = minute(10);
const PROBLEM = { kind: 'not_allowed', status: 403 };
const of = (number: number) => ({ technicalAccountId: accountId(number) });
const KNOWN = { id: 's1', name: 'Hourly', cron: '0 * * * *', isEnabled: true, nextRunAt: minute(60) };
const LAST_QUERY = { at: minute(-60), outcome: 'succeeded', error: null } as const;

/** Reads sandbox dev once. `before`: what was known of credentials 1, 2, …; returns what is known now, and the calls. */
async function read(adobe: FakeAdobe, before: readonly SandboxUsage[], credentials = 200) {
  const reader = new UsageReader(adobe, (call) => call(), NOW, { credentials, schedules: 100 });
  const jobs = await reader.jobsIn('dev');
  if ('problem' in jobs) throw new Error('nothing was read');
  const usage = await Promise.all(before.map((each, i) => reader.usageOf(accountId(i + 1), jobs, each)));
  return { usage, calls: adobe.calls, unread: reader.unread };
}

function cut(call: string, after: number, kind: AdobeErrorKind = 'not_allowed') {
  const adobe = new FakeAdobe();
  adobe.cutShort.set(call, { after, error: adobeError(kind, kind === 'throttled' ? 429 : 403) });
  return adobe;
}

describe('if a later page of a sandbox cannot be read', () => {
  test('the queries read so far count, earlier data of the others stays with the reason, and no credential is requested individually', async () => {
    const adobe = cut('queries dev', 1);
    adobe.queriesIn.set('dev', [query(0), query(-1, 'failed', of(2)), query(-2, 'failed', of(3))]);
    const before = used({ lastQuery: LAST_QUERY, queries: { count: 7, isAtLeast: false } });
    const { usage, calls, unread } = await read(adobe, [used(), before, used()]);
    expect(usage[0]).toMatchObject({ readAt: NOW, problem: null, lastQuery: { at: minute(0) } });
    expect(usage[0]?.queries).toEqual({ count: 1, isAtLeast: true });
    expect(usage[1]).toMatchObject({ ...before, problem: PROBLEM });
    expect(usage[2]).toMatchObject({ ...used(), problem: PROBLEM });
    expect(calls).toEqual(['schedules dev', 'queries dev']);
    expect(unread).toMatchObject([{ name: 'dev', problem: PROBLEM }]);
  });

  test('the schedules read so far are up to date, and the other known ones do not count as deleted', async () => {
    const adobe = cut('schedules dev', 1);
    adobe.schedulesIn.set('dev', [schedule({ id: 's2', name: 'Daily', cron: '0 9 * * *' }), schedule()]);
    const failing = { since: minute(-60), mayBeEarlier: false, error: 'no login' };
    const { usage } = await read(adobe, [used({ schedules: [KNOWN], failing }), used()]);
    expect(usage[0]?.schedules.map(({ id }) => id)).toEqual(['s2', 's1']);
    expect(usage[0]).toMatchObject({ problem: null, failing });
    // Its schedules may be on the page that could not be read.
    expect(usage[1]).toMatchObject({ schedules: [], problem: PROBLEM });
  });

  test('the schedules count even if no query could be read, and vice versa', async () => {
    const one = new FakeAdobe();
    one.failing.set('queries', adobeError('not_allowed', 403));
    one.schedulesIn.set('dev', [schedule({ id: 's2' })]);
    expect((await read(one, [used({ lastQuery: LAST_QUERY })])).usage[0]).toMatchObject({
      ...{ readAt: minute(0), problem: PROBLEM, lastQuery: LAST_QUERY },
      schedules: [{ id: 's2' }],
    });
    const other = new FakeAdobe();
    other.failing.set('schedules', adobeError('not_allowed', 403));
    other.queriesIn.set('dev', [query(0)]);
    expect((await read(other, [used({ schedules: [KNOWN] })])).usage[0]).toMatchObject({
      ...{ readAt: NOW, problem: null, lastQuery: { at: minute(0) } },
      schedules: [KNOWN],
    });
  });

  test('no more calls are made once that page reports a pause that Adobe asks for', async () => {
    const adobe = cut('queries dev', 1, 'throttled');
    adobe.schedulesIn.set('dev', [schedule({ cron: '* * * * *' })]);
    adobe.queriesIn.set('dev', [query(-60), query(-61)]);
    const { calls, usage } = await read(adobe, [used()]);
    expect(usage[0]).toMatchObject({ lastQuery: { at: minute(-60) } });
    expect(calls).toEqual(['schedules dev', 'queries dev']);
  });
});

test('data of a credential that is requested individually is kept in the same way', async () => {
  const adobe = cut(`queries dev ${accountId(1)}`, 0);
  adobe.reach = 1;
  adobe.schedulesIn.set('dev', [schedule({ id: 'x', ...of(9) }), schedule({ id: 's2' }), schedule({ id: 's3' })]);
  const { usage, unread } = await read(adobe, [used({ schedules: [KNOWN], lastQuery: LAST_QUERY })]);
  expect(usage[0]).toMatchObject({ askedAt: NOW, problem: PROBLEM, lastQuery: LAST_QUERY, schedules: [{ id: 's2' }] });
  expect(unread).toMatchObject([{ name: 'dev', problem: PROBLEM }]);
});

test.each([
  ['has the same id', 's1', ['s1']],
  ['has no id', NAMELESS, ['s1', 's9']],
])('a known schedule does not count as deleted if one that cannot be read %s', async (_, name, left) => {
  const adobe = new FakeAdobe();
  adobe.unreadSchedules.push({ name, problem: adobeError('bad_answer').problem });
  const { usage } = await read(adobe, [used({ schedules: [KNOWN, { ...KNOWN, id: 's9' }] })]);
  expect(usage[0]?.schedules.map(({ id }) => id)).toEqual(left);
});
