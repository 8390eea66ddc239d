import { isTransient } from '../credentials/adobe-error.ts';
import type { StatusReading } from '../credentials/adobe-reader.ts';
import { CONFIRMATION_TTL_MS, type EndState, type InFlightState, type Migration, type Reason } from './migration.ts';

/** What to do next with a migration; `wait` leaves everything as it is. */
export type Verdict =
  | { readonly do: 'wait' }
  | { readonly do: 'send' }
  | { readonly do: 'move'; readonly to: InFlightState | EndState; readonly reason: Reason | null };

const WAIT: Verdict = { do: 'wait' };

/**
 * Decides on a confirmed migration whose turn it is, from Adobe's state read right before acting.
 * Sends only on a plain "not started". `waitedMs`: since it became first in the queue; `confirmationAgeMs`: since it
 * was confirmed.
 */
export function beforeSending(
  reading: StatusReading,
  { waitedMs, confirmationAgeMs }: { waitedMs: number; confirmationAgeMs: number },
  timeoutMs: number,
): Verdict {
  if ('problem' in reading) {
    if (isTransient(reading.problem.kind) && waitedMs < timeoutMs) return WAIT;
    return { do: 'move', to: 'failed', reason: { code: 'unchecked', problem: reading.problem } };
  }
  switch (reading.status) {
    case 'not_started':
      return confirmationAgeMs < CONFIRMATION_TTL_MS
        ? { do: 'send' }
        : { do: 'move', to: 'failed', reason: { code: 'outdated' } };
    case 'started':
      return { do: 'move', to: 'running', reason: { code: 'elsewhere' } };
    case 'completed':
      return { do: 'move', to: 'migrated', reason: { code: 'elsewhere' } };
    default:
      return { do: 'move', to: 'failed', reason: { code: 'not_eligible' } };
  }
}

/**
 * Decides on a migration that may be in progress at Adobe. Only Adobe's state decides; while it is unclear, the
 * migration waits until `timeoutMs` after the intent was recorded, then needs a person.
 */
export function whileInFlight(
  migration: Pick<Migration, 'state' | 'startProblem' | 'reason'>,
  reading: StatusReading,
  elapsedMs: number,
  timeoutMs: number,
): Verdict {
  if ('status' in reading) {
    if (reading.status === 'completed') return { do: 'move', to: 'migrated', reason: migration.reason };
    if (reading.status === 'not_started' && migration.state === 'running') {
      return { do: 'move', to: 'failed', reason: { code: 'put_back' } };
    }
  }
  if (elapsedMs >= timeoutMs) {
    const lastStatus = 'status' in reading ? reading.status : null;
    const problem = 'problem' in reading ? reading.problem : migration.startProblem;
    return { do: 'move', to: 'needs_attention', reason: { code: 'unclear', lastStatus, problem } };
  }
  if ('status' in reading && reading.status === 'started' && migration.state === 'submitted') {
    return { do: 'move', to: 'running', reason: null };
  }
  return WAIT;
}
