import type { AuditEntry } from '../audit/audit-entry.ts';
import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { Impact } from '../usage/impact.ts';
import type {
  DryRunResult,
  EndState,
  MessageLink,
  MessageRef,
  Migration,
  MigrationState,
  Reason,
} from './migration.ts';
import type { ProgressState } from './progress-state.ts';

/** The columns that a transition may change besides the state. */
export interface MigrationChanges {
  readonly decidedBy?: string;
  readonly decidedAt?: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly reason?: Reason | null;
}

export type AuditNote = Pick<AuditEntry, 'at' | 'actor' | 'detail'>;

/** A migration that needs attention, and how it ends according to Adobe's state. */
export interface LateEnd {
  readonly migration: Migration;
  readonly to: Exclude<EndState, 'failed' | 'needs_attention'>;
}

/** An end, with the message of the migration before it was shown. */
export type ShownEnd = Pick<Migration, 'id' | 'endedAt' | 'message'>;

/** A start that Adobe refused, as it will every other until a setting is changed. */
export interface StartRefusal {
  readonly problem: AdobeProblem;
  /** When the migration was confirmed. */
  readonly confirmedAt: Date | null;
}

export interface MigrationStore {
  /**
   * Persists a request, with its audit row, and voids what the same person had open about the same credential, in one
   * transaction. Returns those earlier requests; null, without effect, when the asker has too many open ones.
   */
  ask(request: Migration): Promise<readonly Migration[] | null>;
  get(id: string): Promise<Migration | null>;
  /**
   * Moves along one arrow, with its audit row, in one conditional update. Null when the migration is no longer in
   * `from`, when the move would break "one active per credential" or "one in flight per organisation", or when it leads
   * to a start and the credential is on hold.
   */
  move(
    id: string,
    from: MigrationState,
    to: Exclude<MigrationState, 'confirmed' | 'dry_run'>,
    changes: MigrationChanges,
    note: AuditNote,
  ): Promise<Migration | null>;
  /**
   * Confirms a request that has not expired at `at` and is no dry run; otherwise as `move`. `responseUrl`: where the
   * question that was pressed can be replaced; `seen`: what depends on it, as it was on screen then, to be kept.
   */
  confirm(
    id: string,
    by: string,
    at: Date,
    responseUrl?: string | null,
    seen?: Impact | null,
  ): Promise<Migration | null>;
  /** Ends a dry run that has not expired at `at`, with its confirmation; null for any other request. Otherwise as `move`. */
  endDryRun(id: string, by: string, at: Date, found: DryRunResult): Promise<Migration | null>;
  /**
   * Goes on as a hand-off with a failed query-service migration that was confirmed after `confirmedSince`; `by`: who
   * pressed. Otherwise as `move`.
   */
  continueByHand(id: string, by: string, at: Date, confirmedSince: Date): Promise<Migration | null>;
  /** Records the reminder to press Migrate in Adobe, with its notice, while that is waited for; false when it is recorded already. */
  recordReminder(id: string, at: Date): Promise<boolean>;
  /** All active ones: in flight first, then those waiting in the order of their confirmation. */
  queue(): Promise<Migration[]>;
  activeOf(technicalAccountId: string): Promise<Migration | null>;
  /** The latest migration of this credential that was confirmed. */
  latestConfirmed(technicalAccountId: string): Promise<Migration | null>;
  /** Requests that were not decided before they expired. */
  overdueRequests(now: Date): Promise<Migration[]>;
  /** Requests about this credential that wait for a decision. */
  pendingRequests(technicalAccountId: string): Promise<Migration[]>;
  /** Pending requests about credentials that are no longer in the state of Adobe's from which they go on. */
  supersededRequests(): Promise<Migration[]>;
  /** Migrations that need attention although Adobe's state now shows how they ended. */
  lateEnds(): Promise<LateEnd[]>;
  noteStartProblem(id: string, problem: AdobeProblem): Promise<void>;
  /** Adobe accepts no start from this app until a setting changes; null: it accepted this one, so it does again. */
  noteStartRefusal(id: string, problem: AdobeProblem | null): Promise<void>;
  /** The latest start that Adobe refused in this way, unless it accepted a later one. */
  startRefusal(): Promise<StartRefusal | null>;
  /** Replaces `previous` and forgets its address, unless another instance has done so. */
  setMessage(id: string, message: MessageRef, previous: MessageRef | null): Promise<void>;
  /** Keeps the address of its message; false, without effect, when another message has replaced that. */
  setMessageLink(id: string, message: MessageRef, link: MessageLink): Promise<boolean>;
  /** Replaces what its question is about to show of what depends on it; null, without effect, when it is no longer pending. */
  setImpact(id: string, impact: Impact): Promise<Migration | null>;
  setQuestionMessage(id: string, message: MessageRef): Promise<void>;
  /** Migrations whose end people have not been notified of, oldest end first. */
  unnotified(): Promise<Migration[]>;
  /**
   * Marks this end only: a later end of the same migration still has to be notified. Where it is shown by an edit of the
   * message that the migration had, an `EndNotice` is recorded.
   */
  markNotified(migration: ShownEnd, at: Date): Promise<void>;
  /** People are to be notified of this migration's end again: something older may have replaced it in Slack. */
  notifyAgain(id: string): Promise<void>;
}

/** Finds the people who may migrate. */
export interface MigratorDirectory {
  /**
   * User ids of at most so many. `isWhole`: all there are, up to so many.
   * @throws when Slack does not say; without `isWhole`, only where no one is known
   */
  migratorIds(atMost: number, options?: { readonly isWhole?: boolean }): Promise<string[]>;
}

/** The questions in Slack. Best effort: the database decides, Slack only shows it. */
export interface ConfirmationMessages {
  /**
   * Posts an ordinary message in the request's channel, which mentions the `approvers`, or the groups they are in; null
   * when Slack rejects it there. @throws when Slack is unavailable
   */
  post(request: Migration, credential: ListedCredential, approvers: readonly string[]): Promise<MessageRef | null>;
  /** Shows the posted question again, with what has been read since. @throws when Slack is unavailable */
  revise(request: Migration, credential: ListedCredential, approvers: readonly string[]): Promise<void>;
  /**
   * Replaces the question's buttons by what became of it, where that is possible. `responseUrl`: where the message with
   * the pressed button can be replaced; null when no button was pressed. Never throws.
   */
  close(request: Migration, responseUrl: string | null): Promise<void>;
  /** The address of the message about a migration; null where Slack gives none. Never throws. */
  linkTo(migration: Migration): Promise<MessageLink | null>;
  /** Adds to a confirmed question the link to its progress, which has been posted. Never throws. */
  link(migration: Migration): Promise<void>;
}

/** The progress messages in Slack. */
export interface ProgressMessages {
  /**
   * Edits the migration's message, or posts one where there is none or it cannot be edited; progress is posted at most
   * twice. An end goes to the next best person. Null when Slack rejects this message everywhere, which says nothing
   * about others. An end at whose place Slack fails for minutes goes on to people, too. @throws {RateLimitedError} when
   * Slack asks for a pause, {ResponseLostError}, and other errors when it is unavailable
   */
  show(migration: Migration, progress: ProgressState): Promise<MessageRef | null>;
}

/** A message was posted and no response came: it may have arrived, and a repetition may be a second one. */
export class ResponseLostError extends Error {
  override readonly name = 'ResponseLostError';

  constructor(cause: unknown) {
    super('the response to a post was lost', { cause });
  }
}
