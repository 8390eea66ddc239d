import type { Hold } from '../holds/hold.ts';
import type { SandboxUsage } from '../usage/usage.ts';
import type { AdobeProblem } from './adobe-error.ts';

/** The Developer Console's `migrationStatus` of a credential, from JWT to OAuth, in our spelling; `unknown` is ours. */
export type AdobeStatus = 'not_started' | 'started' | 'completed' | 'none' | 'unknown';
/** A status that Adobe reported. */
export type KnownStatus = Exclude<AdobeStatus, 'unknown'>;

/** What a person reads about a credential, in the order of the list: what a person can act on comes first. */
export const CREDENTIAL_STATUSES = [
  'needs_attention',
  'migrating',
  'unfinished',
  'eligible',
  'unknown',
  'not_eligible',
  'migrated',
] as const;

export type CredentialStatus = (typeof CREDENTIAL_STATUSES)[number];

/** Statuses of credentials that are left: all except migrated and not eligible. */
export const LEFT = CREDENTIAL_STATUSES.slice(0, CREDENTIAL_STATUSES.indexOf('not_eligible'));

/** Statuses in which a person still has to act: reminders are about these. */
export const TO_MIGRATE = ['unfinished', 'eligible'] as const satisfies CredentialStatus[];

/** Why the status in the Developer Console is unknown. */
export type UnknownReason =
  /** It shows no integration with this technical account. */
  { readonly code: 'not_in_console' } | { readonly code: 'console_failed'; readonly problem: AdobeProblem };

/** One non-expiring credential of Query Service, across sandboxes. */
export interface Credential {
  /** 24 hex digits in upper case, without Adobe's `@techacct.adobe.com`. Identifies the credential. */
  readonly technicalAccountId: string;
  readonly name: string;
  readonly description: string;
  /** Email of the person it is assigned to, as Adobe spells it; null when unassigned. */
  readonly owner: string | null;
  /** Every sandbox it was seen in, in the order of `ADOBE_SANDBOXES`. */
  readonly sandboxes: readonly string[];
  /** When it was last changed at Adobe; null when Adobe gives no date. */
  readonly changedAt: Date | null;
  readonly adobeStatus: AdobeStatus;
  /** Why `adobeStatus` is unknown; null when it is known. */
  readonly unknownBecause: UnknownReason | null;
  /** The Developer Console's id of the same credential; null when the Console does not show it. */
  readonly consoleId: string | null;
  /** When the certificate of its JWT credential expires; null if unknown. */
  readonly certificateUntil: Date | null;
}

/** Strips Adobe's suffix and case: the Console writes `<24 hex>@techacct.adobe.com`, Query Service the bare digits. */
export function bareAccountId(technicalAccountId: string): string {
  return technicalAccountId.trim().split('@', 1)[0]?.toUpperCase() ?? '';
}

/** The names in `PRODUCTION_SANDBOXES`; null: not set, so a sandbox's own name decides. */
export type ProductionSandboxes = readonly string[] | null;

/**
 * The production sandboxes among these. Without a setting, a name that contains `prod` (Adobe's default sandbox), `prd`
 * or `live` is enough, so `non-prod` counts like `acmeprod`: in doubt a person is asked to type the credential's name.
 */
export function productionAmong(sandboxes: readonly string[], set: ProductionSandboxes): string[] {
  return sandboxes.filter((name) => (set === null ? /prod|prd|live/i.test(name) : set.includes(name)));
}

/** The state of our own migration of a credential: active, or in need of a person. */
export type OurMigrationStatus = 'active' | 'needs_attention';

/** What a person reads, derived from Adobe's status and from our own migration (null: none that matters). */
export function statusOf(adobe: AdobeStatus, ours: OurMigrationStatus | null): CredentialStatus {
  if (ours === 'active') return 'migrating';
  if (adobe === 'completed') return 'migrated';
  if (ours === 'needs_attention') return 'needs_attention';
  switch (adobe) {
    case 'not_started':
      return 'eligible';
    // Adding the OAuth credential begins a migration that waits until a person finishes it in the Developer Console.
    // Source: Adobe's guide "Migrating from Service Account (JWT) credentials to OAuth Server-to-Server credentials".
    case 'started':
      return 'unfinished';
    case 'none':
      return 'not_eligible';
    case 'unknown':
      return 'unknown';
  }
}

/** A credential with what a person reads about it. */
export interface ListedCredential extends Credential {
  /** Its production sandboxes; if there is one, a person has to type the credential's name. */
  readonly production: readonly string[];
  readonly status: CredentialStatus;
  /** Until it ends, no migration is started; null: not on hold. */
  readonly hold: Hold | null;
  /** What it is used for, by sandbox, as far as it has been read; `triageOf` judges it. */
  readonly usage: readonly SandboxUsage[];
}

/** Counts of credentials that are not read individually. */
export interface FurtherCounts {
  readonly count: number;
  readonly production: number;
  readonly failing: number;
}

/** One of the first credentials of an owner, or of those that one person took over from that owner. */
export interface OwnedCredential {
  readonly credential: ListedCredential;
  readonly takenBy: string | null;
  /** Counts of the others of that owner or person; the same for each of the first. */
  readonly further: FurtherCounts;
}

/** Whether a hold on it would have any effect. */
export function isHoldable({ status }: Pick<ListedCredential, 'status'>): boolean {
  return status !== 'migrated' && status !== 'not_eligible';
}

export type Counts = Readonly<Record<CredentialStatus, number>>;

export function countOf(statuses: readonly CredentialStatus[], counts: Counts): number {
  return statuses.reduce((sum, status) => sum + counts[status], 0);
}

/** Overall progress, in the same numbers everywhere; credentials that are not eligible are in neither. */
export function progressOf(counts: Counts): { readonly left: number; readonly total: number } {
  const left = countOf(LEFT, counts);
  return { left, total: left + counts.migrated };
}

export const NO_CREDENTIALS = Object.fromEntries(CREDENTIAL_STATUSES.map((status) => [status, 0])) as Counts;
