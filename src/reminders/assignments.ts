import { randomUUID } from 'node:crypto';
import type { Access, Member, Migrator } from '../access/access.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Catalogue } from '../credentials/catalogue.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { Clock } from '../lib/clock.ts';
import type { Addressed } from '../notices/notice.ts';
import { type AssignmentRecord, type AssignmentStore, type AssignTarget, isOf, type Takeovers } from './assignment.ts';

export type AssignResult =
  | {
      readonly kind: 'assigned';
      readonly userId: string;
      readonly credentials: readonly ListedCredential[];
      readonly assignment: string;
    }
  /** All are with this person already. */
  | { readonly kind: 'unchanged'; readonly userId: string }
  /** Not one who may use this: a guest, a bot, of another workspace, or deactivated. */
  | { readonly kind: 'not_a_member'; readonly userId: string }
  | { readonly kind: 'none_left' };

export type GiveBackResult =
  | { readonly kind: 'given_back'; readonly credentials: readonly ListedCredential[] }
  /** It is with another person by now, or was given back before. */
  | { readonly kind: 'not_yours' };

interface Parts {
  readonly assignments: AssignmentStore;
  readonly catalogue: Pick<Catalogue, 'toMigrate'>;
  readonly access: Pick<Access, 'mayBeAdmitted'>;
  readonly clock: Clock;
  /** Wakes the loop that edits the digest. */
  readonly wake: () => void;
}

/** Names in what people are told; the rest is a number. */
const NAMED = 3;

/** Who is notified about credentials instead of their owners. Every change is audited, and told to whom it concerns. */
export class Assignments {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What would be assigned: what no one has, or where someone has each of them, all. Still to be migrated. */
  async candidates(target: AssignTarget): Promise<ListedCredential[]> {
    const { assignments, catalogue } = this.#parts;
    const takeovers = await assignments.takeovers();
    const all = (await catalogue.toMigrate()).filter((each) => isOf(target, each, takeovers));
    const free = all.filter(({ technicalAccountId }) => !takeovers.has(technicalAccountId));
    return free.length > 0 ? free : all;
  }

  /** From now on this person is notified about all of them at once. */
  async assign(by: Migrator, target: AssignTarget, userId: string): Promise<AssignResult> {
    if (userId !== by.id && !(await this.#parts.access.mayBeAdmitted(userId))) return { kind: 'not_a_member', userId };
    const credentials = await this.candidates(target);
    if (credentials.length === 0) return { kind: 'none_left' };
    return this.#record(by, credentials, userId, 'owner' in target ? target.owner : null);
  }

  /** The credentials are no one's again who is notified, as before. `assignment`: as the notice of it says. */
  async giveBack(person: Member, assignment: string): Promise<GiveBackResult> {
    const { assignments, catalogue, clock, wake } = this.#parts;
    const at = clock.now();
    const all = await catalogue.toMigrate();
    const of = (ids: readonly string[]) => {
      const given = new Set(ids);
      return all.filter(({ technicalAccountId }) => given.has(technicalAccountId));
    };
    const ids = await assignments.giveBack(person.id, assignment, at, (given, by) => {
      const notice = { kind: 'given_back', by: person.id, ...namesOf(of(given)) } as const;
      const isTold = by !== null && by !== person.id && of(given).length > 0;
      return {
        entries: given.map((id) => entryOf(at, person.id, 'gave_back', id)),
        notices: isTold ? [{ subject: `given back/${assignment}`, address: by, notice }] : [],
      };
    });
    if (ids.length === 0) return { kind: 'not_yours' };
    wake();
    return { kind: 'given_back', credentials: of(ids) };
  }

  async #record(
    by: Migrator,
    credentials: readonly ListedCredential[],
    userId: string,
    owner: string | null,
  ): Promise<AssignResult> {
    const { assignments, clock, wake } = this.#parts;
    const assignment = randomUUID();
    const at = clock.now();
    const ids = credentials.map(({ technicalAccountId }) => technicalAccountId);
    const takeover = { userId, assignment, by: by.id, at };
    const isChanged = await assignments.assign(ids, takeover, (before) =>
      recordOf(takeover, credentials, before, owner),
    );
    if (!isChanged) return { kind: 'unchanged', userId };
    wake();
    return { kind: 'assigned', userId, credentials, assignment };
  }
}

/** Null where the person has them all. */
function recordOf(
  { userId, assignment, by, at }: { userId: string; assignment: string; by: string; at: Date },
  credentials: readonly ListedCredential[],
  before: Takeovers,
  owner: string | null,
): AssignmentRecord | null {
  const holderOf = ({ technicalAccountId }: ListedCredential) => before.get(technicalAccountId)?.userId;
  const changed = credentials.filter((each) => holderOf(each) !== userId);
  if (changed.length === 0) return null;
  const told: Addressed[] = [];
  const assigned = { kind: 'assigned', by, assignment, owner, ...namesOf(credentials) } as const;
  if (userId !== by) told.push({ subject: `assigned/${assignment}`, address: userId, notice: assigned });
  for (const [holder, taken] of Map.groupBy(changed, holderOf)) {
    if (holder === undefined || holder === by) continue;
    const notice = { kind: 'reassigned', by, to: userId, ...namesOf(taken) } as const;
    told.push({ subject: `reassigned/${assignment}`, address: holder, notice });
  }
  const action = by === userId ? 'took_over' : 'assigned';
  return {
    entries: changed.map(({ technicalAccountId: id }) => ({
      ...entryOf(at, by, action, id),
      detail: action === 'assigned' ? { to: userId } : null,
    })),
    notices: told,
  };
}

function namesOf(credentials: readonly ListedCredential[]) {
  return { names: credentials.slice(0, NAMED).map(({ name }) => name), count: credentials.length };
}

function entryOf(
  at: Date,
  actor: string,
  action: 'took_over' | 'assigned' | 'gave_back',
  technicalAccountId: string,
): AuditEntry {
  return { at, actor, action, technicalAccountId, migrationId: null, detail: null };
}
