import { describe, expect, test } from 'vitest';
import { changeSince, impactOf } from '../../src/usage/impact.ts';
import type { SandboxUsage } from '../../src/usage/usage.ts';
import { minute, PROBLEM } from '../support/samples.ts';
import { used } from './setup.ts';

const known = (id: string, at: number | null, isEnabled = true) => ({
  ...{ id, name: `schedule ${id}`, cron: '0 * * * *', isEnabled },
  nextRunAt: at === null ? null : minute(at),
});
const LAST = { at: minute(-5), outcome: 'succeeded', error: null } as const;

/** The impact in dev and prod, as read at this minute. */
function impact(at: number, ...usage: Partial<SandboxUsage>[]) {
  const read = usage.map((each) => used({ readAt: minute(at), ...each }));
  return impactOf({ sandboxes: ['dev', 'prod'], usage: read }, minute(at));
}

describe('the impact of a migration', () => {
  test('has the enabled schedules of all sandboxes by their next run, the number of all queries, and the last one', () => {
    const dev = { schedules: [known('b', 120), known('c', null), known('off', 30, false)], lastQuery: LAST };
    const prod = {
      sandbox: 'prod',
      schedules: [known('a', 60)],
      queries: { count: 3, isAtLeast: false },
      lastQuery: { ...LAST, at: minute(-1) },
    };
    expect(impact(0, { ...dev, queries: { count: 4, isAtLeast: false } }, prod)).toMatchObject({
      readAt: minute(0),
      triage: 'in_use',
      schedules: [{ id: 'a', sandbox: 'prod' }, { id: 'b', sandbox: 'dev' }, { id: 'c' }],
      queries: { count: 7, isAtLeast: false },
      lastQuery: { at: minute(-1) },
    });
  });

  test('says what could not be read, and that there may be more', () => {
    const partly = impact(
      0,
      { queries: { count: 4, isAtLeast: false } },
      { sandbox: 'prod', readAt: null, problem: PROBLEM },
    );
    expect(partly).toMatchObject({ sandboxes: ['dev'], problem: PROBLEM, queries: { count: 4, isAtLeast: true } });
    expect(impactOf({ sandboxes: ['dev'], usage: [] }, minute(0))).toMatchObject({ readAt: null, triage: 'unread' });
  });
});

describe('a material change', () => {
  const idle = [{}, { sandbox: 'prod' }];
  const before = impact(0, { schedules: [known('a', 60)] }, { sandbox: 'prod' });

  test('is a schedule that appeared, disappeared, or was enabled or disabled', () => {
    const added = impact(1, { schedules: [known('a', 60), known('b', 60)] }, { sandbox: 'prod' });
    expect(changeSince(before, added)).toEqual({ kind: 'schedule_added', name: 'schedule b' });
    const removed = { kind: 'schedule_removed', name: 'schedule a' };
    expect(changeSince(before, impact(1, ...idle))).toEqual(removed);
    expect(changeSince(before, impact(1, { schedules: [known('a', 60, false)] }, { sandbox: 'prod' }))).toEqual(
      removed,
    );
    expect(changeSince(impact(0, ...idle), before)).toBeNull();
  });

  test('is use of a credential that was idle', () => {
    const inUse = impact(1, { lastQuery: LAST }, { sandbox: 'prod' });
    expect(changeSince(impact(0, ...idle), inUse)).toEqual({ kind: 'in_use' });
    expect(changeSince(inUse, impact(2, ...idle))).toBeNull();
  });

  test('is nothing that a schedule does without a change: its next run, another query, a failure', () => {
    const later = {
      schedules: [known('a', 120)],
      lastQuery: LAST,
      failing: { since: minute(-5), mayBeEarlier: false, error: null },
    };
    expect(changeSince(before, impact(90, later, { sandbox: 'prod' }))).toBeNull();
  });

  test('needs two readings of the same sandbox, the second newer than the first', () => {
    expect(changeSince(before, impact(0, ...idle))).toBeNull();
    expect(changeSince(null, impact(1, ...idle))).toBeNull();
    expect(changeSince(before, impact(1, { readAt: null, problem: PROBLEM }, { sandbox: 'prod' }))).toBeNull();
    const partly = impact(0, {}, { sandbox: 'prod', readAt: null });
    expect(changeSince(partly, impact(1, {}, { sandbox: 'prod', schedules: [known('p', 60)] }))).toBeNull();
  });
});
