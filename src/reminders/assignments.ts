import { randomUUID } from 'node:crypto';
import type { Access, Member, Migrator } from '../access/access.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Catalogue } from '../credentials/catalogue.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { Clock } from '../lib/clock.ts';
import type { AddressedNotice } from '../notices/notice.ts';
import {
  type AssignmentRecord,
  type AssignmentStore,
  type AssignTarget,
  isTargeted,
  type Takeovers,
} from './assignment.ts';
import { type Choice, choose, type Offer, type OfferInForm, type TakenByOther } from './offer.ts';
import type { Recipient, ReminderStore } from './ports.ts';
import type { Recipients } from './recipients.ts';

export type AssignResult =
  | {
      readonly kind: 'assigned';
      readonly userId: string;
      readonly credentials: readonly ListedCredential[];
      readonly assignment: string;
      /** What others got meanwhile, and keep. */
      readonly taken: readonly TakenByOther[];
    }
  /** Others got all of them meanwhile. */
  | { readonly kind: 'taken'; readonly taken: readonly TakenByOther[] }
  /** This person, as their owner, is notified about them again, which the form did not say. */
  | { readonly kind: 'notified_again'; readonly userId: string }
  /** All are with this person already. */
  | { readonly kind: 'unchanged'; readonly userId: string }
  /** A person who may not use this: a guest, a bot, from another workspace, or deactivated. */
  | { readonly kind: 'not_a_member'; readonly userId: string }
  | { readonly kind: 'none_left' };

export type GiveBackResult =
  | { readonly kind: 'given_back'; readonly credentials: readonly ListedCredential[] }
  /** It is with another person by now, or was given back before. */
  | { readonly kind: 'not_yours' };

interface Parts {
  readonly assignments: AssignmentStore;
  readonly catalogue: Pick<Catalogue, 'toMigrate'>;
  readonly store: Pick<ReminderStore, 'recipient'>;
  readonly recipients: Pick<Recipients, 'lookUp'>;
  readonly access: Pick<Access, 'mayBeAdmitted'>;
  readonly clock: Clock;
  /** Wakes the loop that edits the digest. */
  readonly wake: () => void;
}

const ANY_TIME = new Date(0);
/** Names listed in a message; the rest is counted. */
const MAX_NAMES = 3;

/** Who is notified about credentials instead of their owners. Every change is audited; those affected are notified. */
export class Assignments {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What would be assigned now. Does not call Slack: a modal has to open within three seconds. */
  async offer(target: AssignTarget): Promise<Offer> {
    const { assignments, catalogue, store, clock } = this.#parts;
    const at = clock.now();
    const takeovers = await assignments.takeovers();
    const toMigrate = await catalogue.toMigrate();
    const targeted = toMigrate.filter((credential) => isTargeted(target, credential, takeovers));
    const free = targeted.filter(({ technicalAccountId }) => !takeovers.has(technicalAccountId));
    if (free.length === 0) {
      const holders = targeted.flatMap(({ technicalAccountId }) => takeovers.get(technicalAccountId)?.userId ?? []);
      return { target, at, credentials: targeted, holders: [...new Set(holders)], notified: null };
    }
    const owner = ownerOf(target);
    const recipient = owner === null ? null : await store.recipient(owner, ANY_TIME);
    const notified = 'saidBy' in target ? target.saidBy : await this.#reachedBy(recipient);
    return { target, at, credentials: free, holders: [], notified };
  }

  /** From now on, this person is notified about what was shown, except for what others got meanwhile. */
  async assign(by: Migrator, shown: OfferInForm, userId: string): Promise<AssignResult> {
    if (userId !== by.id && !(await this.#parts.access.mayBeAdmitted(userId))) return { kind: 'not_a_member', userId };
    const notified = shown.areHeld ? null : await this.#notifiedNow(shown.target);
    if (notified !== null && notified !== shown.notified) return { kind: 'notified_again', userId: notified };
    return this.#record(by, shown, userId, notified);
  }

  /** Nobody is notified about the credentials, as before the assignment. `assignment`: as in its notice. */
  async giveBack(person: Member, assignment: string): Promise<GiveBackResult> {
    const { assignments, catalogue, clock, wake } = this.#parts;
    const at = clock.now();
    const toMigrate = await catalogue.toMigrate();
    const stillToMigrate = (ids: ReadonlySet<string>) =>
      toMigrate.filter(({ technicalAccountId }) => ids.has(technicalAccountId));
    const givenBack = await assignments.giveBack(person.id, assignment, at, (ids, by) => {
      const credentials = stillToMigrate(new Set(ids));
      const notice = { kind: 'given_back', by: person.id, ...namesOf(credentials) } as const;
      const isNotified = by !== null && by !== person.id && credentials.length > 0;
      return {
        entries: ids.map((id) => entryOf(at, person.id, 'gave_back', id)),
        notices: isNotified ? [{ subject: `given back/${assignment}`, address: by, notice }] : [],
      };
    });
    if (givenBack.length === 0) return { kind: 'not_yours' };
    wake();
    return { kind: 'given_back', credentials: stillToMigrate(new Set(givenBack)) };
  }

  /** The owner, if Slack knows them and accepts reminders to them. */
  async #notifiedNow(target: AssignTarget): Promise<string | null> {
    if ('saidBy' in target) return target.saidBy;
    const email = ownerOf(target);
    if (email === null) return null;
    const group = { email, recipient: null, credentials: [] };
    return this.#reachedBy((await this.#parts.recipients.lookUp(group, { isAwaited: true })).recipient);
  }

  /** The recipient, unless Slack rejects reminders to them. */
  async #reachedBy(recipient: Recipient | null): Promise<string | null> {
    if (recipient?.kind !== 'person') return null;
    return (await this.#parts.assignments.isRejected(recipient.userId)) ? null : recipient.userId;
  }

  async #record(by: Migrator, shown: OfferInForm, userId: string, notified: string | null): Promise<AssignResult> {
    const { assignments, catalogue, clock, wake } = this.#parts;
    const takeover = { userId, assignment: randomUUID(), by: by.id, at: clock.now() };
    const toMigrate = await catalogue.toMigrate();
    let choice: Choice = choose(toMigrate, shown, new Map(), userId);
    const isChanged = await assignments.assign(takeover, (before) => {
      choice = choose(toMigrate, shown, before, userId);
      return recordOf(takeover, choice.assigned, before, { owner: ownerOf(shown.target), notified });
    });
    const { assigned, taken, isSomeTheirs } = choice;
    if (isChanged) {
      wake();
      return { kind: 'assigned', userId, credentials: assigned, assignment: takeover.assignment, taken };
    }
    if (taken.length > 0) return { kind: 'taken', taken };
    return isSomeTheirs ? { kind: 'unchanged', userId } : { kind: 'none_left' };
  }
}

function ownerOf(target: AssignTarget): string | null {
  return 'owner' in target ? (target.owner?.toLowerCase() ?? null) : null;
}

/** Null where the person has them all. */
function recordOf(
  { userId, assignment, by, at }: { userId: string; assignment: string; by: string; at: Date },
  credentials: readonly ListedCredential[],
  before: Takeovers,
  instead: { readonly owner: string | null; readonly notified: string | null },
): AssignmentRecord | null {
  const holderOf = ({ technicalAccountId }: ListedCredential) =>
    before.get(technicalAccountId)?.userId ?? instead.notified;
  const changed = credentials.filter((credential) => holderOf(credential) !== userId);
  if (changed.length === 0) return null;
  const notices: AddressedNotice[] = [];
  const assigned = { kind: 'assigned', by, assignment, ...instead, ...namesOf(credentials) } as const;
  if (userId !== by) notices.push({ subject: `assigned/${assignment}`, address: userId, notice: assigned });
  for (const [holder, taken] of Map.groupBy(changed, holderOf)) {
    if (holder === null || holder === by) continue;
    const notice = { kind: 'reassigned', by, to: userId, ...namesOf(taken) } as const;
    notices.push({ subject: `reassigned/${assignment}`, address: holder, notice });
  }
  const action = by === userId ? 'took_over' : 'assigned';
  return {
    ids: credentials.map(({ technicalAccountId }) => technicalAccountId),
    entries: changed.map(({ technicalAccountId: id }) => ({
      ...entryOf(at, by, action, id),
      detail: action === 'assigned' ? { to: userId } : null,
    })),
    notices,
  };
}

function namesOf(credentials: readonly ListedCredential[]) {
  return { names: credentials.slice(0, MAX_NAMES).map(({ name }) => name), count: credentials.length };
}

function entryOf(
  at: Date,
  actor: string,
  action: 'took_over' | 'assigned' | 'gave_back',
  technicalAccountId: string,
): AuditEntry {
  return { at, actor, action, technicalAccountId, migrationId: null, detail: null };
}
