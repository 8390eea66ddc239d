import { describe, expect, test } from 'vitest';
import type { AdobeStatus, CredentialStatus } from '../../src/credentials/credential.ts';
import { closingOf, mayExplain, type Reason } from '../../src/migrations/migration.ts';
import { planOf, type Step } from '../../src/migrations/steps.ts';
import { lateEnd, type Verdict, verdictBeforeSending, verdictInFlight } from '../../src/migrations/verdicts.ts';
import { STATES } from '../support/enumerations.ts';
import { minute } from '../support/samples.ts';

const TIMEOUT = 300_000;
const STEPS = ['start', 'finish', 'cancel'] as const satisfies Step[];
const WAIT: Verdict = { do: 'wait' };
const ELSEWHERE: Reason = { code: 'elsewhere' };
const STATUSES = ['not_started', 'started', 'completed', 'none', 'unknown'] as const satisfies AdobeStatus[];

const inConsole = (step: Step) => ({ method: 'developer-console', step }) as const;
const move = (to: Extract<Verdict, { do: 'move' }>['to'], reason: Reason | null = null): Verdict => ({
  do: 'move',
  to,
  reason,
});

describe('by the Developer Console', () => {
  test('a step is sent only from its required state, and every other state ends it without sending', () => {
    const ineligible = move('failed', { code: 'not_eligible' });
    const decided: Record<Step, Record<AdobeStatus, Verdict>> = {
      start: {
        not_started: { do: 'send' },
        started: move('bound', ELSEWHERE),
        completed: move('migrated', ELSEWHERE),
        none: ineligible,
        unknown: ineligible,
      },
      finish: {
        not_started: move('failed', { code: 'put_back' }),
        started: { do: 'send' },
        completed: move('migrated', ELSEWHERE),
        none: ineligible,
        unknown: ineligible,
      },
      cancel: {
        not_started: move('undone', ELSEWHERE),
        started: { do: 'send' },
        completed: move('migrated', ELSEWHERE),
        none: ineligible,
        unknown: ineligible,
      },
    };
    const now = { waitedMs: 0, confirmationAgeMs: 0 };
    for (const step of STEPS)
      for (const status of STATUSES)
        expect([step, status, verdictBeforeSending(planOf(inConsole(step)), { status }, now, TIMEOUT)]).toEqual([
          step,
          status,
          decided[step][status],
        ]);
  });

  test('only Adobe’s state ends a step that was sent, and a step that is unclear needs attention after the timeout', () => {
    const submitted = { state: 'submitted', method: 'developer-console', startProblem: null, reason: null } as const;
    const ends: Record<Step, Partial<Record<AdobeStatus, Verdict>>> = {
      start: { started: move('bound'), completed: move('migrated', ELSEWHERE) },
      finish: { completed: move('migrated'), not_started: move('failed', { code: 'put_back' }) },
      cancel: { not_started: move('undone'), completed: move('migrated', ELSEWHERE) },
    };
    for (const step of STEPS) {
      for (const status of STATUSES) {
        const decide = (elapsed: number) =>
          verdictInFlight(planOf(inConsole(step)), submitted, { status }, elapsed, TIMEOUT);
        const unclear = move('needs_attention', { code: 'unclear', lastStatus: status, problem: null });
        const end = ends[step][status];
        expect([step, status, decide(0)]).toEqual([step, status, end ?? WAIT]);
        expect([step, status, decide(TIMEOUT)]).toEqual([step, status, end ?? unclear]);
      }
    }
  });

  test('a migration begun in Adobe, as an earlier version watched it, is Unfinished at once, with nothing sent', () => {
    const found = { state: 'running', method: 'developer-console', startProblem: null, reason: ELSEWHERE } as const;
    const decide = (status: AdobeStatus, elapsed: number) =>
      verdictInFlight(planOf(inConsole('start')), found, { status }, elapsed, TIMEOUT);
    expect(decide('started', 0)).toEqual(move('bound', ELSEWHERE));
    expect(decide('completed', 0)).toEqual(move('migrated', ELSEWHERE));
    expect(decide('not_started', 0)).toEqual(move('failed', { code: 'put_back' }));
  });

  test('a step that needs attention ends once Adobe reaches the state that the step leads to, or has completed the migration', () => {
    const ends = STEPS.map((step) => STATUSES.map((status) => lateEnd(planOf(inConsole(step)), status)));
    expect(ends).toEqual([
      [null, 'bound', 'migrated', null, null],
      [null, null, 'migrated', null, null],
      ['undone', null, 'migrated', null, null],
    ]);
    const whole = planOf({ method: 'query-service', step: 'start' });
    expect(STATUSES.map((status) => lateEnd(whole, status))).toEqual([null, null, 'migrated', null, null]);
  });

  test('neither an undone nor an Unfinished migration is ever called migrated', () => {
    for (const step of ['start', 'cancel'] as const) {
      const plan = planOf(inConsole(step));
      const verdicts = STATUSES.filter((status) => status !== 'completed').flatMap((status) => [
        verdictBeforeSending(plan, { status }, { waitedMs: 0, confirmationAgeMs: 0 }, TIMEOUT),
        verdictInFlight(
          plan,
          { state: 'submitted', method: 'developer-console', startProblem: null, reason: null },
          { status },
          TIMEOUT,
          TIMEOUT,
        ),
      ]);
      expect(verdicts.filter((verdict) => verdict.do === 'move' && verdict.to === 'migrated')).toEqual([]);
    }
  });
});

describe('a question', () => {
  const shown = { name: 'etl', owner: null, sandboxes: ['dev'], production: [] };
  const closing = (step: Step, status: CredentialStatus) =>
    closingOf(
      { shown, impact: null, expiresAt: minute(10), ...inConsole(step) },
      {
        ...shown,
        technicalAccountId: 'A1',
        description: '',
        changedAt: null,
        adobeStatus: 'unknown',
        usage: [],
        hold: null,
        unknownBecause: null,
        certificateUntil: null,
        consoleId: 'i1',
        status,
      },
      false,
      minute(0),
    )?.reason?.code ?? null;

  test('to begin concerns an Eligible credential, one to finish concerns an Unfinished one; any other is void', () => {
    const about: CredentialStatus[] = ['eligible', 'unfinished', 'migrated', 'migrating', 'unknown', 'not_eligible'];
    expect(about.map((status) => closing('start', status))).toEqual([
      null,
      'elsewhere',
      'elsewhere',
      'elsewhere',
      'changed',
      'changed',
    ]);
    expect(about.map((status) => closing('finish', status))).toEqual([
      'elsewhere',
      null,
      'elsewhere',
      'elsewhere',
      'changed',
      'changed',
    ]);
  });
});

test('adding the OAuth credential explains that a migration has begun, not that it has completed', () => {
  const explained = (step: Step, status: 'started' | 'completed') =>
    STATES.filter((state) => mayExplain({ state, ...inConsole(step) }, status));
  const before = STATES.filter((state) => !['failed', 'resolved', 'undone'].includes(state));
  expect(explained('start', 'started')).toEqual(before);
  expect(explained('start', 'completed')).toEqual([]);
  expect(explained('finish', 'completed')).toEqual(before);
  expect(explained('cancel', 'completed')).toEqual([]);
  expect(mayExplain(null, 'started')).toBe(false);
  expect(mayExplain({ state: 'migrated', method: 'query-service', step: 'start' }, 'completed')).toBe(true);
});
