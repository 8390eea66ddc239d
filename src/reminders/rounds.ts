import type { Catalogue, Overview } from '../credentials/catalogue.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { Sync } from '../credentials/sync.ts';
import type { Logger } from '../lib/logger.ts';
import type { RateLimiter } from '../lib/rate-limiter.ts';
import type { MessageRef } from '../migrations/migration.ts';
import type { ReminderCalendar } from './calendar.ts';
import type { Delivered, ReminderDelivery } from './delivery.ts';
import { DIGEST, type Pause, type ReminderRound, type ReminderStore } from './ports.ts';
import type { OwnerGroup, Recipients } from './recipients.ts';
import { maySnooze, type ReminderWindow } from './windows.ts';

/** What Slack made of a message: refused for good, or the place where it stands. Anything else is thrown. */
export type Posted =
  | { readonly kind: 'sent'; readonly message: MessageRef }
  | { readonly kind: 'refused'; readonly code: string };

/** One owner's reminder: all of theirs, in one message. */
export interface OwnerReminder {
  readonly credentials: readonly ListedCredential[];
  readonly days: number;
  readonly maySnooze: boolean;
}

export interface Digest {
  readonly days: number;
  readonly overview: Overview;
  readonly groups: readonly OwnerGroup[];
  readonly pause: Pause | null;
  readonly now: Date;
}

/** Slack's side of reminders. @throws what may pass */
export interface ReminderMessenger {
  remindOwner(userId: string, reminder: OwnerReminder): Promise<Posted>;
  postDigest(channel: string, digest: Digest): Promise<Posted>;
  /** When nothing is left. */
  postEnd(channel: string, overview: Overview): Promise<Posted>;
  /** Tells those who may migrate that the channel cannot be posted to. */
  tellFault(channel: string, code: string): Promise<void>;
}

interface Parts {
  readonly store: ReminderStore;
  readonly catalogue: Catalogue;
  readonly recipients: Recipients;
  readonly delivery: ReminderDelivery;
  readonly sync: Pick<Sync, 'run'>;
  readonly post: ReminderMessenger;
  readonly pace: RateLimiter;
  readonly calendar: ReminderCalendar;
  readonly logger: Logger;
}

/** Rounds that are no window's. */
export const BY_HAND = 'by-hand/';
const DONE = 'done/';
/** A channel that refused is tried again this late. Milliseconds. */
const FAULT_PAUSE_MS = 30_000;

/** Promise 4: a reminder window is served once. Which window it is follows from the day alone. */
export class Reminders {
  readonly #parts: Parts;
  readonly #channel: string | null;
  /** A look that came to nothing: another instance had the right to it and may have died, or something failed. */
  #isOwed = false;
  /** The channel took a message, and the database did not take yet that its fault is over. */
  #isFaultOver = false;

  constructor(parts: Parts, settings: { channel: string | null }) {
    this.#parts = parts;
    this.#channel = settings.channel;
  }

  /** Looks whether somebody is to be reminded, and does it. Called as often as one likes. */
  async look(): Promise<void> {
    this.#isOwed = true;
    await this.resume();
  }

  /** Takes up what was begun and not finished, a look included, and says when nothing is left. */
  async resume(): Promise<void> {
    const { store, delivery, calendar } = this.#parts;
    await delivery.markRest();
    if (this.#isFaultOver) await this.#forgetFault();
    const window = calendar.window();
    if (this.#isOwed) this.#isOwed = !(await this.#open(window));
    for (const batch of await store.unfinished()) {
      const byHand = batch.key.startsWith(BY_HAND);
      if (batch.key.startsWith(DONE)) continue;
      // Whoever was away for long hears of the latest window alone.
      if (!byHand && batch.key !== window?.key) await store.finish(batch.key, calendar.now());
      else await this.#serve(batch);
    }
    await this.#sayWhenDone();
  }

  /**
   * Reads Adobe first: who was migrated in between is not reminded. When it cannot be read, the last known state goes
   * out. False when another instance has the right to it.
   */
  async #open(window: ReminderWindow | null): Promise<boolean> {
    const { store, delivery, sync, calendar } = this.#parts;
    if (window === null || calendar.holding(await store.pause()) !== null) return true;
    const { key, days } = window;
    if ((await store.batch(key)) !== null) return true;
    // Nobody to remind: the window stays unopened, for what may still appear in it.
    if (!(await this.#anyOpen())) return true;
    if (!(await delivery.holdLease())) return false;
    await sync.run();
    if (await this.#anyOpen()) await store.startRound({ key, days, startedAt: calendar.now() });
    return true;
  }

  /** Before each message: another instance may have the right to it by now, somebody may have paused meanwhile. */
  async #mayGoOn(batch: string): Promise<boolean> {
    const { store, delivery, calendar } = this.#parts;
    // What somebody sends by hand goes out in spite of a pause.
    if (!batch.startsWith(BY_HAND) && calendar.holding(await store.pause()) !== null) return false;
    return delivery.holdLease();
  }

  async #serve({ key }: ReminderRound): Promise<void> {
    const { store, recipients, calendar } = this.#parts;
    if (!(await this.#mayGoOn(key))) return;
    const all = await recipients.groups();
    const reached: OwnerGroup[] = [];
    let complete = true;
    for (const group of all) {
      if (!(await this.#mayGoOn(key))) return;
      const known = await recipients.reach(group);
      reached.push(known);
      // One of those whom Slack did not name may be who took these over: then all of theirs go into one message, later.
      const wait =
        known.email === null && reached.some(({ email, recipient }) => email !== null && recipient === null);
      complete = !wait && (await this.#remind(key, known, all)) && complete;
    }
    complete = (await this.#postDigest(key, reached)) && complete;
    if (complete) await store.finish(key, calendar.now());
  }

  /** True when this owner needs nothing more in this batch. */
  async #remind(batch: string, group: OwnerGroup, all: readonly OwnerGroup[]): Promise<boolean> {
    const { store, delivery, pace, post, logger, calendar } = this.#parts;
    const { recipient, email } = group;
    // Who is not known yet is tried again; who cannot be reached is named in the digest.
    if (recipient === null) return email === null;
    if (recipient.kind === 'unreachable') return true;
    const { userId } = recipient;
    if (((await store.snoozedUntil(userId)) ?? '') > calendar.today()) return true;
    if (await store.isClosed(batch, userId)) return true;
    await delivery.turn(pace);
    return delivery.once(batch, userId, pace, async (): Promise<Delivered> => {
      const credentials = await this.#stillOpen([
        group,
        ...all.filter((other) => other !== group && isOf(other, userId)),
      ]);
      if (credentials.length === 0) return {};
      const days = calendar.daysLeft();
      const may = calendar.window() !== null && maySnooze(days);
      const posted = await post.remindOwner(userId, { credentials, days, maySnooze: may });
      if (posted.kind === 'sent') return { message: posted.message };
      logger.warn({ user: userId, code: posted.code }, 'Slack refused a reminder');
      return { why: 'refused' };
    });
  }

  async #postDigest(batch: string, reached: readonly OwnerGroup[]): Promise<boolean> {
    const { store, recipients, post } = this.#parts;
    if (!(await this.#anyOpen())) return true;
    const byEmail = new Map(reached.map(({ email, recipient }) => [email ?? '', recipient]));
    return this.#inChannel(batch, async (channel) => {
      const refused = new Set(await store.refused(batch));
      // Anew: a thousand messages take a while, in which credentials are migrated and taken over.
      const named = (await recipients.groups()).map((group): OwnerGroup => {
        const recipient = group.email === null ? group.recipient : (byEmail.get(group.email) ?? null);
        const lost = recipient?.kind === 'person' && refused.has(recipient.userId);
        return { ...group, recipient: lost ? { kind: 'unreachable', why: 'refused' } : recipient };
      });
      return post.postDigest(channel, await composeDigest(this.#parts, named));
    });
  }

  /** One message with the totals after the last one, then silence until a window is served again. */
  async #sayWhenDone(): Promise<void> {
    const { store, catalogue, delivery, post, calendar } = this.#parts;
    const latest = await store.latestRound();
    if (latest === null) return;
    const overview = await catalogue.overview();
    const { eligible, migrating, migrated } = overview.counts;
    if (eligible > 0 || migrating > 0 || migrated === 0 || (await this.#isInDoubt(overview))) return;
    const key = latest.key.startsWith(DONE) ? latest.key : `${DONE}${latest.key}`;
    if ((await store.batch(key))?.finishedAt != null || !(await delivery.holdLease())) return;
    await store.startRound({ key, days: calendar.daysLeft(), startedAt: calendar.now() });
    if (await this.#inChannel(key, (channel) => post.postEnd(channel, overview)))
      await store.finish(key, calendar.now());
  }

  /** Posts to the channel, once a batch. A channel that refuses is said in the log, and once to the migrators. */
  async #inChannel(batch: string, send: (channel: string) => Promise<Posted>): Promise<boolean> {
    const { store, delivery, post, pace, logger } = this.#parts;
    const channel = this.#channel;
    if (channel === null || (await store.isClosed(batch, DIGEST))) return true;
    await delivery.turn(pace);
    return delivery.once(batch, DIGEST, pace, async () => {
      const posted = await send(channel);
      if (posted.kind === 'sent') {
        await this.#forgetFault();
        return { message: posted.message };
      }
      this.#isFaultOver = false;
      if (await store.setFault(posted.code)) {
        logger.error({ channel, code: posted.code }, 'the reminder channel cannot be posted to');
        await post.tellFault(channel, posted.code);
      }
      pace.hold(FAULT_PAUSE_MS);
      return null;
    });
  }

  /** Never throws: Slack has the message, and what fails from here on must not send it again. */
  async #forgetFault(): Promise<void> {
    this.#isFaultOver = true;
    try {
      await this.#parts.store.setFault(null);
      this.#isFaultOver = false;
    } catch (err) {
      this.#parts.logger.warn({ err }, 'that the reminder channel works again was not noted; tried again');
    }
  }

  /** Whether some could not be asked for at Adobe: they may be open still. */
  async #isInDoubt({ counts }: Overview): Promise<boolean> {
    const { rows } = await this.#parts.catalogue.page({ status: 'unknown' }, 0, counts.unknown);
    return rows.some(({ unknownBecause }) => unknownBecause?.code === 'console_failed');
  }

  async #anyOpen(): Promise<boolean> {
    return (await this.#parts.catalogue.overview()).counts.eligible > 0;
  }

  async #stillOpen(groups: readonly OwnerGroup[]): Promise<ListedCredential[]> {
    const open: ListedCredential[] = [];
    for (const { technicalAccountId } of groups.flatMap(({ credentials }) => credentials)) {
      const now = await this.#parts.catalogue.get(technicalAccountId);
      if (now?.status === 'eligible') open.push(now);
    }
    return open;
  }
}

/** Whether somebody took this group over. */
function isOf({ email, recipient }: OwnerGroup, userId: string): boolean {
  return email === null && recipient?.kind === 'person' && recipient.userId === userId;
}

/** What the digest says of these groups, as things stand. */
export async function composeDigest(
  { catalogue, store, calendar }: Pick<Parts, 'catalogue' | 'store' | 'calendar'>,
  groups: readonly OwnerGroup[],
): Promise<Digest> {
  const [overview, pause] = await Promise.all([catalogue.overview(), store.pause()]);
  return { days: calendar.daysLeft(), overview, groups, pause: calendar.holding(pause), now: calendar.now() };
}
