import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { AdobeStatus, CredentialStatus, ListedCredential } from '../credentials/credential.ts';
import { heldReason, isBlockedByHold } from '../holds/hold.ts';
import { changeSince, type Impact, type ImpactChange, impactOf } from '../usage/impact.ts';
import type { Call } from './method.ts';
import { type MethodName, type MethodStep, planOf, type Step } from './steps.ts';

/** `asked → confirmed → submitted → running`, then an end; {@link ARROWS} has every move. */
export type MigrationState =
  /** A person was asked to confirm; nothing else happened. */
  | 'asked'
  /** A person confirmed; it waits in the queue. Nothing was sent. */
  | 'confirmed'
  /** The intent to send is recorded; the start may or may not have reached Adobe. */
  | 'submitted'
  /** Adobe says that it is migrating. */
  | 'running'
  | 'migrated'
  /** Half done: both credentials exist, until another request finishes or undoes that. */
  | 'bound'
  /** The OAuth credential is removed again; the JWT one works as before. */
  | 'undone'
  | 'failed'
  /** Only a person checking in Adobe can say how it ended; never sent again automatically. */
  | 'needs_attention'
  /** It needed attention, and a person settled it in Adobe and said so. */
  | 'resolved'
  | 'cancelled'
  | 'expired'
  /** The credential is no longer as it was shown. */
  | 'void'
  /** A dry run was confirmed and is over: nothing was sent, nothing will be. */
  | 'dry_run';

const ARROWS: Readonly<Record<MigrationState, readonly MigrationState[]>> = {
  // Which of `confirmed` and `dry_run` was decided with the request; the store's conditions hold it.
  asked: ['confirmed', 'cancelled', 'expired', 'void', 'dry_run'],
  // Without `submitted` in between nothing was sent: it was started elsewhere, or Adobe's state could not be read.
  confirmed: ['submitted', 'running', 'migrated', 'bound', 'undone', 'failed'],
  submitted: ['running', 'migrated', 'bound', 'undone', 'failed', 'needs_attention'],
  // `bound`: begun elsewhere, as an earlier version watched it.
  running: ['migrated', 'bound', 'failed', 'needs_attention'],
  // Adobe got there late, which only its status can say; or a person resolved it.
  needs_attention: ['migrated', 'bound', 'undone', 'resolved'],
  resolved: [],
  migrated: [],
  bound: [],
  undone: [],
  // Only `MigrationStore.continueByHand` leads out of it, once: the same confirmation continues as a hand-off.
  failed: [],
  cancelled: [],
  expired: [],
  void: [],
  dry_run: [],
};

export function mayMove(from: MigrationState, to: MigrationState): boolean {
  return ARROWS[from].includes(to);
}

/** States in which a confirmed migration has not ended. One per credential. */
export const ACTIVE_STATES = ['confirmed', 'submitted', 'running'] as const satisfies MigrationState[];
/** States in which Adobe may be migrating. One per organisation. */
export const IN_FLIGHT_STATES = ['submitted', 'running'] as const satisfies MigrationState[];
/** Ends of a confirmed migration that people must be notified of. */
export const END_STATES = [
  'migrated',
  'bound',
  'undone',
  'failed',
  'needs_attention',
] as const satisfies MigrationState[];

export type InFlightState = (typeof IN_FLIGHT_STATES)[number];
export type EndState = (typeof END_STATES)[number];
/** How a request may end: with a migration or without. */
export type Outcome = EndState | 'resolved' | 'cancelled' | 'expired' | 'void' | 'dry_run';

/** Why a migration ended as it did, or a request became void. */
export type Reason =
  /** Adobe refused the start. Nothing was migrated. */
  | { readonly code: 'refused'; readonly problem: AdobeProblem }
  /** The start could not be sent. Nothing was migrated. */
  | { readonly code: 'unsent'; readonly problem: AdobeProblem }
  /** The process stood still between the decision and the start. Nothing was sent. */
  | { readonly code: 'late' }
  /** Right before the start, Adobe's state could not be read. Nothing was sent. */
  | { readonly code: 'unchecked'; readonly problem: AdobeProblem }
  /** Right before the start, Adobe said that it cannot be migrated. Nothing was sent. */
  | { readonly code: 'not_eligible' }
  /** The confirmation had expired when its turn came. Nothing was sent. */
  | { readonly code: 'outdated' }
  /** Adobe had started and went back to not started. */
  | { readonly code: 'put_back' }
  /** It timed out in an unclear state; `problem` when that could not be read or the start's response was lost. */
  | {
      readonly code: 'unclear';
      readonly lastStatus: AdobeStatus | null;
      readonly problem: AdobeProblem | null;
      /** It was begun outside qs-creds, so that nothing was sent from here. */
      readonly isUnsent?: true;
    }
  /** Slack user id of the person who settled it in Adobe. */
  | { readonly code: 'resolved'; readonly by: string }
  /** A person decided not to press Migrate in Adobe now: who, as a Slack user id. Nothing was migrated. */
  | { readonly code: 'handed_back'; readonly by: string }
  /** Slack user id of the person who took it out of the queue. Nothing was sent. */
  | { readonly code: 'withdrawn'; readonly by: string }
  /** A backup was restored in which it was queued: it may have been sent since the backup. */
  | { readonly code: 'restored' }
  /** It was migrated, or its migration was begun, outside qs-creds. */
  | { readonly code: 'elsewhere' }
  /** Name, owner or sandboxes differ from what the question showed. */
  | { readonly code: 'changed' }
  /** What depends on it differs from what the question showed. Nothing was sent. */
  | { readonly code: 'impact_changed'; readonly change: ImpactChange }
  /** Somebody holds it until a day has passed: who, as a Slack user id, and why, in their own words. Nothing was sent. */
  | ReturnType<typeof heldReason>
  /** Another request for the same credential was confirmed first; or the same person has asked again. */
  | { readonly code: 'answered_elsewhere' | 'asked_again' }
  /** The second person declined, with a reason in their own words. */
  | { readonly code: 'declined'; readonly words: string }
  /** Slack rejected the question in the channel where others were to see it. */
  | { readonly code: 'not_posted' }
  /** The app is set to dry runs (`DRY_RUN`) since it was confirmed. Nothing was sent. */
  | { readonly code: 'dry_run_set' }
  /** It was a dry run. */
  | ({ readonly code: 'dry_run' } & DryRunResult);

/** The result of a dry run. Nothing was sent. */
export interface DryRunResult {
  /** What would have been sent; null if a person presses Migrate in Adobe. */
  readonly call: Call | null;
  /** Why that is unknown, or why Adobe's state could not be read; null if both are known. */
  readonly problem: AdobeProblem | null;
  /** Adobe's state when it was confirmed; null when it could not be read. */
  readonly status: AdobeStatus | null;
  /** Whether a real confirmation would have led to the call, by what was read. */
  readonly wouldStart: boolean;
}

/** One request to migrate a credential, and its outcome. */
export interface Migration {
  readonly id: string;
  readonly state: MigrationState;
  readonly method: MethodName;
  readonly step: Step;
  /** Decided when it was asked, for good: a dry run is never sent, whatever the setting is by then. */
  readonly isDryRun: boolean;
  readonly technicalAccountId: string;
  /** The Developer Console's id of the credential, by which its status is read. */
  readonly consoleId: string;
  /** The credential as the question showed it: what was confirmed. */
  readonly shown: Shown;
  /** What depends on it, as the question showed it; null: it was not read. */
  readonly impact: Impact | null;
  /** What the question showed before `impact` was read, which may be what a person pressed; null: nothing else. */
  readonly impactBefore: Impact | null;
  /** The Slack channel of the request. */
  readonly channel: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  /** Who confirmed or cancelled it. */
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  /** When it went in flight: the intent to send was recorded, or a start made elsewhere was found. */
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** When a reminder to press Migrate in Adobe was recorded, to be sent. */
  readonly remindedAt: Date | null;
  /** An Adobe error on the start, which alone decides nothing; kept for the person who has to check. */
  readonly startProblem: AdobeProblem | null;
  readonly reason: Reason | null;
  /** The one ordinary message that shows its progress. */
  readonly message: MessageRef | null;
  /** Its address; null: Slack was not asked yet, or gave none. */
  readonly messageLink: MessageLink | null;
  /** Where the question is posted; null when only the asker sees it, in an ephemeral message. */
  readonly questionMessage: MessageRef | null;
  /** Once confirmed, where the pressed question can be replaced, for 30 minutes. A capability: never logged. */
  readonly responseUrl: string | null;
}

export interface Shown {
  readonly name: string;
  readonly owner: string | null;
  /** The owner in Slack, by user id. Left out: Slack has not identified anyone. */
  readonly ownerId?: string;
  readonly sandboxes: readonly string[];
  /** Those of them that are production: with any, the name has to be typed. */
  readonly production: readonly string[];
  /** In a question: production sandboxes that could not be read, or not this account in them, so that it may be in them, too. Left out: none. */
  readonly unreadProduction?: readonly string[];
}

/** A message in Slack: channel id and timestamp. */
export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
  /** Posted because an earlier message about the same could not be edited. */
  readonly isRepost?: boolean;
}

/** The address of a message, for people. */
export interface MessageLink {
  readonly url: string;
  /** Whether every member of the workspace can open it. */
  readonly isPublic: boolean;
}

/** Requests of one person that may wait for a decision. */
export const MAX_OPEN_REQUESTS = 10;

/**
 * How long a confirmation is valid while it waits in the queue. Milliseconds. Long enough for a queue of hundreds, and
 * short enough that an app restarted a day later, or restored from an old backup, starts nothing unexpected.
 */
export const CONFIRMATION_TTL_MS = 4 * 60 * 60 * 1000;

/** What ends a request without a decision by a person. */
export interface Closing {
  readonly to: 'expired' | 'void';
  readonly reason: Reason | null;
}

/** Why a request can no longer be confirmed; null while it can. `isActive`: another migration of the credential is. */
export function closingOf(
  request: Pick<Migration, 'shown' | 'impact' | 'expiresAt' | 'method' | 'step'>,
  credential: ListedCredential | null,
  isActive: boolean,
  now: Date,
): Closing | null {
  if (request.expiresAt <= now) return { to: 'expired', reason: null };
  if (isActive) return { to: 'void', reason: { code: 'answered_elsewhere' } };
  const required = requiredStatusOf(request);
  const elsewhere = ['eligible', 'migrated', 'migrating', 'unfinished'].filter((status) => status !== required);
  if (credential !== null && elsewhere.includes(credential.status))
    return { to: 'void', reason: { code: 'elsewhere' } };
  if (credential?.hold != null && isBlockedByHold(request)) return { to: 'void', reason: heldReason(credential.hold) };
  if (credential?.status !== required || !isAsShown(request.shown, credential))
    return { to: 'void', reason: { code: 'changed' } };
  const change = changeSince(request.impact, impactOf(credential, now));
  return change === null ? null : { to: 'void', reason: { code: 'impact_changed', change } };
}

/** The only status of a credential in which this step may be asked for. */
export function requiredStatusOf(methodStep: MethodStep): CredentialStatus {
  return planOf(methodStep).from === 'started' ? 'unfinished' : 'eligible';
}

/** Whether the credential still is what the question showed. */
export function isAsShown(shown: Shown, now: Shown): boolean {
  return (
    shown.name === now.name &&
    shown.owner === now.owner &&
    isSameList(shown.sandboxes, now.sandboxes) &&
    isSameList(shown.production, now.production)
  );
}

function isSameList(before: readonly string[], now: readonly string[]): boolean {
  return before.length === now.length && before.every((each, i) => each === now[i]);
}

/** Whether this state of Adobe's may follow from this, the latest migration of the credential that was confirmed. */
export function mayExplain(
  latest: Pick<Migration, 'state' | 'method' | 'step'> | null,
  status: 'started' | 'completed',
): boolean {
  if (latest === null || ['failed', 'resolved', 'undone'].includes(latest.state)) return false;
  const { from, to } = planOf(latest);
  return status === to || status === from || to === 'completed';
}
