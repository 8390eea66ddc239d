import type { AuditEntry } from '../audit/audit-entry.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { MessageRef } from '../migrations/migration.ts';
import type { AddressedNotice } from '../notices/notice.ts';
import type { UnreachableCode } from './ports.ts';

/**
 * The credentials that are assigned: an owner's, by Adobe's email, or those without an owner (null); those a person took
 * over; or those that a person says are not theirs, by technical account id.
 */
export type AssignTarget =
  | { readonly owner: string | null }
  | { readonly takenBy: string }
  | { readonly credentials: readonly string[]; readonly saidBy: string };

/** Credentials about which no one is notified, and why; null: they have no owner, or Slack has not identified the owner. */
export interface Missing {
  readonly target: AssignTarget;
  readonly why: UnreachableCode | null;
}

/** Who is notified about a credential instead of its owner. */
export interface Takeover {
  readonly userId: string;
  /** Identifies what was handed over together; null in records of earlier versions. */
  readonly assignment: string | null;
  /** Who handed it over: the person, or a migrator. Null in records of earlier versions. */
  readonly by: string | null;
  readonly at: Date | null;
}

/** By technical account id. */
export type Takeovers = ReadonlyMap<string, Takeover>;

/** The records written with a change of takeovers. */
export interface AssignmentRecord {
  /** The credentials that change hands, by technical account id. */
  readonly ids: readonly string[];
  readonly entries: readonly AuditEntry[];
  readonly notices: readonly AddressedNotice[];
}

/** What a posted digest says about credentials that nobody is notified about. */
export interface PostedDigest {
  readonly message: MessageRef;
  /** As the messenger gave it. */
  readonly content: string;
}

/** Everything that is left to migrate, and who is notified about it. */
export interface AssignedNow {
  readonly credentials: readonly ListedCredential[];
  readonly takeovers: Takeovers;
}

export interface AssignmentStore {
  takeovers(): Promise<Takeovers>;
  /**
   * From now on this person is notified about some credentials. `record`: which, and what is written with it, by what was in
   * force right before; null: nothing is to change. The digest is to be edited. False where nothing was changed.
   */
  assign(
    takeover: { readonly userId: string; readonly assignment: string; readonly by: string; readonly at: Date },
    record: (before: Takeovers) => AssignmentRecord | null,
  ): Promise<boolean>;
  /** Ends what of this assignment is still with this person. The digest is to be edited. Nothing is written where that is none. */
  giveBack(
    userId: string,
    assignment: string,
    at: Date,
    record: (technicalAccountIds: readonly string[], by: string | null) => Omit<AssignmentRecord, 'ids'>,
  ): Promise<readonly string[]>;
  /** Whether Slack rejected the message of this person's last reminder. */
  isRejected(userId: string): Promise<boolean>;
  /** Differs with each change after which the digest has to be edited; null: it is up to date. */
  pendingDigestEdit(): Promise<string | null>;
  /** The latest digest's messages that have something to edit. */
  latestDigest(): Promise<PostedDigest[]>;
  /** The digest shows the state at this edit. */
  clearDigestEdit(edit: string): Promise<void>;
}

/** Whether the credential is one of those. */
export function isTargeted(
  target: AssignTarget,
  { owner, technicalAccountId }: ListedCredential,
  takeovers: Takeovers,
): boolean {
  if ('saidBy' in target) return target.credentials.includes(technicalAccountId);
  if ('takenBy' in target) return takeovers.get(technicalAccountId)?.userId === target.takenBy;
  return (owner?.toLowerCase() ?? null) === (target.owner?.toLowerCase() ?? null);
}

/** Who has them, by what was handed over together; undefined: nobody. */
export function groupByHolder(
  credentials: readonly ListedCredential[],
  takeovers: Takeovers,
): ReadonlyMap<Takeover | undefined, readonly ListedCredential[]> {
  const first = new Map<string, Takeover>();
  return Map.groupBy(credentials, ({ technicalAccountId }) => {
    const takeover = takeovers.get(technicalAccountId);
    if (takeover === undefined) return undefined;
    const key = `${takeover.userId} ${takeover.assignment}`;
    const known = first.get(key) ?? takeover;
    first.set(key, known);
    return known;
  });
}
