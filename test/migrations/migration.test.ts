import { describe, expect, test } from 'vitest';
import {
  ACTIVE_STATES,
  END_STATES,
  IN_FLIGHT_STATES,
  mayMove,
  type Shown,
  sameAsShown,
} from '../../src/migrations/migration.ts';
import { STATES } from '../support/enumerations.ts';

describe('the arrows', () => {
  test('are these and no others', () => {
    const arrows = STATES.flatMap((from) =>
      STATES.filter((to) => mayMove(from, to)).map((to) => `${from} → ${to}`),
    );
    expect(arrows).toEqual([
      'asked → confirmed',
      'asked → cancelled',
      'asked → expired',
      'asked → void',
      'confirmed → submitted',
      'confirmed → running',
      'confirmed → migrated',
      'confirmed → failed',
      'submitted → running',
      'submitted → migrated',
      'submitted → failed',
      'submitted → needs_attention',
      'running → migrated',
      'running → failed',
      'running → needs_attention',
      'needs_attention → migrated',
      'needs_attention → resolved',
    ]);
  });

  test('lead to being sent only from a recorded yes, and to a yes only from a question', () => {
    expect(STATES.filter((from) => mayMove(from, 'submitted'))).toEqual(['confirmed']);
    expect(STATES.filter((from) => mayMove(from, 'confirmed'))).toEqual(['asked']);
  });

  test('a person’s word ends only what needs one, and nothing leads out of it', () => {
    expect(STATES.filter((from) => mayMove(from, 'resolved'))).toEqual(['needs_attention']);
    expect(STATES.filter((to) => mayMove('resolved', to))).toEqual([]);
  });

  test('every open state can end, and each end is one that is told', () => {
    expect(ACTIVE_STATES).toEqual(['confirmed', 'submitted', 'running']);
    expect(IN_FLIGHT_STATES).toEqual(['submitted', 'running']);
    expect(END_STATES).toEqual(['migrated', 'failed', 'needs_attention']);
    for (const state of ACTIVE_STATES) expect(END_STATES.some((end) => mayMove(state, end))).toBe(true);
  });
});

describe('a credential is as it was shown', () => {
  const shown: Shown = { name: 'etl', owner: 'jo@example.com', sandboxes: ['prod', 'dev'] };

  test('when nothing differs, whatever else is known of it', () => {
    const now = { ...shown, sandboxes: ['prod', 'dev'], description: 'new' };
    expect(sameAsShown(shown, now)).toBe(true);
  });

  test.each<[string, Partial<Shown>]>([
    ['another name', { name: 'etl2' }],
    ['the name in another case', { name: 'ETL' }],
    ['another owner', { owner: 'al@example.com' }],
    ['no owner', { owner: null }],
    ['one sandbox more', { sandboxes: ['prod', 'dev', 'stage'] }],
    ['one sandbox less', { sandboxes: ['prod'] }],
    ['another sandbox', { sandboxes: ['prod', 'stage'] }],
    ['another first sandbox', { sandboxes: ['dev', 'prod'] }],
    ['no sandbox', { sandboxes: [] }],
  ])('but not with %s', (_, change) => {
    expect(sameAsShown(shown, { ...shown, ...change })).toBe(false);
  });
});
