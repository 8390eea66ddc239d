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
   * Only those that this person is responsible for: assigned to their email, or to one that Slack has said is theirs, or
   * taken over. Case-insensitive; `id`: of their Slack user.
   */
  readonly ownedBy?: { readonly id: string; readonly email: string | null };
  /** Only those that are on hold, or only the others. */
  readonly isHeld?: boolean;
  readonly isProduction?: true;
  /** Only those whose jobs fail. */
  readonly isFailing?: true;
  /** Only those of which this was judged at the latest reading of their use; `idle` only where that began `since` then. */
  readonly isInUse?: true;
  readonly isIdle?: { readonly since: Date };
  /** Only those that nobody owns. */
  readonly isOwned?: false;
  /** Words that must all occur in name, description, owner, sandbox or technical account id. */
  readonly words?: readonly string[];
}

/** So many of those that match, from the first. */
export interface FirstPage {
  readonly filter: CredentialFilter;
  readonly limit: number;
}

export interface CredentialStore {
  page(filter: CredentialFilter, offset: number, limit: number): Promise<Page<ListedCredential>>;
  /** All of them, by name: those that follow this one. */
  after(last: ListedCredential | null, limit: number): Promise<ListedCredential[]>;
  get(technicalAccountId: string): Promise<ListedCredential | null>;
  /** The first pages of several filters, each with its total. */
  firstPages(wanted: readonly FirstPage[]): Promise<Page<ListedCredential>[]>;
  first(filter: CredentialFilter): Promise<ListedCredential | null>;
  /** In the order of the list, the first `limit` of each owner, and of each owner's that one person took over. */
  byOwner(statuses: readonly CredentialStatus[], limit: number): Promise<OwnedCredential[]>;
  /** The one with this technical account id, or those with exactly this name, case-insensitive. */
  named(name: string): Promise<ListedCredential[]>;
  /** All names with their ids, for suggestions. */
  names(): Promise<{ technicalAccountId: string; name: string }[]>;
  /** A status that was read alone, now: a sync that began earlier does not revert it. */
  setAdobeStatus(technicalAccountId: string, status: AdobeStatus, at: Date): Promise<void>;
}

/** Adobe's side of a credential, as last read. */
export interface AdobeState {
  readonly status: AdobeStatus;
  /** When the status was last read alone, outside of a sync. */
  readonly statusReadAt: Date | null;
  readonly consoleId: string | null;
}

/** The certificate of a JWT credential, as the Console told it once. */
export interface Certificate {
  /** The end of its last day; null where the Console does not tell it. */
  readonly until: Date | null;
  readonly readAt: Date;
}

/** What the Console said about an integration before. */
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
   * Replaces all credentials in one transaction: those missing are gone from Adobe and leave the list. The audit
   * entries of what others changed at Adobe are part of it. A status that was read alone since `began`, the beginning of
   * this reading, is newer and stays.
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
  /** Those read after `since` and not read alone later, by integration id; none once a sync has succeeded. */
  rememberedStatuses(since: Date): Promise<Map<string, KnownStatus>>;
  syncState(): Promise<SyncState>;
  overview(): Promise<Overview>;
  /** During the first sync. */
  noteProgress(progress: SyncProgress): Promise<void>;
  /** A success ends the progress, and forgets the statuses that the first sync remembered. */
  noteSync(state: Pick<SyncState, 'problem' | 'unread'> & { readonly triedAt: Date }): Promise<void>;
}

/** What of one sort the latest sync could not read. It left these out. */
export interface Unread {
  readonly what: UnreadItem['what'];
  readonly count: number;
  /** The first of them in the order of the alphabet. */
  readonly names: readonly string[];
  /** The problem of one of them. */
  readonly problem: AdobeProblem;
  /** Of accounts: where each is. Left out in what an earlier version wrote. */
  readonly accounts?: readonly UnreadAccount[];
}

export interface SyncState {
  /** Null before the first sync. */
  readonly triedAt: Date | null;
  readonly succeededAt: Date | null;
  /** Why the latest one failed. */
  readonly problem: AdobeProblem | null;
  readonly unread: readonly Unread[];
  /** How far the first sync is, or was when it failed; null once one has succeeded. */
  readonly progress: SyncProgress | null;
}

/** Where the whole stands. */
export interface Overview {
  /** How many credentials exist, by status. */
  readonly counts: Counts;
  readonly sync: SyncState;
}

/** How far the first sync is. */
export interface SyncProgress {
  /** Credentials whose status is read. */
  readonly read: number;
  /** Credentials that Query Service lists; null while it is asked. */
  readonly total: number | null;
  readonly at: Date;
}

/** A credential whose status at Adobe changed since the last sync. */
export type Moved = Pick<Credential, 'technicalAccountId' | 'adobeStatus'>;

/** Interprets what changed at Adobe. */
export interface AdobeWatcher {
  /** Audit entries for the credentials that someone else moved on. */
  externalChanges(moved: readonly Moved[]): Promise<AuditEntry[]>;
  /** Voids the pending requests for credentials that are migrated or migrating. */
  voidSuperseded(): Promise<void>;
}
