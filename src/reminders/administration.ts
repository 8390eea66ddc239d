import type { AuditAction, AuditTrail } from '../audit/audit-entry.ts';
import type { Catalogue } from '../credentials/catalogue.ts';
import type { ReminderCalendar } from './calendar.ts';
import type { Pause, ReminderStore } from './ports.ts';
import type { OwnerGroup, Recipients } from './recipients.ts';
import { BY_HAND, composeDigest, type Digest } from './rounds.ts';
import { maySnooze, type ReminderWindow } from './windows.ts';

interface Parts {
  readonly store: ReminderStore;
  readonly catalogue: Catalogue;
  readonly recipients: Recipients;
  readonly calendar: ReminderCalendar;
  readonly audit: AuditTrail;
  /** Wakes the loop that serves rounds. */
  readonly wake: () => void;
}

/** What would go out now. */
export interface Preview {
  readonly digest: Digest;
  readonly window: ReminderWindow | null;
  /** Whether the window's reminders were sent. */
  readonly served: boolean;
  /** User ids of those who are left alone until the next window. */
  readonly snoozed: ReadonlySet<string>;
}

/** Claimed of a round that is opened by hand; every other recipient is a person or the digest. */
const OPENING = 'opening';
/** After a crash amid opening, the same button opens it again this late. Milliseconds. */
const OPENING_MS = 20_000;

/** What people do with reminders. Everything but looking is written down. Who may is checked before. */
export class ReminderAdministration {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What would go out now and to whom. The first `limit` owners are looked up in Slack. */
  async preview(limit: number): Promise<Preview> {
    const { store, recipients, calendar } = this.#parts;
    const groups: OwnerGroup[] = [];
    const snoozed = new Set<string>();
    for (const group of await recipients.groups()) {
      const reached = groups.length < limit ? await recipients.reach(group) : group;
      groups.push(reached);
      const { recipient } = reached;
      if (recipient?.kind !== 'person') continue;
      if (((await store.snoozedUntil(recipient.userId)) ?? '') > calendar.today())
        snoozed.add(recipient.userId);
    }
    const digest = await composeDigest(this.#parts, groups);
    return { digest, window: calendar.window(), served: await this.#isServed(), snoozed };
  }

  /**
   * Opens a round by hand, served at the next look: the present window's when it was not served, one of its own
   * otherwise. Each `id` opens one round, however often it comes.
   */
  async startManualRound(by: string, id: string): Promise<void> {
    const { store, calendar } = this.#parts;
    const own = `${BY_HAND}${id}`;
    const startedAt = calendar.now();
    const until = new Date(startedAt.getTime() + OPENING_MS);
    if ((await store.claim(own, OPENING, startedAt, until)) !== 'claimed') return;
    const window = calendar.window();
    const due = window === null || (await this.#isServed()) ? null : window;
    const days = calendar.daysLeft();
    if (due === null || (await this.activePause()) !== null) {
      await store.startRound({ key: own, days, startedAt });
      // A pause holds for windows: what somebody sends in spite of it stands for the one that is due.
      if (due !== null) {
        await store.startRound({ key: due.key, days: due.days, startedAt });
        await store.finish(due.key, startedAt);
      }
    } else await store.startRound({ key: due.key, days: due.days, startedAt });
    await this.#note(by, 'reminders_sent_by_hand');
    await store.close(own, OPENING, calendar.now(), {});
    this.#parts.wake();
  }

  /** Leaves somebody alone until the next window; its date, or null where that is not offered. */
  async snooze(userId: string): Promise<string | null> {
    const { store, calendar } = this.#parts;
    if (calendar.window() === null || !maySnooze(calendar.daysLeft())) return null;
    const { date } = calendar.next();
    await store.snooze(userId, date);
    await this.#note(userId, 'snoozed', date);
    return date;
  }

  /** Technical account ids of what somebody took over. */
  async takenOverBy(userId: string): Promise<string[]> {
    const takeovers = await this.#parts.store.takeovers();
    return [...takeovers].filter(([, by]) => by === userId).map(([id]) => id);
  }

  /** Makes somebody the reminded person for a credential. */
  async takeOver(userId: string, technicalAccountId: string): Promise<void> {
    await this.#parts.store.takeOver(technicalAccountId, userId);
    await this.#note(userId, 'took_over', undefined, technicalAccountId);
  }

  /** `until`: the first day of reminders again, `YYYY-MM-DD`; null: until somebody resumes. */
  async pause(by: string, until: string | null): Promise<Pause> {
    const { store, calendar } = this.#parts;
    const pause = { by, at: calendar.now(), until };
    await store.setPause(pause);
    await this.#note(by, 'reminders_paused', until ?? undefined);
    return pause;
  }

  /** False when they were not paused. */
  async resume(by: string): Promise<boolean> {
    if ((await this.activePause()) === null) return false;
    await this.#parts.store.setPause(null);
    await this.#note(by, 'reminders_resumed');
    return true;
  }

  /** The pause that holds now, null when reminders go out. */
  async activePause(): Promise<Pause | null> {
    const { store, calendar } = this.#parts;
    return calendar.holding(await store.pause());
  }

  today(): string {
    return this.#parts.calendar.today();
  }

  async #isServed(): Promise<boolean> {
    const { store, calendar } = this.#parts;
    const window = calendar.window();
    return window !== null && (await store.batch(window.key))?.finishedAt != null;
  }

  async #note(
    actor: string,
    action: AuditAction,
    until?: string,
    technicalAccountId?: string,
  ): Promise<void> {
    const { audit, calendar } = this.#parts;
    await audit.record({
      at: calendar.now(),
      actor,
      action,
      technicalAccountId: technicalAccountId ?? null,
      migrationId: null,
      detail: until === undefined ? null : { why: `until ${until}` },
    });
  }
}
