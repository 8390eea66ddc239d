import { type AdobeProblem, isTransient } from '../credentials/adobe-error.ts';
import type { AdobeStatus } from '../credentials/credential.ts';

/**
 * `asked → confirmed → submitted → running → migrated | failed | needs_attention`,
 * from `needs_attention`: `migrated | resolved`, and from `asked`: `cancelled | expired | void`.
 */
export type MigrationState =
  /** A question stands; nothing else happened. */
  | 'asked'
  /** A person said yes; waits for its turn. Nothing was sent. */
  | 'confirmed'
  /** The intent to send is written down; the start may or may not have reached Adobe. */
  | 'submitted'
  /** Adobe says that it migrates. */
  | 'running'
  | 'migrated'
  | 'failed'
  /** Nobody can tell without looking in Adobe; never sent again by itself. */
  | 'needs_attention'
  /** It needed a person, who dealt with it in Adobe and said so. */
  | 'resolved'
  | 'cancelled'
  | 'expired'
  /** The credential is not as it was shown any more. */
  | 'void';

const ARROWS: Readonly<Record<MigrationState, readonly MigrationState[]>> = {
  asked: ['confirmed', 'cancelled', 'expired', 'void'],
  // Without `submitted` in between nothing was sent: somebody else was faster, or Adobe could not be asked.
  confirmed: ['submitted', 'running', 'migrated', 'failed'],
  submitted: ['running', 'migrated', 'failed', 'needs_attention'],
  running: ['migrated', 'failed', 'needs_attention'],
  // Adobe's answer came late, and only its status may bring it; or a person has looked.
  needs_attention: ['migrated', 'resolved'],
  resolved: [],
  migrated: [],
  failed: [],
  cancelled: [],
  expired: [],
  void: [],
};

export function mayMove(from: MigrationState, to: MigrationState): boolean {
  return ARROWS[from].includes(to);
}

/** States in which a confirmed migration has not ended. One per credential. */
export const ACTIVE_STATES = ['confirmed', 'submitted', 'running'] as const satisfies MigrationState[];
/** States in which Adobe may be at work. One per organisation. */
export const IN_FLIGHT_STATES = ['submitted', 'running'] as const satisfies MigrationState[];
/** Ends of a confirmed migration, which the people concerned must be told of. */
export const END_STATES = ['migrated', 'failed', 'needs_attention'] as const satisfies MigrationState[];

type RunningState = (typeof IN_FLIGHT_STATES)[number];
export type EndState = (typeof END_STATES)[number];
/** How a question may end: with a migration or without. */
export type Outcome = EndState | 'resolved' | 'cancelled' | 'expired' | 'void';

/** Why a migration ended as it did, or a question became void. */
export type Reason =
  /** Adobe said no to the start. Nothing was migrated. */
  | { readonly code: 'refused'; readonly problem: AdobeProblem }
  /** The start could not leave. Nothing was migrated. */
  | { readonly code: 'unsent'; readonly problem: AdobeProblem }
  /** Right before the start, Adobe's state could not be read. Nothing was sent. */
  | { readonly code: 'unchecked'; readonly problem: AdobeProblem }
  /** Right before the start, Adobe said that it cannot be migrated. Nothing was sent. */
  | { readonly code: 'not_eligible' }
  /** Its turn came long after the yes. Nothing was sent. */
  | { readonly code: 'outdated' }
  /** Adobe had started and went back to not started. */
  | { readonly code: 'put_back' }
  /** It took too long and Adobe's state does not tell; `problem` when it could not be read or the start's answer was lost. */
  | {
      readonly code: 'unclear';
      readonly lastStatus: AdobeStatus | null;
      readonly problem: AdobeProblem | null;
    }
  /** Whoever dealt with it in Adobe, as a Slack user id. */
  | { readonly code: 'resolved'; readonly by: string }
  /** Somebody migrated it, or is at it, outside qs-creds. */
  | { readonly code: 'elsewhere' }
  /** Name, owner or sandboxes differ from what the question showed. */
  | { readonly code: 'changed' }
  /** Another question for the same credential was confirmed first. */
  | { readonly code: 'answered_elsewhere' }
  /** Slack did not take the question where others were to see it. */
  | { readonly code: 'not_posted' };

/** One question and what became of it. */
export interface Migration {
  readonly id: string;
  readonly state: MigrationState;
  readonly technicalAccountId: string;
  /** The Developer Console's id of it, by which its status is read. */
  readonly consoleId: string;
  /** As the question showed it; what the yes was given for. */
  readonly shown: Shown;
  /** Slack channel the question was asked in. */
  readonly channel: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  /** Who confirmed or cancelled it. */
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  /** When it left the line: the intent to send was written down, or somebody else's was found under way. */
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** What Adobe answered to the start when that alone decides nothing: kept for the person who must look. */
  readonly startProblem: AdobeProblem | null;
  readonly reason: Reason | null;
  /** The one ordinary message that shows its progress. */
  readonly message: MessageRef | null;
  /** The question, when it is an ordinary message (second person asked). */
  readonly questionMessage: MessageRef | null;
  /** Where the asker's own question can be replaced, for 30 minutes. A capability: never logged. */
  readonly responseUrl: string | null;
}

export interface Shown {
  readonly name: string;
  readonly owner: string | null;
  readonly sandboxes: readonly string[];
}

/** A message in Slack: channel id and timestamp. */
export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}

/** How long a question may be answered (promise 1). Milliseconds. */
export const REQUEST_TTL_MS = 10 * 60 * 1000;

/**
 * How long a yes holds while it waits in line. Milliseconds. Long enough for a line of hundreds; whoever starts the bot
 * again a day later, or restores an old database, is not surprised by a migration that nobody expects any more.
 */
export const CONFIRMATION_TTL_MS = 4 * 60 * 60 * 1000;

/** Whether the credential still is what the question showed. */
export function sameAsShown(shown: Shown, now: Shown): boolean {
  return (
    shown.name === now.name &&
    shown.owner === now.owner &&
    shown.sandboxes.length === now.sandboxes.length &&
    shown.sandboxes.every((sandbox, i) => sandbox === now.sandboxes[i])
  );
}

/** What Adobe's state said, or why it could not be read. */
export type Reading = { readonly status: AdobeStatus } | { readonly problem: AdobeProblem };

/** What to do next with a migration; `wait` leaves everything as it is. */
export type Verdict =
  | { readonly do: 'wait' }
  | { readonly do: 'send' }
  | { readonly do: 'move'; readonly to: RunningState | EndState; readonly reason: Reason | null };

const WAIT: Verdict = { do: 'wait' };

/**
 * Decides on a confirmed migration whose turn it is, from Adobe's state read right before acting.
 * Sends only on a plain "not started". `waitedMs`: since it was its turn; `yesAgeMs`: since the yes.
 */
export function beforeSending(
  reading: Reading,
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
 * Decides on a migration that may be under way at Adobe. Only Adobe's state decides; an unclear one
 * is waited for until `timeoutMs` after the intent was written, then a person must look.
 */
export function whileInFlight(
  migration: Pick<Migration, 'state' | 'startProblem' | 'reason'>,
  reading: Reading,
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
