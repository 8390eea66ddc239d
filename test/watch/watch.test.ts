import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/usage/usage.ts';
import { afterLook, MAX_LOOKS, newWatch, type SandboxWatch, type Watch } from '../../src/watch/watch.ts';
import { minute, PROBLEM } from '../support/samples.ts';

const DAY_MS = 24 * 60 * 60_000;
const START = newWatch('m1', minute(0), DAY_MS);

/** Schedules by name: the outcome of the last run since the migration, or the time of the first one. */
function found(jobs: Readonly<Record<string, Outcome | Date>>, changes: Partial<SandboxWatch> = {}): SandboxWatch[] {
  const schedules = Object.entries(jobs).map(([name, job]) => ({
    id: name,
    name,
    nextRunAt: job instanceof Date ? job : minute(100_000),
    isDue: !(job instanceof Date),
    isOverdue: false,
    failing: job === 'failed' ? { since: minute(1), mayBeEarlier: true, error: null } : null,
    failedBefore: false,
    lastRun: job instanceof Date ? null : { at: minute(1), outcome: job },
  }));
  const queries = { count: 0, isAtLeast: false, failing: null, failedBefore: false };
  return [{ sandbox: 'dev', readAt: minute(1), problem: null, isWhole: true, schedules, queries, ...changes }];
}

/** Looks at these minutes; returns the minutes that led to a report, and the watch after them. */
function looks(...each: readonly (readonly [minutes: number, found: readonly SandboxWatch[]])[]) {
  let watch: Watch = START;
  const told: number[] = [];
  for (const [minutes, seen] of each) {
    const after = afterLook({ ...watch, looks: watch.looks + 1 }, seen, minute(minutes));
    watch = after.watch;
    if (after.isNews) told.push(minutes);
  }
  return { told, watch };
}

const END = 24 * 60;

describe('the reports of a watch', () => {
  test('say once that all schedules have run, and do not repeat it at the end', () => {
    const good = found({ a: 'succeeded', b: 'succeeded' });
    expect(looks([15, found({ a: 'succeeded', b: minute(90) })], [105, good], [200, good], [END, good]).told).toEqual([
      105,
    ]);
  });

  test('name a failure when it is first seen, and at the end only other changes since then', () => {
    const bad = found({ a: 'failed', b: minute(90) });
    expect(looks([15, bad], [45, bad], [END, bad]).told).toEqual([15]);
    expect(looks([15, bad], [45, bad], [END, found({ a: 'succeeded', b: 'succeeded' })]).told).toEqual([15, END]);
  });

  test('say at the end that nothing has run, or that nothing could be read', () => {
    const waiting = found({ a: minute(END + 60) });
    expect(looks([15, waiting], [45, waiting], [END, waiting]).told).toEqual([END]);
    const unread = found({}, { problem: PROBLEM });
    expect(looks([15, unread], [END, unread]).told).toEqual([END]);
    const good = found({ a: 'succeeded' });
    const lost = found({ a: 'succeeded' }, { problem: PROBLEM });
    expect(looks([15, good], [45, lost], [END, lost]).told).toEqual([15, END]);
    // A schedule that was not read cannot count as having run.
    expect(looks([15, found({ a: 'succeeded' }, { problem: PROBLEM })]).told).toEqual([]);
    expect(looks([15, found({ a: 'succeeded' }, { isWhole: false })]).told).toEqual([]);
  });

  test('keep a failure after the job succeeds, and name a second one once the first is acknowledged', () => {
    const first = looks([15, found({ a: 'failed', b: minute(90) })]).watch;
    const both = found({ a: 'succeeded', b: 'failed' });
    const open = afterLook(first, both, minute(105));
    expect([open.isNews, open.hasNewFailure]).toEqual([false, true]);
    expect(open.watch.failures.map(({ name }) => name)).toEqual(['a', 'b']);
    const acknowledged = afterLook({ ...first, acknowledged: { by: 'U1', at: minute(20) } }, both, minute(105));
    expect(acknowledged).toMatchObject({ isNews: true, hasNewFailure: true, watch: { acknowledged: null } });
    const same = afterLook({ ...first, acknowledged: { by: 'U1', at: minute(20) } }, first.found, minute(105));
    expect(same).toMatchObject({ isNews: false, watch: { acknowledged: { by: 'U1' } } });
  });

  test('treat the queries outside schedules as one job', () => {
    const failing = { since: minute(3), mayBeEarlier: false, error: 'no access' };
    const queries = { count: 3, isAtLeast: false, failing, failedBefore: true };
    const { told, watch } = looks([15, found({}, { queries })]);
    expect(told).toEqual([15]);
    expect(watch.failures).toEqual([
      { id: 'dev', name: null, since: minute(3), error: 'no access', failedBefore: true },
    ]);
  });
});

describe('the looks of a watch', () => {
  /** The minutes of all looks. `seen`: what the look at a minute finds. */
  function times(seen: (minutes: number) => readonly SandboxWatch[], hours = 24): number[] {
    let watch = newWatch('m1', minute(0), hours * 60 * 60_000);
    const at: number[] = [];
    while (watch.nextLookAt !== null) {
      const minutes = (watch.nextLookAt.getTime() - minute(0).getTime()) / 60_000;
      at.push(minutes);
      watch = afterLook({ ...watch, looks: watch.looks + 1 }, seen(minutes), minute(minutes)).watch;
    }
    return at;
  }

  test('become less and less frequent, and end with the configured hours', () => {
    expect(times(() => found({ a: 'succeeded' }))).toEqual([15, 45, 105, 225, 465, 945, END]);
    expect(times(() => [], 1)).toEqual([15, 45, 60]);
    expect(times(() => [], 0.1)).toEqual([6]);
  });

  test('wait for the first run of a schedule, including the time that it may take', () => {
    expect(times((at) => found({ a: at < 1_155 ? minute(1_140) : 'succeeded' }))).toEqual([
      15,
      1_155,
      1_215,
      1_335,
      END,
    ]);
  });

  test('are few, whatever the schedules are and however long the watch lasts', () => {
    for (const hours of [1, 24, 168]) {
      for (const step of [1, 7, 60]) {
        const many = (at: number) => found({ a: minute(at + step), b: minute(at + 2 * step) });
        expect(times(many, hours).length, `${hours} hours, a run every ${step} minutes`).toBeLessThanOrEqual(MAX_LOOKS);
      }
    }
  });
});
