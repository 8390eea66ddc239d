import { describe, expect, test } from 'vitest';
import type { AdobeErrorKind, AdobeProblem } from '../../src/credentials/adobe-error.ts';
import type { AdobeStatus } from '../../src/credentials/credential.ts';
import { CONFIRMATION_TTL_MS, IN_FLIGHT_STATES, type Migration, type Reason } from '../../src/migrations/migration.ts';
import { planOf } from '../../src/migrations/steps.ts';
import { type Verdict, verdictBeforeSending, verdictInFlight } from '../../src/migrations/verdicts.ts';
import { ERROR_KINDS, TRANSIENT } from '../support/enumerations.ts';

/** The whole migration in one step. */
const WHOLE = planOf({ method: 'query-service', step: 'start' });

const TIMEOUT = 300_000;
const BEFORE = TIMEOUT - 1;
const WAIT: Verdict = { do: 'wait' };
const SEND: Verdict = { do: 'send' };

function problem(kind: AdobeErrorKind): AdobeProblem {
  return { kind, operation: 'read the status' };
}

function move(to: Extract<Verdict, { do: 'move' }>['to'], reason: Reason | null): Verdict {
  return { do: 'move', to, reason };
}

describe('before sending', () => {
  /** What each status at Adobe decides, at any time. */
  const DECIDED = {
    not_started: SEND,
    started: move('running', { code: 'elsewhere' }),
    completed: move('migrated', { code: 'elsewhere' }),
    none: move('failed', { code: 'not_eligible' }),
    unknown: move('failed', { code: 'not_eligible' }),
  } satisfies Record<AdobeStatus, Verdict>;

  test.each(Object.keys(DECIDED) as AdobeStatus[])(
    'before sending, the status %s decides at once, at any time',
    (status) => {
      for (const waited of [0, BEFORE, TIMEOUT, 10 * TIMEOUT]) {
        expect(
          verdictBeforeSending(WHOLE, { status }, { waitedMs: waited, confirmationAgeMs: waited }, TIMEOUT),
        ).toEqual(DECIDED[status]);
      }
    },
  );

  test('an expired confirmation sends nothing, and any other status decides as usual', () => {
    const decide = (status: AdobeStatus, confirmationAgeMs: number) =>
      verdictBeforeSending(WHOLE, { status }, { waitedMs: 0, confirmationAgeMs }, TIMEOUT);
    expect(decide('not_started', CONFIRMATION_TTL_MS - 1)).toEqual(SEND);
    expect(decide('not_started', CONFIRMATION_TTL_MS)).toEqual(move('failed', { code: 'outdated' }));
    for (const status of ['started', 'completed', 'none', 'unknown'] as const)
      expect(decide(status, 10 * CONFIRMATION_TTL_MS)).toEqual(DECIDED[status]);
  });

  test.each(ERROR_KINDS)('before sending, nothing is sent if the status cannot be read (%s)', (kind) => {
    const given = problem(kind);
    const failed = move('failed', { code: 'unchecked', problem: given });
    const early = TRANSIENT[kind] ? WAIT : failed;
    expect(verdictBeforeSending(WHOLE, { problem: given }, { waitedMs: 0, confirmationAgeMs: 0 }, TIMEOUT)).toEqual(
      early,
    );
    expect(
      verdictBeforeSending(WHOLE, { problem: given }, { waitedMs: BEFORE, confirmationAgeMs: BEFORE }, TIMEOUT),
    ).toEqual(early);
    expect(
      verdictBeforeSending(WHOLE, { problem: given }, { waitedMs: TIMEOUT, confirmationAgeMs: TIMEOUT }, TIMEOUT),
    ).toEqual(failed);
  });
});

describe('while in flight', () => {
  const submitted = { state: 'submitted', method: 'query-service', startProblem: null, reason: null } as const;
  const running = { state: 'running', method: 'query-service', startProblem: null, reason: null } as const;
  const PUT_BACK = move('failed', { code: 'put_back' });
  const MIGRATED = move('migrated', null);

  function unclear(lastStatus: AdobeStatus | null, last: AdobeProblem | null = null): Verdict {
    return move('needs_attention', { code: 'unclear', lastStatus, problem: last });
  }

  /** For each status at Adobe: submitted before and at the timeout, running before and at the timeout. */
  const DECIDED = {
    not_started: [WAIT, unclear('not_started'), PUT_BACK, PUT_BACK],
    started: [move('running', null), unclear('started'), WAIT, unclear('started')],
    completed: [MIGRATED, MIGRATED, MIGRATED, MIGRATED],
    none: [WAIT, unclear('none'), WAIT, unclear('none')],
    unknown: [WAIT, unclear('unknown'), WAIT, unclear('unknown')],
  } satisfies Record<AdobeStatus, readonly [Verdict, Verdict, Verdict, Verdict]>;

  test.each(Object.keys(DECIDED) as AdobeStatus[])(
    'in flight, the status %s decides by the state and the time',
    (status) => {
      const decide = (migration: Pick<Migration, 'state' | 'method' | 'startProblem' | 'reason'>, elapsed: number) =>
        verdictInFlight(WHOLE, migration, { status }, elapsed, TIMEOUT);
      const [early, late, runningEarly, runningLate] = DECIDED[status];
      expect(decide(submitted, 0)).toEqual(early);
      expect(decide(submitted, BEFORE)).toEqual(early);
      expect(decide(submitted, TIMEOUT)).toEqual(late);
      expect(decide(running, 0)).toEqual(runningEarly);
      expect(decide(running, BEFORE)).toEqual(runningEarly);
      expect(decide(running, TIMEOUT)).toEqual(runningLate);
    },
  );

  test('a migration that began elsewhere and is still started at the timeout ends as not migrated, since nothing was sent', () => {
    const found = { ...running, reason: { code: 'elsewhere' } } as const;
    expect(verdictInFlight(WHOLE, found, { status: 'started' }, BEFORE, TIMEOUT)).toEqual(WAIT);
    expect(verdictInFlight(WHOLE, found, { status: 'started' }, TIMEOUT, TIMEOUT)).toEqual(
      move('failed', { code: 'elsewhere' }),
    );
    expect(verdictInFlight(WHOLE, found, { status: 'unknown' }, TIMEOUT, TIMEOUT)).toEqual(
      move('needs_attention', { code: 'unclear', lastStatus: 'unknown', problem: null, isUnsent: true }),
    );
  });

  test.each(ERROR_KINDS)('in flight, a status that cannot be read (%s) is retried, then needs attention', (kind) => {
    const given = problem(kind);
    for (const state of IN_FLIGHT_STATES) {
      const migration = { ...submitted, state };
      expect(verdictInFlight(WHOLE, migration, { problem: given }, BEFORE, TIMEOUT)).toEqual(WAIT);
      expect(verdictInFlight(WHOLE, migration, { problem: given }, TIMEOUT, TIMEOUT)).toEqual(unclear(null, given));
    }
  });

  test('a migration in flight is never sent again', () => {
    const statuses = Object.keys(DECIDED) as AdobeStatus[];
    const readings = [
      ...statuses.map((status) => ({ status })),
      ...ERROR_KINDS.map((kind) => ({ problem: problem(kind) })),
    ];
    const verdicts = readings.flatMap((reading) =>
      [submitted, running].flatMap((migration) =>
        [0, BEFORE, TIMEOUT].map((elapsed) => verdictInFlight(WHOLE, migration, reading, elapsed, TIMEOUT).do),
      ),
    );
    expect(verdicts).toHaveLength(15 * 2 * 3);
    expect(verdicts).not.toContain('send');
  });

  test('the error on the start is stored for the person who has to check', () => {
    const startProblem = problem('lost');
    const migration = { ...submitted, startProblem };
    const status = 'not_started';
    expect(verdictInFlight(WHOLE, migration, { status }, TIMEOUT, TIMEOUT)).toEqual(unclear(status, startProblem));
    const latest = problem('unavailable');
    expect(verdictInFlight(WHOLE, migration, { problem: latest }, TIMEOUT, TIMEOUT)).toEqual(unclear(null, latest));
  });

  test('a migration found started elsewhere ends as migrated elsewhere', () => {
    const reason: Reason = { code: 'elsewhere' };
    const verdict = verdictInFlight(WHOLE, { ...running, reason }, { status: 'completed' }, 0, TIMEOUT);
    expect(verdict).toEqual(move('migrated', reason));
  });
});

describe('while Adobe asks for a pause', () => {
  const reading = { problem: { kind: 'throttled', operation: 'read', until: '2025-06-02T14:05:00.000Z' } } as const;

  test('a confirmed migration waits as long as its confirmation is valid', () => {
    const ages = { waitedMs: 3_600_000, confirmationAgeMs: 3_600_000 };
    expect(verdictBeforeSending(WHOLE, reading, ages, 60_000)).toEqual({ do: 'wait' });
    const tooOld = { ...ages, confirmationAgeMs: CONFIRMATION_TTL_MS };
    expect(verdictBeforeSending(WHOLE, reading, tooOld, 60_000)).toMatchObject({ to: 'failed' });
  });

  test('a migration in flight waits for a day, since only its state can show how it ended, then needs attention', () => {
    const migration = { state: 'running', method: 'query-service', startProblem: null, reason: null } as const;
    const day = 24 * 3_600_000;
    expect(verdictInFlight(WHOLE, migration, reading, day - 1, 60_000)).toEqual({ do: 'wait' });
    expect(verdictInFlight(WHOLE, migration, reading, day, 60_000)).toMatchObject({
      to: 'needs_attention',
      reason: { code: 'unclear', problem: reading.problem },
    });
    expect(verdictInFlight(WHOLE, migration, reading, day, 2 * day)).toEqual({ do: 'wait' });
  });
});
