import { describe, expect, test } from 'vitest';
import {
  ACTIVE_STATES,
  END_STATES,
  IN_FLIGHT_STATES,
  isAsShown,
  mayMove,
  type Shown,
} from '../../src/migrations/migration.ts';
import { STATES } from '../support/enumerations.ts';

describe('the states', () => {
  test('a migration moves along these arrows and no others', () => {
    const arrows = STATES.flatMap((from) => STATES.filter((to) => mayMove(from, to)).map((to) => `${from} → ${to}`));
    expect(arrows).toEqual([
      'asked → confirmed',
      'asked → cancelled',
      'asked → expired',
      'asked → void',
      'asked → dry_run',
      'confirmed → submitted',
      'confirmed → running',
      'confirmed → migrated',
      'confirmed → bound',
      'confirmed → undone',
      'confirmed → failed',
      'submitted → running',
      'submitted → migrated',
      'submitted → bound',
      'submitted → undone',
      'submitted → failed',
      'submitted → needs_attention',
      'running → migrated',
      'running → bound',
      'running → failed',
      'running → needs_attention',
      'needs_attention → migrated',
      'needs_attention → bound',
      'needs_attention → undone',
      'needs_attention → resolved',
    ]);
  });

  test('only a confirmed migration is sent, and only a request is confirmed', () => {
    expect(STATES.filter((from) => mayMove(from, 'submitted'))).toEqual(['confirmed']);
    expect(STATES.filter((from) => mayMove(from, 'confirmed'))).toEqual(['asked']);
  });

  test('only a migration that needs attention is resolved, and no state follows', () => {
    expect(STATES.filter((from) => mayMove(from, 'resolved'))).toEqual(['needs_attention']);
    expect(STATES.filter((to) => mayMove('resolved', to))).toEqual([]);
  });

  test('every active state can lead to a state of which people are notified', () => {
    expect(ACTIVE_STATES).toEqual(['confirmed', 'submitted', 'running']);
    expect(IN_FLIGHT_STATES).toEqual(['submitted', 'running']);
    expect(END_STATES).toEqual(['migrated', 'bound', 'undone', 'failed', 'needs_attention']);
    for (const state of ACTIVE_STATES) expect(END_STATES.some((end) => mayMove(state, end))).toBe(true);
  });
});

describe('comparing a credential with the one shown', () => {
  const shown: Shown = { name: 'etl', owner: 'jo@example.com', sandboxes: ['prod', 'dev'], production: ['prod'] };

  test('a credential is as shown when only its description differs', () => {
    const now = { ...shown, sandboxes: ['prod', 'dev'], description: 'new' };
    expect(isAsShown(shown, now)).toBe(true);
  });

  test.each<[string, Partial<Shown>]>([
    ['another name', { name: 'etl2' }],
    ['the name in another case', { name: 'ETL' }],
    ['another owner', { owner: 'al@example.com' }],
    ['no owner', { owner: null }],
    ['another sandbox that is production', { production: ['prod', 'dev'] }],
    ['one more sandbox', { sandboxes: ['prod', 'dev', 'stage'] }],
    ['one sandbox fewer', { sandboxes: ['prod'] }],
    ['another sandbox', { sandboxes: ['prod', 'stage'] }],
    ['another first sandbox', { sandboxes: ['dev', 'prod'] }],
    ['no sandbox', { sandboxes: [] }],
  ])('a credential is not as shown with %s', (_, change) => {
    expect(isAsShown(shown, { ...shown, ...change })).toBe(false);
  });
});
