import type { Access } from '../access/access.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import { today } from '../lib/calendar.ts';
import type { Clock } from '../lib/clock.ts';
import type { MigratorDirectory } from '../migrations/ports.ts';
import type { ReminderStore } from './ports.ts';
import { type Deadline, deadlineOf, latestWindow, maySnooze, nextReminderDay, type ReminderPlan } from './windows.ts';

/** One owner's reminder: all of their credentials in one message. */
export interface OwnerReminder {
  readonly credentials: readonly ListedCredential[];
  readonly deadline: Deadline;
  /** The day of the next one, `YYYY-MM-DD`. */
  readonly next: string;
  readonly maySnooze: boolean;
  /** Until when no further one is sent, `YYYY-MM-DD`; null: they are not snoozed. */
  readonly snoozedUntil: string | null;
  /** Whether the reader can migrate, without anybody else. */
  readonly mayMigrate: boolean;
  /** Slack user ids of the first people to ask for a migration; none if the reader need not ask, or Slack does not say. */
  readonly migrators: readonly string[];
}

interface Parts {
  readonly store: Pick<ReminderStore, 'snoozedUntil'>;
  readonly access: Pick<Access, 'isMigrator'>;
  readonly directory: MigratorDirectory;
  readonly clock: Clock;
}

const MAX_MIGRATORS = 3;
/** How long the same migrators are named. Milliseconds. */
const MIGRATORS_CACHE_MS = 60 * 60 * 1000;

/** A person's reminder, and what they can do about it. */
export class OwnerReminders {
  readonly #parts: Parts;
  readonly #plan: ReminderPlan;
  readonly #requireSecondPerson: boolean;
  #cachedMigrators: { readonly ids: readonly string[]; readonly until: number } | null = null;

  constructor(parts: Parts, plan: ReminderPlan, settings: { requireSecondPerson: boolean }) {
    this.#parts = parts;
    this.#plan = plan;
    this.#requireSecondPerson = settings.requireSecondPerson;
  }

  async compose(userId: string, credentials: readonly ListedCredential[]): Promise<OwnerReminder> {
    const { store, access, clock } = this.#parts;
    const mayMigrate = !this.#requireSecondPerson && (await access.isMigrator(userId));
    const migrators = mayMigrate ? [] : (await this.#migrators()).filter((id) => id !== userId);
    const snoozed = await store.snoozedUntil(userId);
    const now = clock.now();
    const deadline = deadlineOf(this.#plan, now);
    return {
      credentials,
      deadline,
      next: nextReminderDay(this.#plan, now),
      maySnooze: latestWindow(this.#plan, now) !== null && maySnooze(deadline.days),
      snoozedUntil: snoozed !== null && snoozed > today(this.#plan, now) ? snoozed : null,
      mayMigrate,
      migrators,
    };
  }

  /** A reminder does not wait for the names: without them, it says in general who to ask. */
  async #migrators(): Promise<readonly string[]> {
    const { directory, clock } = this.#parts;
    const now = clock.monotonicMs();
    if (this.#cachedMigrators === null || now >= this.#cachedMigrators.until) {
      const ids = await directory.migratorIds(MAX_MIGRATORS).catch(() => null);
      // The next reminder asks again.
      if (ids === null) return [];
      this.#cachedMigrators = { ids, until: now + MIGRATORS_CACHE_MS };
    }
    return this.#cachedMigrators.ids;
  }
}
