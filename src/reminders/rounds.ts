import type { AuditTrail } from '../audit/audit-entry.ts';
import type { Catalogue } from '../credentials/catalogue.ts';
import { countOf, type ListedCredential, TO_MIGRATE } from '../credentials/credential.ts';
import type { Overview } from '../credentials/ports.ts';
import type { Sync } from '../credentials/sync.ts';
import { today } from '../lib/calendar.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { RateLimiter } from '../lib/rate-limiter.ts';
import type { MessageRef } from '../migrations/migration.ts';
import type { Trends } from '../trend/trends.ts';
import type { WatchStore } from '../watch/ports.ts';
import { ChannelErrors } from './channel-errors.ts';
import type { Delivered, ReminderDelivery } from './delivery.ts';
import { composeDigest, type Digest } from './digest.ts';
import type { DigestEditor, DigestEdits } from './digest-edits.ts';
import { mergedByPerson, NAMED_PER_OWNER, type OwnerGroup } from './owner-group.ts';
import type { OwnerReminder, OwnerReminders } from './owner-reminder.ts';
import { CHANNEL_RECIPIENT_ID, type ReminderRound, type ReminderStore } from './ports.ts';
import type { Recipients } from './recipients.ts';
import { activePause, latestWindow, type ReminderPlan, type ReminderWindow, windowsBefore } from './windows.ts';

/** Slack's result for a message: sent, or rejected until something changes there. Anything else is thrown. */
export type Posted =
  /** `content`: needed to edit the message. */
  | { readonly kind: 'sent'; readonly message: MessageRef; readonly content?: string }
  | { readonly kind: 'rejected'; readonly code: string };

/** The messages of reminders. @throws {RateLimitedError} when Slack asks for a pause, and other transient errors */
export interface ReminderMessenger extends DigestEditor {
  remindOwner(userId: string, reminder: OwnerReminder): Promise<Posted>;
  /** How many messages it needs. */
  digestParts(digest: Digest): Promise<number>;
  /** `part`: which of them, counted from 0. */
  postDigest(channel: string, digest: Digest, part: number): Promise<Posted>;
  /** When nothing is left to migrate. */
  postAllDone(channel: string, overview: Overview): Promise<Posted>;
  /** Notifies the migrators that the channel rejects messages. False if that has to be retried; never throws. */
  notifyChannelError(channel: string, code: string): Promise<boolean>;
}

interface Parts {
  readonly store: ReminderStore;
  readonly catalogue: Catalogue;
  readonly trends: Pick<Trends, 'current'>;
  readonly watches: Pick<WatchStore, 'unacknowledged'>;
  readonly recipients: Recipients;
  readonly ownerReminders: Pick<OwnerReminders, 'compose'>;
  readonly digestEdits: Pick<DigestEdits, 'run'>;
  readonly delivery: ReminderDelivery;
  readonly sync: Pick<Sync, 'run'>;
  readonly messenger: ReminderMessenger;
  readonly limiter: RateLimiter;
  readonly audit: Pick<AuditTrail, 'head'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long a channel that rejected a message is left alone. Milliseconds. */
const CHANNEL_RETRY_MS = 30_000;

/** README, promise 4: a reminder window is served once. Which window it is depends on the date alone. */
export class ReminderRounds {
  readonly #parts: Parts;
  readonly #plan: ReminderPlan;
  readonly #channel: string | null;
  readonly #channelErrors: ChannelErrors;

  constructor(parts: Parts, settings: ReminderPlan & { channel: string | null }) {
    this.#parts = parts;
    this.#plan = settings;
    this.#channel = settings.channel;
    this.#channelErrors = new ChannelErrors(parts);
  }

  /**
   * Starts the current window's round if it is due, then does what `resume` does. Idempotent. False when it has to be
   * called again: another instance was about to start the round, and may have died.
   */
  async check(): Promise<boolean> {
    await this.#catchUp();
    const window = this.#currentWindow();
    const isChecked = await this.#startDue(window);
    await this.#serveUnfinished(window);
    return isChecked;
  }

  /** Continues every unfinished round, and announces when nothing is left to migrate. */
  async resume(): Promise<void> {
    await this.#catchUp();
    await this.#serveUnfinished(this.#currentWindow());
  }

  /** Records and edits what could not be recorded or edited at the time. */
  async #catchUp(): Promise<void> {
    await this.#parts.delivery.closeUnclosed();
    await this.#channelErrors.retry();
    await this.#parts.digestEdits.run();
  }

  #currentWindow(): ReminderWindow | null {
    return latestWindow(this.#plan, this.#parts.clock.now());
  }

  async #serveUnfinished(window: ReminderWindow | null): Promise<void> {
    const { store, clock } = this.#parts;
    for (const round of await store.unfinishedRounds()) {
      if (round.kind === 'all_done') continue;
      // After a long outage only the latest window is served.
      const isOutdated = round.kind === 'window' && round.key !== window?.key;
      if (isOutdated) await store.finishRound(round.key, clock.now());
      else await this.#serve(round);
    }
    await this.#announceAllDone();
  }

  /**
   * Reads Adobe first, so that no one is reminded of what was migrated elsewhere; when Adobe cannot be read, the last
   * known state is used. False when another instance has the lease.
   */
  async #startDue(window: ReminderWindow | null): Promise<boolean> {
    const { store, delivery, sync, clock } = this.#parts;
    if (window === null || (await this.#isPaused())) return true;
    const { key } = window;
    if ((await store.round(key)) !== null) return true;
    // The window stays unserved, for credentials that may still appear in it.
    if (!(await this.#anyToMigrate())) return true;
    if (!(await delivery.acquireLease())) return false;
    await sync.run();
    if (!(await this.#anyToMigrate())) return true;
    const servedWithIt = windowsBefore(this.#plan, window).map((earlier) => earlier.key);
    await store.startRound({ key, kind: 'window', startedAt: clock.now() }, servedWithIt);
    return true;
  }

  /** Checked before each message: meanwhile, reminders may be paused, or another instance may have the lease. */
  async #mayContinue({ kind }: ReminderRound): Promise<boolean> {
    // A manual round is sent in spite of a pause.
    if (kind !== 'manual' && (await this.#isPaused())) return false;
    return this.#parts.delivery.acquireLease();
  }

  async #isPaused(): Promise<boolean> {
    const { store, clock } = this.#parts;
    return activePause(this.#plan, await store.pause(), clock.now()) !== null;
  }

  async #serve(round: ReminderRound): Promise<void> {
    const { store, recipients, clock } = this.#parts;
    if (!(await this.#mayContinue(round))) return;
    const takeovers = await store.takeovers();
    const lookedUp: OwnerGroup[] = [];
    for (const group of await recipients.groups()) {
      if (!(await this.#mayContinue(round))) return;
      lookedUp.push(await recipients.lookUp(group));
    }
    // The address may belong to one of the others, who is to get one message.
    if (lookedUp.some((group) => recipients.isRetriedSoon(group))) return;
    let isComplete = true;
    for (const group of mergedByPerson(lookedUp)) {
      if (!(await this.#mayContinue(round))) return;
      isComplete = (await this.#remind(round.key, group, takeovers)) && isComplete;
    }
    isComplete = (await this.#postDigest(round.key, lookedUp)) && isComplete;
    if (isComplete) await store.finishRound(round.key, clock.now());
  }

  /** True when this owner needs nothing more in this round. `takeovers`: those that the group was made from. */
  async #remind(round: string, group: OwnerGroup, takeovers: ReadonlyMap<string, string>): Promise<boolean> {
    const { store, delivery, limiter, messenger, ownerReminders, logger, clock } = this.#parts;
    const { recipient, email } = group;
    // A failed lookup is retried; the digest names who cannot be reached.
    if (recipient === null) return email === null;
    if (recipient.kind === 'unreachable') return true;
    const { userId } = recipient;
    if (((await store.snoozedUntil(userId)) ?? '') > today(this.#plan, clock.now())) return true;
    if (await store.isClosed(round, userId)) return true;
    await delivery.waitForTurn(limiter);
    return delivery.sendOnce(round, userId, limiter, async (): Promise<Delivered> => {
      const credentials = await this.#stillToMigrate(group, takeovers);
      if (credentials.length === 0) return {};
      const posted = await messenger.remindOwner(userId, await ownerReminders.compose(userId, credentials));
      if (posted.kind === 'sent') return { message: posted.message };
      logger.warn({ user: userId, code: posted.code }, 'Slack rejected a reminder');
      return { why: 'rejected' };
    });
  }

  async #postDigest(round: string, lookedUp: readonly OwnerGroup[]): Promise<boolean> {
    const { store, recipients, messenger } = this.#parts;
    if (this.#channel === null || !(await this.#anyToMigrate())) return true;
    const byEmail = new Map(lookedUp.map(({ email, recipient }) => [email ?? '', recipient]));
    const rejected = new Set(await store.rejectedRecipients(round));
    // Read again: a thousand messages take a while, in which credentials are migrated and taken over.
    const groups = (await recipients.groups(NAMED_PER_OWNER)).map((group): OwnerGroup => {
      const recipient = group.email === null ? group.recipient : (byEmail.get(group.email) ?? null);
      const isRejected = recipient?.kind === 'person' && rejected.has(recipient.userId);
      return { ...group, recipient: isRejected ? { kind: 'unreachable', why: 'rejected' } : recipient };
    });
    const digest = await composeDigest(this.#parts, this.#plan, groups);
    const parts = await messenger.digestParts(digest);
    for (let part = 0; part < parts; part++) {
      const send = (channel: string) => messenger.postDigest(channel, digest, part);
      if (!(await this.#postInChannel(round, channelRecipientId(part), send))) return false;
    }
    return true;
  }

  /** Posts one message with the totals after the last migration, then nothing until another round is served. */
  async #announceAllDone(): Promise<void> {
    const { store, catalogue, delivery, messenger, clock } = this.#parts;
    const latest = await store.latestRound();
    if (latest === null) return;
    const overview = await catalogue.overview();
    const { migrating, migrated } = overview.counts;
    if (countOf(TO_MIGRATE, overview.counts) > 0 || migrating > 0 || migrated === 0) return;
    if (await this.#isInDoubt(overview)) return;
    const key = latest.kind === 'all_done' ? latest.key : `${latest.key}/all_done`;
    if ((await store.round(key))?.finishedAt != null || !(await delivery.acquireLease())) return;
    await store.startRound({ key, kind: 'all_done', startedAt: clock.now() });
    if (await this.#postInChannel(key, channelRecipientId(0), (channel) => messenger.postAllDone(channel, overview)))
      await store.finishRound(key, clock.now());
  }

  /** Posts to the channel, once per round and recipient id. */
  async #postInChannel(
    round: string,
    recipientId: string,
    send: (channel: string) => Promise<Posted>,
  ): Promise<boolean> {
    const { store, delivery, limiter } = this.#parts;
    const channel = this.#channel;
    if (channel === null || (await store.isClosed(round, recipientId))) return true;
    await delivery.waitForTurn(limiter);
    return delivery.sendOnce(round, recipientId, limiter, async () => {
      const posted = await send(channel).catch(async (error: unknown) => {
        await this.#channelErrors.failed(channel);
        throw error;
      });
      if (posted.kind === 'sent') {
        await this.#channelErrors.accepted();
        const { message, content } = posted;
        return { message, ...(content !== undefined && { content }) };
      }
      await this.#channelErrors.rejected(channel, posted.code);
      limiter.hold(CHANNEL_RETRY_MS);
      return null;
    });
  }

  /** Whether the Developer Console failed to give the status of some credentials: they may still be eligible. */
  async #isInDoubt({ counts }: Overview): Promise<boolean> {
    const { rows } = await this.#parts.catalogue.page({ statuses: ['unknown'] }, 0, counts.unknown);
    return rows.some(({ unknownBecause }) => unknownBecause?.code === 'console_failed');
  }

  async #anyToMigrate(): Promise<boolean> {
    return countOf(TO_MIGRATE, (await this.#parts.catalogue.overview()).counts) > 0;
  }

  /** Without what has been handed over since: a thousand messages take a while. */
  async #stillToMigrate(
    { credentials }: OwnerGroup,
    takeovers: ReadonlyMap<string, string>,
  ): Promise<ListedCredential[]> {
    const left: ListedCredential[] = [];
    const takeoversNow = await this.#parts.store.takeovers();
    for (const { technicalAccountId } of credentials) {
      if (takeoversNow.get(technicalAccountId) !== takeovers.get(technicalAccountId)) continue;
      const now = await this.#parts.catalogue.get(technicalAccountId);
      if (now !== null && TO_MIGRATE.some((status) => status === now.status)) left.push(now);
    }
    return left;
  }
}

/** The recipient id of the channel's message, or of each of them, counted from 0. */
function channelRecipientId(part: number): string {
  return part === 0 ? CHANNEL_RECIPIENT_ID : `${CHANNEL_RECIPIENT_ID}/${part}`;
}
