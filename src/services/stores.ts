import type { AuditEntry, HistoryEntry } from '../domain/audit.ts';
import type {
  AdobeStatus,
  Counts,
  Credential,
  CredentialStatus,
  ListedCredential,
} from '../domain/credential.ts';
import type { AdobeProblem } from '../domain/errors.ts';
import type { MessageRef, Migration, MigrationState, Reason } from '../domain/migration.ts';

/** Which credentials to show; all conditions hold together. */
export interface CredentialFilter {
  readonly status?: CredentialStatus;
  /** Only those assigned to this email, whatever its case. */
  readonly owner?: string;
  /** Beside the owner's, these technical account ids as well. */
  readonly orIds?: readonly string[];
  /** Words that must all occur in name, description, owner, sandbox or technical account id. */
  readonly words?: readonly string[];
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** How many there are on all pages. */
  readonly total: number;
}

export interface CredentialStore {
  page(filter: CredentialFilter, offset: number, limit: number): Promise<Page<ListedCredential>>;
  get(technicalAccountId: string): Promise<ListedCredential | null>;
  /** Those of exactly this name, without regard to case. */
  named(name: string): Promise<ListedCredential[]>;
  /** All names with their ids, for suggestions. */
  names(): Promise<{ technicalAccountId: string; name: string }[]>;
  counts(): Promise<Counts>;
  setAdobeStatus(technicalAccountId: string, status: AdobeStatus): Promise<void>;
}

/** What a finished sync knows. */
export interface SyncStore {
  /**
   * Everything Adobe knows, as one change: those missing in it are gone from Adobe and leave the list. `noticed`: what
   * history says of that change, kept with it or not at all.
   */
  replaceCredentials(
    credentials: readonly Credential[],
    at: Date,
    noticed: readonly AuditEntry[],
  ): Promise<void>;
  /** All of them with their ids, to see what changed. */
  adobeStates(): Promise<Map<string, { status: AdobeStatus; consoleId: string | null }>>;
  /** Integration id → bare technical account id, null for an integration without one. Never changes. */
  knownIntegrations(): Promise<Map<string, string | null>>;
  rememberIntegrations(found: ReadonlyMap<string, string | null>): Promise<void>;
  syncState(): Promise<SyncState>;
  noteSync(state: { triedAt: Date; problem: AdobeProblem | null }): Promise<void>;
}

export interface SyncState {
  /** Null before the first sync. */
  readonly triedAt: Date | null;
  readonly succeededAt: Date | null;
  /** Why the latest one failed. */
  readonly problem: AdobeProblem | null;
}

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
  line(): Promise<Migration[]>;
  openOf(technicalAccountId: string): Promise<Migration | null>;
  /** The latest one of this credential that was confirmed. */
  latestConfirmed(technicalAccountId: string): Promise<Migration | null>;
  /** Questions nobody answered in time. */
  lapsed(now: Date): Promise<Migration[]>;
  /** Open questions about this credential. */
  questions(technicalAccountId: string): Promise<Migration[]>;
  /** Open questions about what Adobe has migrated, or is migrating. */
  overtaken(): Promise<Migration[]>;
  /** Those that needed a person, and that Adobe's state by now says are migrated. */
  lateEnds(): Promise<Migration[]>;
  noteStartProblem(id: string, problem: AdobeProblem): Promise<void>;
  setMessage(id: string, message: MessageRef): Promise<void>;
  setQuestion(id: string, question: MessageRef): Promise<void>;
  /** Those that ended and whose end was not told yet, oldest end first. */
  untold(): Promise<Migration[]>;
  /** Only this end: one that came in the meantime is still to be told. */
  markTold(migration: Pick<Migration, 'id' | 'endedAt'>, at: Date): Promise<void>;
}

export interface AuditTrail {
  record(entry: AuditEntry): Promise<void>;
  /** Newest first; of one credential or of all. */
  history(technicalAccountId: string | null, offset: number, limit: number): Promise<Page<HistoryEntry>>;
}

/** Rights to be the only one at something, across instances, given back by themselves. */
export interface Leases {
  /** Takes or renews; false when another holder has it until later than `now`. */
  acquire(name: string, now: Date, ttlMs: number): Promise<boolean>;
  release(name: string): Promise<void>;
}
