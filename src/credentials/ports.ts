import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Page } from '../lib/page.ts';
import type { AdobeProblem } from './adobe-error.ts';
import type { AdobeStatus, Counts, Credential, CredentialStatus, ListedCredential } from './credential.ts';

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
    externalChanges: readonly AuditEntry[],
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
