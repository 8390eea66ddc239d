import { describe, expect, test } from 'vitest';
import type { MigrationRow } from './databases.ts';
import { type Evidence, judge } from './judge.ts';

type Entries = Evidence['trail']['entries'];
type ConfirmedAct = Evidence['acts'][number];

const AT = Date.parse('2025-06-02T10:00:00Z');

function row(changes: Partial<MigrationRow> = {}): MigrationRow {
  return {
    id: 'one',
    state: 'migrated',
    step: 'start',
    shown: JSON.stringify({ name: 'etl-1' }),
    decided_at: new Date(AT).toISOString(),
    started_at: new Date(AT + 1_000).toISOString(),
    notified_at: new Date(AT + 20_000).toISOString(),
    ...changes,
  };
}

function act(changes: Partial<ConfirmedAct> = {}): ConfirmedAct {
  return {
    ...{ name: 'etl-1', step: 'start', isAccepted: true, isVisible: true },
    ...{ sends: 1, starts: [AT + 2_000], isStarted: true, ends: ['done'], messages: 1 },
    ...changes,
  };
}

/** A trial without findings, except for these changes. */
function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    rows: [row()],
    trail: trail(),
    acts: [act()],
    digests: null,
    ended: [],
    interruptions: [],
    activity: [],
    isSlackFailing: false,
    ...changes,
  };
}

/** A complete audit trail of these migrations. */
function trail(...ids: string[]): Evidence['trail'] {
  const entries = (ids.length === 0 ? ['one'] : ids).flatMap((migration_id): Entries[number][] => [
    { migration_id, action: 'asked', actor: 'U1' },
    { migration_id, action: 'confirmed', actor: 'U1' },
    { migration_id, action: 'migrated', actor: 'qs-creds' },
  ]);
  return { entries, findings: [] };
}

function killed(at: number) {
  return { signal: 'SIGKILL', at: AT + at, endedAt: AT + at + 10, isOrderly: true } as const;
}

const FINE = { doubled: [], silent: [], lost: [], overdue: [], unattributed: [], late: 0 };

test('judge finds nothing in a trial that went well', () => {
  expect(judge(evidence())).toMatchObject({ ...FINE, migrations: 1, recoveries: [] });
});

describe('judge', () => {
  test('counts a second start and an unconfirmed start as doubled', () => {
    const twice = judge(evidence({ acts: [act({ starts: [AT + 2_000, AT + 3_000] })] }));
    expect(twice.doubled).toEqual(['etl-1: 2 requests for 1 confirmed']);
    const asked = judge(evidence({ rows: [row({ state: 'expired', decided_at: null })] }));
    expect(asked.doubled).toEqual(['etl-1: 1 requests for 0 confirmed']);
  });

  test('counts any request by hand-off as doubled, as well as a request for a step that nobody confirmed', () => {
    expect(judge(evidence({ acts: [act({ sends: 0 })] })).doubled).toEqual(['etl-1: 1 requests for 1 confirmed']);
    const finish = judge(evidence({ acts: [act(), act({ step: 'finish' })] }));
    expect(finish.doubled).toEqual(['etl-1, finish: 1 requests for 0 confirmed']);
    const both = [row(), row({ id: 'two', step: 'finish' })];
    const acts = [act(), act({ step: 'finish' })];
    expect(judge(evidence({ rows: both, trail: trail('one', 'two'), acts }))).toMatchObject(FINE);
  });

  test('counts a second digest as doubled, unless an instance died right after the first', () => {
    const digests = [AT, AT + 20_000];
    expect(judge(evidence({ digests })).doubled).toEqual(['reminder window: 2 digests']);
    const verdict = judge(evidence({ digests, ended: [killed(500)] }));
    expect(verdict).toMatchObject({ ...FINE, duplicates: { digests: 1 } });
    expect(judge(evidence({ digests, ended: [killed(1_500)] })).doubled).toHaveLength(1);
  });

  test.each([
    ['a missing end message', { ends: [] }],
    ['a false "done"', { ends: ['done'], isStarted: false }],
    ['a false "not done"', { ends: ['not done'], isStarted: true }],
  ] as const)('counts a migration as silent for %s', (_, changes) => {
    expect(judge(evidence({ acts: [act(changes)] })).silent).toHaveLength(1);
  });

  test('never counts "needs attention" as silent', () => {
    const acts = [act({ ends: ['needs attention'], isStarted: false })];
    expect(judge(evidence({ acts }))).toMatchObject(FINE);
  });

  test('counts a confirmation that was never recorded and a window without a digest as silent', () => {
    const acts = [act({ isAccepted: false, isVisible: false, starts: [], ends: [] })];
    const verdict = judge(evidence({ rows: [], acts, digests: [] }));
    expect(verdict.silent).toEqual(['etl-1: no confirmation was recorded', 'reminder window: no digest']);
  });
});

test('judge counts a confirmation that Slack shows and the database lacks as lost', () => {
  const rows = [row({ state: 'void', decided_at: null })];
  expect(judge(evidence({ rows, acts: [act({ starts: [] })] })).lost).toEqual(['etl-1']);
});

test('judge names a start that was sent long after its intent', () => {
  const acts = [act({ starts: [AT + 31_000] })];
  expect(judge(evidence({ acts })).overdue).toEqual(['etl-1: sent 30.0 s after its intent']);
});

test.each<[string, (all: Entries) => Entries, string]>([
  ['a missing end', (all) => all.slice(0, -1), 'etl-1: asked by U1, confirmed by U1'],
  ['a second confirmation', (all) => [...all, ...all.slice(1, 2)], 'confirmed by U1, migrated by qs-creds, confirmed'],
  ['a confirmation by no person', (all) => all.map((each) => ({ ...each, actor: 'qs-creds' })), 'asked by qs-creds'],
  [
    'a change that nobody made',
    (all) => [...all, { migration_id: null, action: 'migrated_outside', actor: 'qs-creds' }],
    'migrated_outside was recorded',
  ],
])('judge names the fault in the audit trail: %s', (_, change, finding) => {
  const { unattributed } = judge(evidence({ trail: { entries: change(trail().entries), findings: ['Row 3'] } }));
  expect(unattributed).toEqual(['Row 3', expect.stringContaining(finding)]);
});

test('judge counts a disorderly stop as late', () => {
  const stop = { signal: 'SIGTERM', at: AT, endedAt: AT + 11_000, isOrderly: false } as const;
  expect(judge(evidence({ ended: [stop] })).late).toBe(1);
});

describe('the recovery time', () => {
  const activity = [AT + 1_000, AT + 2_005, AT + 12_000, AT + 13_000];

  test('is measured from the kill to the next activity, ignoring requests in transit', () => {
    expect(judge(evidence({ ended: [killed(2_000)], activity })).recoveries).toEqual([10_000]);
  });

  test('is measured from the last of several kills', () => {
    expect(judge(evidence({ ended: [killed(2_000), killed(5_000)], activity })).recoveries).toEqual([7_000]);
    const isSlackFailing = true;
    expect(judge(evidence({ ended: [killed(2_000)], activity, isSlackFailing })).recoveries).toEqual([]);
  });

  test('is measured only while a confirmed migration is unnotified', () => {
    const early = { decided_at: new Date(AT + 3_000).toISOString() };
    expect(judge(evidence({ rows: [row(early)], ended: [killed(2_000)], activity })).recoveries).toEqual([]);
    const confirmations = { notified_at: new Date(AT + 1_500).toISOString() };
    expect(judge(evidence({ rows: [row(confirmations)], ended: [killed(2_000)], activity })).recoveries).toEqual([]);
  });
});
