import { isTransient } from '../credentials/adobe-error.ts';
import type { StatusReading } from '../credentials/adobe-reader.ts';
import type { AdobeStatus } from '../credentials/credential.ts';
import { CONFIRMATION_TTL_MS, type EndState, type InFlightState, type Migration, type Reason } from './migration.ts';
import type { Plan } from './steps.ts';

/** How long a migration in flight may wait for the end of a pause that Adobe asks for. Milliseconds. */
const PAUSED_MS = 24 * 60 * 60 * 1000;

/** How long a person may take to press Migrate in Adobe. Milliseconds. */
export const HAND_OFF_MS = 24 * 60 * 60 * 1000;

/**
 * How long a migration in this state may take before it needs attention. `timeoutMs`: for Adobe to migrate, from when the
 * start was sent or a person pressed Migrate. Milliseconds.
 */
export function timeoutOf(migration: Pick<Migration, 'method' | 'state'>, timeoutMs: number): number {
  return waitsForPerson(migration) ? HAND_OFF_MS : timeoutMs;
}

/** Whether a person is to press Migrate in Adobe, and nobody has yet. */
export function waitsForPerson({ method, state }: Pick<Migration, 'method' | 'state'>): boolean {
  return method === 'hand-off' && state === 'submitted';
}

/** Responses to a start after which nothing can have happened, and which will be the same next time. */
const PERMANENT_REFUSALS = [401, 403, 404, 405];

/** Whether a confirmed migration whose start Adobe refused may continue as a hand-off. */
export function mayContinueByHand({ method, step, state, reason }: Migration): boolean {
  const isOurs = method === 'query-service' && step === 'start' && state === 'failed';
  return isOurs && reason?.code === 'refused' && PERMANENT_REFUSALS.includes(reason.problem.status ?? 0);
}

/** What to do next with a migration; `wait` leaves everything as it is. */
export type Verdict =
  | { readonly do: 'wait' }
  | { readonly do: 'send' }
  | { readonly do: 'move'; readonly to: InFlightState | EndState; readonly reason: Reason | null };

const WAIT: Verdict = { do: 'wait' };

/**
 * Decides on a confirmed migration whose turn it is, from Adobe's state read right before acting. Sends only on exactly
 * the state that the plan begins from. `waitedMs`: since it became first in the queue; `confirmationAgeMs`: since it
 * was confirmed.
 */
export function verdictBeforeSending(
  plan: Plan,
  reading: StatusReading,
  { waitedMs, confirmationAgeMs }: { waitedMs: number; confirmationAgeMs: number },
  timeoutMs: number,
): Verdict {
  if ('problem' in reading) {
    const isPause = reading.problem.until !== undefined && confirmationAgeMs < CONFIRMATION_TTL_MS;
    if (isPause || (isTransient(reading.problem.kind) && waitedMs < timeoutMs)) return WAIT;
    return { do: 'move', to: 'failed', reason: { code: 'unchecked', problem: reading.problem } };
  }
  switch (reading.status) {
    case plan.from:
      return confirmationAgeMs < CONFIRMATION_TTL_MS
        ? { do: 'send' }
        : { do: 'move', to: 'failed', reason: { code: 'outdated' } };
    case 'completed':
      return { do: 'move', to: 'migrated', reason: { code: 'elsewhere' } };
    case 'started':
      // In the Developer Console, that is all a start does: it rests there.
      return { do: 'move', to: plan.end === 'bound' ? 'bound' : 'running', reason: { code: 'elsewhere' } };
    case 'not_started':
      return plan.end === 'undone'
        ? { do: 'move', to: 'undone', reason: { code: 'elsewhere' } }
        : { do: 'move', to: 'failed', reason: { code: 'put_back' } };
    default:
      return { do: 'move', to: 'failed', reason: { code: 'not_eligible' } };
  }
}

/**
 * Decides on a migration that may be in progress at Adobe. Only Adobe's state decides; while it is unclear, the
 * migration waits until `timeoutMs` after the intent was recorded, then needs a person.
 */
export function verdictInFlight(
  plan: Plan,
  migration: Pick<Migration, 'state' | 'method' | 'startProblem' | 'reason'>,
  reading: StatusReading,
  elapsedMs: number,
  timeoutMs: number,
): Verdict {
  const status = 'status' in reading ? reading.status : null;
  const problem = 'problem' in reading ? reading.problem : null;
  const end = status === null ? null : endShownBy(plan, migration, status);
  if (end !== null) return { do: 'move', ...end };
  const isBegun = status === 'started' && plan.from !== 'started' && migration.state === 'submitted';
  // However late a person has pressed Migrate, Adobe has its usual time from then on.
  if (isBegun && migration.method === 'hand-off') return { do: 'move', to: 'running', reason: null };
  // Adobe's state decides after its pause, unless people and the queue would wait too long.
  if (problem?.until !== undefined && elapsedMs < Math.max(timeoutMs, PAUSED_MS)) return WAIT;
  if (elapsedMs < timeoutMs) return isBegun ? { do: 'move', to: 'running', reason: null } : WAIT;
  const isUnsent = migration.reason?.code === 'elsewhere';
  // It rests there until a person ends it.
  if (isUnsent && status === 'started') return { do: 'move', to: 'failed', reason: migration.reason };
  const unclear = { code: 'unclear', lastStatus: status, problem: problem ?? migration.startProblem } as const;
  return { do: 'move', to: 'needs_attention', reason: isUnsent ? { ...unclear, isUnsent } : unclear };
}

/** What ends a migration in flight at once. */
function endShownBy(
  { from, to, end }: Plan,
  { state, reason }: Pick<Migration, 'state' | 'reason'>,
  status: AdobeStatus,
): { readonly to: EndState; readonly reason: Reason | null } | null {
  if (status === 'completed') return { to: 'migrated', reason: to === 'completed' ? reason : { code: 'elsewhere' } };
  if (status === to) return { to: end, reason };
  if (status !== 'not_started') return null;
  // Not yet, or never: only from `started` it has gone back.
  return state === 'running' || from === 'started' ? { to: 'failed', reason: { code: 'put_back' } } : null;
}

/** How a migration that needs attention ends once Adobe's state says so; null while it does not. */
export function lateEnd(
  { to, end }: Plan,
  status: AdobeStatus,
): Exclude<EndState, 'failed' | 'needs_attention'> | null {
  if (status === 'completed') return 'migrated';
  return status === to ? end : null;
}
