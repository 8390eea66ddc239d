import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Page } from '../lib/page.ts';
import type { AdobeProblem } from './adobe-error.ts';
import type { Account, UnreadItem } from './adobe-reader.ts';
import type { AdobeStatus, Counts, Credential, CredentialStatus, ListedCredential } from './credential.ts';

/** Which credentials to show; all conditions must hold. */
export interface CredentialFilter {
  readonly statuses?: readonly CredentialStatus[];
  /** Only those assigned to this email, case-insensitive. */
  readonly owner?: string;
  /** With `owner`: these technical account ids as well. */
  readonly orIds?: readonly string[];
  /** Words that must all occur in name, description, owner, sandbox or technical account id. */
  readonly words?: readonly string[];
}

export interface CredentialStore {
  page(filter: CredentialFilter, offset: number, limit: number): Promise<Page<ListedCredential>>;
  get(technicalAccountId: string): Promise<ListedCredential | null>;
  /** Those with exactly this name, case-insensitive. */
  named(name: string): Promise<ListedCredential[]>;
  /** All names with their ids, for suggestions. */
  names(): Promise<{ technicalAccountId: string; name: string }[]>;
  counts(): Promise<Counts>;
  setAdobeStatus(technicalAccountId: string, status: AdobeStatus): Promise<void>;
}

/** Adobe's side of a credential, as last read. */
export interface AdobeState {
  readonly status: AdobeStatus;
  readonly consoleId: string | null;
}

/** An account as a sync found it. */
export type AccountInSandboxes = Account & Pick<Credential, 'sandboxes'>;

/** Persists what a sync read. */
export interface SyncStore {
  /**
   * Replaces all credentials in one transaction: those missing are gone from Adobe and leave the list. The audit
   * entries of what others changed at Adobe are part of it.
   */
  replaceCredentials(
    credentials: readonly Credential[],
    at: Date,
    externalChanges: readonly AuditEntry[],
  ): Promise<void>;
  /** The accounts that were at Adobe at the last sync. */
  present(): Promise<AccountInSandboxes[]>;
  /** By technical account id. */
  adobeStates(): Promise<Map<string, AdobeState>>;
  /** Integration id → bare technical account id, null for an integration without one. Never changes. */
  knownIntegrations(): Promise<Map<string, string | null>>;
  rememberIntegrations(found: ReadonlyMap<string, string | null>): Promise<void>;
  syncState(): Promise<SyncState>;
  noteSync(state: Pick<SyncState, 'problem' | 'unread'> & { readonly triedAt: Date }): Promise<void>;
}

/** What of one sort the latest sync could not read. It left these out. */
export interface Unread {
  readonly what: UnreadItem['what'];
  readonly count: number;
  /** The first of them in the order of the alphabet. */
  readonly names: readonly string[];
  /** Of one of them. */
  readonly problem: AdobeProblem;
}

export interface SyncState {
  /** Null before the first sync. */
  readonly triedAt: Date | null;
  readonly succeededAt: Date | null;
  /** Why the latest one failed. */
  readonly problem: AdobeProblem | null;
  readonly unread: readonly Unread[];
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
