import type { AuditEntry } from '../audit/audit-entry.ts';
import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { MessageRef, Migration, MigrationState, Reason } from './migration.ts';

/** What an arrow may bring along. */
export interface MigrationChanges {
  readonly decidedBy?: string;
  readonly decidedAt?: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly reason?: Reason | null;
}

export type AuditNote = Pick<AuditEntry, 'at' | 'actor' | 'detail'>;

export interface MigrationStore {
  /** Writes a question down, with its audit row. */
  ask(migration: Migration): Promise<void>;
  get(id: string): Promise<Migration | null>;
  /**
   * Goes along one arrow, with its audit row, as one conditional update. Null when the migration is not in
   * `from` any more, or when the arrow would break "one open per credential" or "one in flight per organisation".
   */
  move(
    id: string,
    from: MigrationState,
    to: Exclude<MigrationState, 'confirmed'>,
    changes: MigrationChanges,
    note: AuditNote,
  ): Promise<Migration | null>;
  /** Confirms a question that has not lapsed at `at`; as `move`. */
  confirm(id: string, by: string, at: Date): Promise<Migration | null>;
  /** All that are open: in flight first, then those in line in the order of their confirmation. */
  queue(): Promise<Migration[]>;
  activeOf(technicalAccountId: string): Promise<Migration | null>;
  /** The latest one of this credential that was confirmed. */
  latestConfirmed(technicalAccountId: string): Promise<Migration | null>;
  /** Questions nobody answered in time. */
  overdueRequests(now: Date): Promise<Migration[]>;
  /** Open questions about this credential. */
  pendingRequests(technicalAccountId: string): Promise<Migration[]>;
  /** Open questions about what Adobe has migrated, or is migrating. */
  supersededRequests(): Promise<Migration[]>;
  /** Those that needed a person, and that Adobe's state by now says are migrated. */
  lateCompletions(): Promise<Migration[]>;
  noteStartProblem(id: string, problem: AdobeProblem): Promise<void>;
  setMessage(id: string, message: MessageRef): Promise<void>;
  setQuestionMessage(id: string, question: MessageRef): Promise<void>;
  /** Those that ended and whose end was not told yet, oldest end first. */
  unnotified(): Promise<Migration[]>;
  /** Only this end: one that came in the meantime is still to be told. */
  markNotified(migration: Pick<Migration, 'id' | 'endedAt'>, at: Date): Promise<void>;
}
