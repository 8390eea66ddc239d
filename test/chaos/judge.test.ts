import { describe, expect, test } from 'vitest';
import type { MigrationRow } from './databases.ts';
import { type Evidence, judge } from './judge.ts';

type Credential = Evidence['credentials'][number];

const AT = Date.parse('2025-06-02T10:00:00Z');

function row(changes: Partial<MigrationRow> = {}): MigrationRow {
  return {
    id: 'one',
    state: 'migrated',
    shown: JSON.stringify({ name: 'etl-1' }),
    decided_at: new Date(AT).toISOString(),
    notified_at: new Date(AT + 20_000).toISOString(),
    ...changes,
  };
}

function credential(changes: Partial<Credential> = {}): Credential {
  return { name: 'etl-1', starts: 1, isStarted: true, ends: ['migrated'], messages: 1, ...changes };
}

/** A trial in which all went well, but for these. */
function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    rows: [row()],
    told: [{ name: 'etl-1', isAccepted: true, isVisible: true, ignored: 0 }],
    credentials: [credential()],
    digests: null,
    ended: [],
    activity: [],
    ...changes,
  };
}

function killed(at: number) {
  return { signal: 'SIGKILL', at: AT + at, over: AT + at + 10, isOrderly: true } as const;
}

const FINE = { doubled: [], silent: [], lost: [], late: 0 };

test('a trial in which all went well', () => {
  expect(judge(evidence())).toMatchObject({ ...FINE, migrations: 1, recoveries: [] });
});

describe('doubled', () => {
  test('is a second start, and one that nobody confirmed', () => {
    const twice = judge(evidence({ credentials: [credential({ starts: 2 })] }));
    expect(twice.doubled).toEqual(['etl-1: 2 starts for 1 confirmed']);
    const asked = judge(evidence({ rows: [row({ state: 'expired', decided_at: null })] }));
    expect(asked.doubled).toEqual(['etl-1: 1 starts for 0 confirmed']);
  });

  test('is a second digest, but not by a death right after the first', () => {
    const digests = [AT, AT + 20_000];
    expect(judge(evidence({ digests })).doubled).toEqual(['the reminder window: 2 digests']);
    const verdict = judge(evidence({ digests, ended: [killed(500)] }));
    expect(verdict).toMatchObject({ ...FINE, duplicates: { digests: 1 } });
    expect(judge(evidence({ digests, ended: [killed(1_500)] })).doubled).toHaveLength(1);
  });
});

describe('silent', () => {
  test.each([
    ['no end', { ends: [] }],
    ['an end that is not so', { ends: ['migrated'], isStarted: false }],
    ['a failure that is none', { ends: ['not migrated'], isStarted: true }],
  ] as const)('is %s', (_, changes) => {
    expect(judge(evidence({ credentials: [credential(changes)] })).silent).toHaveLength(1);
  });

  test('is not that a person must look', () => {
    const credentials = [credential({ ends: ['needs attention'], isStarted: false })];
    expect(judge(evidence({ credentials }))).toMatchObject(FINE);
  });

  test('is a yes that never got through, and a reminder window without a digest', () => {
    const told = [{ name: 'etl-1', isAccepted: false, isVisible: false, ignored: 3 }];
    const verdict = judge(evidence({ rows: [], told, credentials: [credential({ starts: 0 })], digests: [] }));
    expect(verdict.silent).toEqual(['etl-1: no yes got through', 'the reminder window: no digest']);
  });
});

test('lost is a yes that was said to count, and of which there is no record', () => {
  const rows = [row({ state: 'void', decided_at: null })];
  expect(judge(evidence({ rows, credentials: [credential({ starts: 0 })] })).lost).toEqual(['etl-1']);
});

test('late is a stop that was not orderly', () => {
  const stop = { signal: 'SIGTERM', at: AT, over: AT + 11_000, isOrderly: false } as const;
  expect(judge(evidence({ ended: [stop] })).late).toBe(1);
});

describe('time to recover', () => {
  const activity = [AT + 1_000, AT + 2_005, AT + 12_000, AT + 13_000];

  test('is from the kill to the next sign, without what was on its way', () => {
    expect(judge(evidence({ ended: [killed(2_000)], activity })).recoveries).toEqual([10_000]);
  });

  test('is from the last of several deaths', () => {
    expect(judge(evidence({ ended: [killed(2_000), killed(5_000)], activity })).recoveries).toEqual([7_000]);
  });

  test('is counted while something confirmed has not been told', () => {
    const early = { decided_at: new Date(AT + 3_000).toISOString() };
    expect(judge(evidence({ rows: [row(early)], ended: [killed(2_000)], activity })).recoveries).toEqual([]);
    const told = { notified_at: new Date(AT + 1_500).toISOString() };
    expect(judge(evidence({ rows: [row(told)], ended: [killed(2_000)], activity })).recoveries).toEqual([]);
  });
});
