import type { Member, Migrator } from '../access/access.ts';
import type { AuditAction, AuditEntry, AuditTrail } from '../audit/audit-entry.ts';
import type { Catalogue } from '../credentials/catalogue.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import { today } from '../lib/calendar.ts';
import type { Clock } from '../lib/clock.ts';
import type { Trends } from '../trend/trends.ts';
import type { WatchStore } from '../watch/ports.ts';
import { composeDigest, type Digest } from './digest.ts';
import { NAMED_PER_OWNER, type OwnerGroup } from './owner-group.ts';
import type { OwnerReminder, OwnerReminders } from './owner-reminder.ts';
import type { Pause, ReminderRound, ReminderStore } from './ports.ts';
import type { Recipients } from './recipients.ts';
import {
  activePause,
  daysLeft,
  latestWindow,
  maySnooze,
  nextReminderDay,
  type ReminderPlan,
  type ReminderWindow,
  windowsBefore,
} from './windows.ts';

interface Parts {
  readonly store: ReminderStore;
  readonly catalogue: Catalogue;
  readonly trends: Pick<Trends, 'current'>;
  readonly watches: Pick<WatchStore, 'unacknowledged'>;
  readonly recipients: Recipients;
  readonly ownerReminders: Pick<OwnerReminders, 'compose'>;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  /** Wakes the loop that serves rounds. */
  readonly wake: () => void;
}

/** The messages that would be sent now. */
export interface Preview {
  readonly digest: Digest;
  readonly window: ReminderWindow | null;
  /** The day of the reminder after that. */
  readonly next: string;
  /** Whether the window's reminders were sent. */
  readonly isServed: boolean;
  /** User ids of those who have snoozed. */
  readonly snoozed: ReadonlySet<string>;
}

/** After this time of a preview no further owner is looked up. Milliseconds. */
const LOOKUPS_MS = 12_000;

/** What people do with reminders. Every change is audited. */
export class ReminderAdministration {
  readonly #parts: Parts;
  readonly #plan: ReminderPlan;

  constructor(parts: Parts, plan: ReminderPlan) {
    this.#parts = parts;
    this.#plan = plan;
  }

  /** What would be sent now and to whom. The first `limit` owners are looked up in Slack. */
  async preview(_by: Migrator, limit: number): Promise<Preview> {
    const { store, recipients, clock } = this.#parts;
    const groups: OwnerGroup[] = [];
    const snoozed = new Set<string>();
    const lookupsEnd = clock.monotonicMs() + LOOKUPS_MS;
    for (const group of await recipients.groups(NAMED_PER_OWNER)) {
      const isLookedUp = groups.length < limit && clock.monotonicMs() < lookupsEnd;
      const lookedUp = isLookedUp ? await recipients.lookUp(group, { isAwaited: true }) : group;
      groups.push(lookedUp);
      const { recipient } = lookedUp;
      if (recipient?.kind !== 'person') continue;
      if (((await store.snoozedUntil(recipient.userId)) ?? '') > this.today()) snoozed.add(recipient.userId);
    }
    const digest = await composeDigest(this.#parts, this.#plan, groups);
    const now = clock.now();
    const window = latestWindow(this.#plan, now);
    const next = nextReminderDay(this.#plan, now);
    return { digest, window, next, isServed: await this.#isServed(window), snoozed };
  }

  /**
   * Starts a round: the current window's when it was not served, one of its own otherwise. Each `id` starts one round,
   * however often it is used.
   */
  async startManualRound(by: Migrator, id: string): Promise<void> {
    const { store, clock, wake } = this.#parts;
    const now = clock.now();
    const window = latestWindow(this.#plan, now);
    const isDue = window !== null && !(await this.#isServed(window));
    // A pause stops the window's round but not the manual one, which is then sent in its place.
    const isManualSent = !isDue || (await this.activePause()) !== null;
    const rounds: ReminderRound[] = [
      { key: id, kind: 'manual', startedAt: now, finishedAt: isManualSent ? null : now },
    ];
    if (isDue) {
      rounds.push({ key: window.key, kind: 'window', startedAt: now, finishedAt: isManualSent ? now : null });
      for (const { key } of windowsBefore(this.#plan, window))
        rounds.push({ key, kind: 'window', startedAt: now, finishedAt: now });
    }
    if (await store.startManualRound(rounds, this.#entry(by, 'reminders_sent_by_hand'))) wake();
  }

  /** Snoozes a person's own reminders until the next one; its day, or null where that is not offered. */
  async snooze(person: Member): Promise<string | null> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    if (latestWindow(this.#plan, now) === null || !maySnooze(daysLeft(this.#plan, now))) return null;
    const day = nextReminderDay(this.#plan, now);
    await store.snooze(person.id, day);
    await this.#record(person, 'snoozed', day);
    return day;
  }

  /** Has a person be reminded again; false when they had not snoozed. */
  async endSnooze(person: Member): Promise<boolean> {
    const isEnded = await this.#parts.store.endSnooze(person.id, this.today());
    if (isEnded) await this.#record(person, 'snooze_ended');
    return isEnded;
  }

  /** What the person would get a reminder of now. */
  async reminderFor(person: Member): Promise<OwnerReminder> {
    const { catalogue, store, ownerReminders } = this.#parts;
    const [theirs, takeovers] = await Promise.all([catalogue.toMigrate(person), store.takeovers()]);
    const isTheirs = ({ technicalAccountId }: ListedCredential) =>
      (takeovers.get(technicalAccountId) ?? person.id) === person.id;
    return ownerReminders.compose(person.id, theirs.filter(isTheirs));
  }

  /** Slack user ids of the owners whom Slack has identified for a reminder, by email in lower case; asks Slack nothing. */
  async ownersOf(credentials: readonly Pick<ListedCredential, 'owner'>[]): Promise<ReadonlyMap<string, string>> {
    return this.#parts.store.userIdsByEmail(credentials.flatMap(({ owner }) => owner ?? []));
  }

  /** `until`: the first day of reminders again, `YYYY-MM-DD`; null: until a migrator resumes them. */
  async pause(by: Migrator, until: string | null): Promise<Pause> {
    const { store, clock } = this.#parts;
    const pause = { by: by.id, at: clock.now(), until };
    await store.setPause(pause);
    await this.#record(by, 'reminders_paused', until ?? undefined);
    return pause;
  }

  /** False when they were not paused. */
  async resume(by: Migrator): Promise<boolean> {
    if ((await this.activePause()) === null) return false;
    await this.#parts.store.setPause(null);
    await this.#record(by, 'reminders_resumed');
    return true;
  }

  /** The pause that is active now, null when reminders are sent. */
  async activePause(): Promise<Pause | null> {
    const { store, clock } = this.#parts;
    return activePause(this.#plan, await store.pause(), clock.now());
  }

  /** Today's date where days are counted, `YYYY-MM-DD`. */
  today(): string {
    return today(this.#plan, this.#parts.clock.now());
  }

  async #isServed(window: ReminderWindow | null): Promise<boolean> {
    return window !== null && (await this.#parts.store.round(window.key))?.finishedAt != null;
  }

  async #record(by: Member, action: AuditAction, until?: string): Promise<void> {
    await this.#parts.audit.record(this.#entry(by, action, until));
  }

  #entry(by: Member, action: AuditAction, until?: string): AuditEntry {
    return {
      at: this.#parts.clock.now(),
      actor: by.id,
      action,
      technicalAccountId: null,
      migrationId: null,
      detail: until === undefined ? null : { why: `until ${until}` },
    };
  }
}
