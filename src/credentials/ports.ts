import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Page } from '../lib/page.ts';
import type { AdobeProblem } from './adobe-error.ts';
import type { Account, UnreadItem } from './adobe-reader.ts';
import type {
  AdobeStatus,
  Counts,
  Credential,
  CredentialStatus,
  KnownStatus,
  ListedCredential,
  OwnedCredential,
} from './credential.ts';
import type { UnreadAccount } from './unread-account.ts';

/** Which credentials to show; all conditions must hold. */
export interface CredentialFilter {
  readonly statuses?: readonly CredentialStatus[];
  /**
   * Only those that this person is responsible for: assigned to their email or to another that Slack says is theirs, or
   * taken over. Emails are compared case-insensitively; `id` is their Slack user id.
   */
  readonly ownedBy?: { readonly id: string; readonly email: string | null };
  /** True: only those on hold; false: only the others. */
  readonly isHeld?: boolean;
  readonly isProduction?: true;
  /** Only those whose jobs fail. */
  readonly isFailing?: true;
  /** Only those judged so when their usage was last read; idle only if none of that was read before `since`. */
  readonly isInUse?: true;
  readonly isIdle?: { readonly since: Date };
  /** Only those that nobody owns. */
  readonly isOwned?: false;
  /** Words that must all occur in name, description, owner, sandbox or technical account id. */
  readonly words?: readonly string[];
}

/** The first `limit` credentials that match. */
export interface FirstPage {
  readonly filter: CredentialFilter;
  readonly limit: number;
}

export interface CredentialStore {
  page(filter: CredentialFilter, offset: number, limit: number): Promise<Page<ListedCredential>>;
  /** The next credentials by name, after this one; null: from the first. */
  after(last: ListedCredential | null, limit: number): Promise<ListedCredential[]>;
  get(technicalAccountId: string): Promise<ListedCredential | null>;
  /** The first pages of several filters, each with its total. */
  firstPages(wanted: readonly FirstPage[]): Promise<Page<ListedCredential>[]>;
  first(filter: CredentialFilter): Promise<ListedCredential | null>;
  /** In the order of the list: the first `limit` of each owner, and of those that each person took over from them. */
  byOwner(statuses: readonly CredentialStatus[], limit: number): Promise<OwnedCredential[]>;
  /** The one with this technical account id, or those with exactly this name, case-insensitive. */
  named(name: string): Promise<ListedCredential[]>;
  /** The names of all, in no particular order, for suggestions. */
  names(): Promise<string[]>;
  /** Stores a status that was read outside of a sync; a sync that began earlier does not overwrite it. */
  setAdobeStatus(technicalAccountId: string, status: AdobeStatus, at: Date): Promise<void>;
}

/** Adobe's side of a credential, as last read. */
export interface AdobeState {
  readonly status: AdobeStatus;
  /** When the status was last read outside of a sync. */
  readonly statusReadAt: Date | null;
  readonly consoleId: string | null;
}

/** The certificate of a JWT credential, as read from the Console. */
export interface Certificate {
  /** The end of its last day; null if the Console does not say. */
  readonly until: Date | null;
  readonly readAt: Date;
}

/** What earlier syncs read about an integration. */
export interface KnownIntegration {
  readonly technicalAccountId: string | null;
  /** Null: not asked yet. */
  readonly certificate: Certificate | null;
}

/** An account as a sync found it. */
export type AccountInSandboxes = Account & Pick<Credential, 'sandboxes'>;

/** Persists what a sync read. */
export interface SyncStore {
  /**
   * Replaces all credentials in one transaction, together with the audit entries of what others changed at Adobe.
   * Credentials that are missing are gone from Adobe and leave the list. A status that was read outside of a sync since
   * `began`, the beginning of this reading, is newer and stays.
   */
  replaceCredentials(
    credentials: readonly Credential[],
    began: Date,
    externalChanges: readonly AuditEntry[],
  ): Promise<void>;
  /** The accounts that were at Adobe at the last sync. */
  present(): Promise<AccountInSandboxes[]>;
  /** By technical account id. */
  adobeStates(): Promise<Map<string, AdobeState>>;
  /** By integration id. */
  knownIntegrations(): Promise<Map<string, KnownIntegration>>;
  /** Integration id → bare technical account id, null for an integration without one. Never changes. */
  rememberIntegrations(found: ReadonlyMap<string, string | null>): Promise<void>;
  /** Integration id → its certificate. */
  rememberCertificates(found: ReadonlyMap<string, Certificate>): Promise<void>;
  /** During the first sync: integration id → its status, read at this time. */
  rememberStatuses(found: ReadonlyMap<string, KnownStatus>, at: Date): Promise<void>;
  /** Statuses read after `since` and not outside of a sync later, by integration id; none once a sync has succeeded. */
  rememberedStatuses(since: Date): Promise<Map<string, KnownStatus>>;
  syncState(): Promise<SyncState>;
  overview(): Promise<Overview>;
  /** Only during the first sync. */
  noteProgress(progress: SyncProgress): Promise<void>;
  /** A success clears the progress and the statuses that the first sync remembered. */
  noteSync(state: Pick<SyncState, 'problem' | 'unread'> & { readonly triedAt: Date }): Promise<void>;
}

/** Items of one kind that the latest sync could not read and left out. */
export interface UnreadItems {
  readonly what: UnreadItem['what'];
  readonly count: number;
  /** The first of their names in alphabetical order. */
  readonly names: readonly string[];
  /** The problem of one of them. */
  readonly problem: AdobeProblem;
  /** For accounts: where each is. Missing in what an earlier version wrote. */
  readonly accounts?: readonly UnreadAccount[];
}

export interface SyncState {
  /** Null before the first sync. */
  readonly triedAt: Date | null;
  readonly succeededAt: Date | null;
  /** Why the latest one failed. */
  readonly problem: AdobeProblem | null;
  readonly unread: readonly UnreadItems[];
  /** How far the first sync is, or was when it failed; null once one has succeeded. */
  readonly progress: SyncProgress | null;
}

/** The state of all credentials and of the sync. */
export interface Overview {
  /** How many credentials exist, by status. */
  readonly counts: Counts;
  readonly sync: SyncState;
}

/** How far the first sync is. */
export interface SyncProgress {
  /** Credentials whose status is read. */
  readonly read: number;
  /** Credentials that Query Service lists; null until the list has been read. */
  readonly total: number | null;
  readonly at: Date;
}

/** A credential's status at Adobe that changed since the last sync. */
export type StatusChange = Pick<Credential, 'technicalAccountId' | 'adobeStatus'>;

/** Interprets what changed at Adobe. */
export interface AdobeWatcher {
  /** Audit entries for the credentials whose migration someone else moved forward. */
  externalChanges(changes: readonly StatusChange[]): Promise<AuditEntry[]>;
  /** Voids the pending requests for credentials that are migrated or migrating. */
  voidSuperseded(): Promise<void>;
}
