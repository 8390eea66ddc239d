import { describe, expect, test } from 'vitest';
import { failingOf } from '../../src/usage/failing.ts';
import { triageOf } from '../../src/usage/triage.ts';
import { minute, PROBLEM } from '../support/samples.ts';
import { query, run, schedule, used } from './setup.ts';

const DEV = { sandboxes: ['dev'] };
const HOURLY = { id: 's1', name: 'Hourly', cron: '0 * * * *', isEnabled: true, nextRunAt: minute(60) };
const FAILING = { since: minute(-120), mayBeEarlier: false, error: 'no access' };
const LAST = { at: minute(-5), outcome: 'succeeded', error: null } as const;

describe('triage', () => {
  test('a credential whose jobs fail is Failing, with the start of the failure and Adobe’s error', () => {
    const usage = [used({ schedules: [HOURLY], failing: FAILING })];
    expect(triageOf({ ...DEV, usage }, minute(1))).toEqual({
      kind: 'failing',
      ...FAILING,
      nextRunAt: minute(60),
      asOf: minute(0),
    });
  });

  test('a failure in one sandbox is enough, and the earliest time counts', () => {
    const later = used({ sandbox: 'prod', failing: { since: minute(-60), mayBeEarlier: false, error: 'later' } });
    const usage = [later, used({ failing: FAILING }), used({ sandbox: 'stage' })];
    expect(triageOf({ sandboxes: ['prod', 'dev', 'stage'], usage }, minute(1))).toMatchObject(FAILING);
  });

  test('a query in the last 30 days or a schedule that will run counts as use', () => {
    expect(triageOf({ ...DEV, usage: [used({ lastQuery: LAST })] }, minute(1))).toEqual({
      kind: 'in_use',
      lastQuery: LAST,
      nextRunAt: null,
      asOf: minute(0),
    });
    expect(triageOf({ ...DEV, usage: [used({ schedules: [HOURLY] })] }, minute(1))).toMatchObject({
      kind: 'in_use',
      nextRunAt: minute(60),
    });
  });

  test('the next run is computed for the current time, however old the reading', () => {
    expect(triageOf({ ...DEV, usage: [used({ schedules: [HOURLY] })] }, minute(90))).toMatchObject({
      nextRunAt: minute(120),
    });
  });

  test('a disabled schedule alone does not count as use', () => {
    const usage = [used({ schedules: [{ ...HOURLY, isEnabled: false, nextRunAt: null }] })];
    expect(triageOf({ ...DEV, usage }, minute(1))).toEqual({ kind: 'idle', asOf: minute(0) });
  });

  test('a credential without use is Idle only if every sandbox was read, recently and without a fault', () => {
    const idle = { kind: 'idle', asOf: minute(0) };
    expect(triageOf({ ...DEV, usage: [used()] }, minute(1))).toEqual(idle);
    expect(triageOf({ ...DEV, usage: [] }, minute(1))).toEqual({ kind: 'unread', problem: null });
    expect(triageOf({ sandboxes: ['dev', 'prod'], usage: [used()] }, minute(1))).toEqual({
      kind: 'unread',
      problem: null,
    });
    expect(triageOf({ ...DEV, usage: [used({ problem: PROBLEM })] }, minute(1))).toEqual({
      kind: 'unread',
      problem: PROBLEM,
    });
    expect(triageOf({ ...DEV, usage: [used()] }, minute(49 * 60))).toEqual({ kind: 'unread', problem: null });
  });

  test('a sign of use remains when a later reading fails', () => {
    const usage = [used({ lastQuery: LAST, problem: PROBLEM })];
    expect(triageOf({ ...DEV, usage }, minute(1))).toMatchObject({ kind: 'in_use' });
    expect(triageOf({ ...DEV, usage: [used({ failing: FAILING, problem: PROBLEM })] }, minute(1))).toMatchObject(
      FAILING,
    );
  });

  test('a reading of a sandbox that the credential is no longer in does not count', () => {
    const usage = [used({ lastQuery: LAST, sandbox: 'prod' }), used()];
    expect(triageOf({ ...DEV, usage }, minute(1))).toMatchObject({ kind: 'idle' });
  });
});

describe('failing', () => {
  const schedules = [schedule()];
  const NO_RUNS = new Map();

  test('a schedule has failed since its first failure after its last success, with the latest error', () => {
    const queries = [query(0, 'open'), query(-60, 'failed'), query(-120, 'failed'), query(-180), query(-240, 'failed')];
    expect(failingOf(queries, schedules, NO_RUNS, null)).toEqual({
      since: minute(-120),
      mayBeEarlier: false,
      error: 'no access at -60',
    });
  });

  test('a success, or a stop by a person, at the end is not a failure', () => {
    expect(failingOf([query(0), query(-60, 'failed')], schedules, NO_RUNS, null)).toBeNull();
    expect(failingOf([query(0, 'stopped'), query(-60)], schedules, NO_RUNS, null)).toBeNull();
  });

  test('a failing schedule is not hidden by another that succeeds', () => {
    const other = schedule({ id: 's2', name: 'Nightly' });
    const queries = [query(0, 'succeeded', { name: 'Nightly' }), query(-60, 'failed')];
    expect(failingOf(queries, [...schedules, other], NO_RUNS, null)).toMatchObject({ since: minute(-60) });
  });

  test('queries outside schedules fail only after three failures in a row', () => {
    const typed = (...times: number[]) => times.map((at) => query(at, 'failed', { name: null }));
    expect(failingOf(typed(0, -1), schedules, NO_RUNS, null)).toBeNull();
    expect(failingOf(typed(0, -1, -2), schedules, NO_RUNS, null)).toMatchObject({ since: minute(-2) });
  });

  test('a run without a query counts', () => {
    const runs = new Map([['s1', [run(0, 'failed', 'no login'), run(-60, 'failed'), run(-120, 'succeeded')]]]);
    expect(failingOf([query(-120)], schedules, runs, null)).toEqual({
      since: minute(-60),
      mayBeEarlier: false,
      error: 'no login',
    });
  });

  test('a failure that began before the earliest query read keeps its start', () => {
    const before = { since: minute(-9_000), mayBeEarlier: false, error: 'older' };
    expect(failingOf([query(0, 'failed')], schedules, NO_RUNS, before)).toMatchObject({ since: before.since });
    expect(failingOf([query(0, 'failed'), query(-60)], schedules, NO_RUNS, before)).toMatchObject({ since: minute(0) });
    expect(failingOf([query(0)], schedules, NO_RUNS, before)).toBeNull();
  });
});
