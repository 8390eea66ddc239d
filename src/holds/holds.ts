import type { Access, Member } from '../access/access.ts';
import { ACTOR_BOT, type AuditEntry } from '../audit/audit-entry.ts';
import { isHoldable, type ListedCredential, TO_MIGRATE } from '../credentials/credential.ts';
import { isOwnedBy } from '../credentials/ownership.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import { today } from '../lib/calendar.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Migration, Outcome } from '../migrations/migration.ts';
import type { PendingRequests } from '../migrations/pending-requests.ts';
import type { MigrationStore } from '../migrations/ports.ts';
import type { HoldNotice } from '../notices/notice.ts';
import type { ReminderStore } from '../reminders/ports.ts';
import type { ReminderPlan } from '../reminders/windows.ts';
import { isPossibleDay } from './days.ts';
import { type Hold, type HoldInput, heldReason, isBlockedByHold } from './hold.ts';
import type { HeldCredential, HoldStore } from './ports.ts';

export type SetHoldResult =
  /** `isMigrationStopped`: whether the hold ended a confirmed migration. */
  | {
      readonly kind: 'set';
      readonly credential: ListedCredential;
      readonly hold: Hold;
      readonly isMigrationStopped: boolean;
    }
  /** Too late: its migration may have been sent. */
  | { readonly kind: 'in_flight'; readonly credential: ListedCredential }
  /** Somebody else holds it. */
  | { readonly kind: 'held'; readonly credential: ListedCredential }
  /** The credential does not have to be migrated. */
  | { readonly kind: 'not_needed'; readonly credential: ListedCredential }
  | { readonly kind: 'bad_day' }
  | { readonly kind: 'gone' };

export type EndHoldResult =
  | { readonly kind: 'ended'; readonly credential: ListedCredential; readonly hold: Hold }
  /** Only a migrator's reason ends somebody else's hold. */
  | { readonly kind: 'no_reason'; readonly credential: ListedCredential; readonly hold: Hold }
  | { readonly kind: 'not_held'; readonly credential: ListedCredential }
  | { readonly kind: 'gone' };

interface Parts {
  readonly holds: HoldStore;
  readonly credentials: Pick<CredentialStore, 'get' | 'page'>;
  readonly migrations: Pick<MigrationStore, 'activeOf' | 'move'>;
  readonly reminders: Pick<ReminderStore, 'answersFor'>;
  readonly requests: Pick<PendingRequests, 'voidHeld'>;
  readonly access: Pick<Access, 'deny'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Wakes the loop that shows the outcomes of migrations. */
  readonly wake: () => void;
  /** Metrics hook, called once for each end. */
  readonly ended: (outcome: Outcome) => void;
}

/** Maximum number of credentials offered for a hold: Slack's limit for a menu. */
const MAX_CHOICES = 100;

/** Holds set by owners and migrators: until one ends, no question is asked and nothing is started. All is audited. */
export class Holds {
  readonly #parts: Parts;
  readonly #plan: ReminderPlan;

  constructor(parts: Parts, plan: ReminderPlan) {
    this.#parts = parts;
    this.#plan = plan;
  }

  /** The person's own credentials that can be put on hold, in the order of the list; the first hundred. */
  async choicesOf(person: Member): Promise<ListedCredential[]> {
    const { credentials } = this.#parts;
    return [...(await credentials.page({ statuses: TO_MIGRATE, ownedBy: person }, 0, MAX_CHOICES)).rows];
  }

  /** Whether this person may put it on hold: its owner, the person who took it over, or a migrator. */
  async mayHold(person: Member, credential: ListedCredential): Promise<boolean> {
    return person.mayMigrate || isOwnedBy(person, credential, this.#parts.reminders);
  }

  /** Whether it is on hold and this person may end the hold without a reason. */
  async mayEnd(person: Member, credential: ListedCredential): Promise<boolean> {
    if (credential.hold === null) return false;
    if (credential.hold.by === person.id) return true;
    return isOwnedBy(person, credential, this.#parts.reminders);
  }

  /**
   * Sets a hold, or changes the person's own. Ends the questions about the credential and its queued migration, of
   * which nothing was sent. @throws {AccessDenied}
   */
  async set(person: Member, technicalAccountId: string, input: HoldInput): Promise<SetHoldResult> {
    const { holds, credentials, requests, clock } = this.#parts;
    const credential = await credentials.get(technicalAccountId);
    if (credential === null) return { kind: 'gone' };
    await this.#denyUnlessMayHold(person, 'hold', credential);
    if (!isHoldable(credential)) return { kind: 'not_needed', credential };
    const at = clock.now();
    if (!isPossibleDay(this.#plan, input.lastDay, at)) return { kind: 'bad_day' };
    const hold: Hold = { by: person.id, at, reason: input.reason.trim(), lastDay: input.lastDay };
    const kind = await holds.set(credential.technicalAccountId, hold);
    if (kind !== 'set') return { kind, credential };
    const isMigrationStopped = await this.#endQueued(credential, hold);
    await requests.voidHeld(credential.technicalAccountId, hold);
    return { kind, credential, hold, isMigrationStopped };
  }

  /**
   * Ends a hold. Its holder and the owner need no reason; a migrator needs one. The holder is notified if somebody else
   * ended it. @throws {AccessDenied}
   */
  async end(person: Member, technicalAccountId: string, why: string | null): Promise<EndHoldResult> {
    const { holds, credentials } = this.#parts;
    const credential = await credentials.get(technicalAccountId);
    if (credential === null) return { kind: 'gone' };
    const { hold } = credential;
    if (hold === null) return { kind: 'not_held', credential };
    const isTheirs = await this.mayEnd(person, credential);
    if (!isTheirs) await this.#denyUnlessMayHold(person, 'end a hold', credential);
    const reason = why?.trim() ?? '';
    if (!isTheirs && reason === '') return { kind: 'no_reason', credential, hold };
    const held = { ...credential, hold };
    const entry = this.#entry(person.id, isTheirs ? 'hold_ended' : 'hold_overridden', held, reason);
    const endedBy = { userId: person.id, why: reason === '' ? null : reason };
    const isOver = await holds.end(held, entry, hold.by === person.id ? null : noticeOf(held, endedBy));
    return isOver ? { kind: 'ended', credential, hold } : { kind: 'not_held', credential };
  }

  /** Ends the holds whose last day has passed, and notifies their holders. Called repeatedly. */
  async expire(): Promise<void> {
    const { holds, clock } = this.#parts;
    for (const held of await holds.expired(today(this.#plan, clock.now())))
      await holds.end(held, this.#entry(ACTOR_BOT, 'hold_expired', held, ''), noticeOf(held, null));
  }

  async #denyUnlessMayHold(person: Member, action: string, credential: ListedCredential): Promise<void> {
    const { technicalAccountId } = credential;
    if (!(await this.mayHold(person, credential)))
      await this.#parts.access.deny(person.id, { action, technicalAccountId }, 'not_owner');
  }

  /** Ends the confirmed migration in the queue, of which nothing was sent. */
  async #endQueued({ technicalAccountId }: ListedCredential, hold: Hold): Promise<boolean> {
    const { migrations, clock, logger, wake, ended } = this.#parts;
    const active: Migration | null = await migrations.activeOf(technicalAccountId);
    if (active?.state !== 'confirmed' || !isBlockedByHold(active)) return false;
    const reason = heldReason(hold);
    const note = { at: clock.now(), actor: hold.by, detail: { why: reason.code } };
    const moved = await migrations.move(active.id, 'confirmed', 'failed', { endedAt: note.at, reason }, note);
    if (moved === null) return false;
    logger.info({ migration: moved.id }, 'a hold ended a migration before its start');
    ended('failed');
    wake();
    return true;
  }

  #entry(
    actor: string,
    action: 'hold_ended' | 'hold_overridden' | 'hold_expired',
    { technicalAccountId }: HeldCredential,
    note: string,
  ): AuditEntry {
    const detail = note === '' ? null : { note };
    return { at: this.#parts.clock.now(), actor, action, technicalAccountId, migrationId: null, detail };
  }
}

function noticeOf({ technicalAccountId, name, hold }: HeldCredential, endedBy: HoldNotice['endedBy']): HoldNotice {
  const { reason, lastDay } = hold;
  return { kind: 'hold_over', technicalAccountId, name, reason, lastDay, endedBy };
}
