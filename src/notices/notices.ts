import type { CredentialStore } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { FailureLog } from '../lib/failure-log.ts';
import type { Logger } from '../lib/logger.ts';
import { causeOf, RateLimitedError, type RateLimiter } from '../lib/rate-limiter.ts';
import { Retries } from '../lib/retries.ts';
import { adobePage } from '../migrations/adobe-page.ts';
import { isChannelId } from '../migrations/channel-id.ts';
import { ACTIVE_STATES, type MessageRef, type Migration } from '../migrations/migration.ts';
import type { MigrationStore, MigratorDirectory } from '../migrations/ports.ts';
import { waitsForPerson } from '../migrations/verdicts.ts';
import type { ReminderStore } from '../reminders/ports.ts';
import type { Recipients } from '../reminders/recipients.ts';
import type { WatchStore } from '../watch/ports.ts';
import { type AddressedNotice, MAX_ASKED, type MigrationNotice, peopleAwaitingEnd } from './notice.ts';
import type { AnsweredAsk, NoticeContent, NoticeMessages, NoticeStore, WaitingNotice } from './ports.ts';

interface Parts {
  readonly store: NoticeStore;
  readonly messages: NoticeMessages;
  readonly credentials: Pick<CredentialStore, 'get'>;
  readonly migrations: Pick<MigrationStore, 'get' | 'latestConfirmed'>;
  readonly watches: Pick<WatchStore, 'get'>;
  readonly recipients: Pick<Recipients, 'lookUp'>;
  readonly reminders: Pick<ReminderStore, 'takeovers'>;
  readonly directory: MigratorDirectory;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Maximum number of notices handled in one call. */
const MAX_AT_ONCE = 20;
/** How long a claim lasts: longer than one call to Slack; after a crash, a notice waits this long. Milliseconds. */
const CLAIM_MS = 60_000;
/** Pause before a failed notice is tried again. Milliseconds. */
const RETRY_MS = 30_000;
/** Interval of the check for asks whose button no longer does anything. Milliseconds. */
const ASKS_MS = 5_000;
/** Age at which a notice that could not be sent is given up: it says nothing new. Milliseconds. */
const GIVE_UP_MS = 24 * 60 * 60 * 1000;

/** Who gets a notice; `later`: Slack has not said yet; null: nobody can get it. */
type NoticeRecipient = { readonly userId: string } | 'later' | null;

/**
 * Sends notices: each is recorded with the change it is about, claimed before it is sent, and closed afterwards. If a
 * process dies in between, the notice is sent again; if the response was lost, it counts as sent. Nothing waits for a
 * notice.
 */
export class Notices {
  readonly #parts: Parts;
  /** When a notice is tried again, by subject and address, on the monotonic clock. In memory, per instance. */
  readonly #retryAt = new Map<string, number>();
  /** When asks are looked at next, by the monotonic clock. */
  #asksAt = 0;
  /** Asks whose message could not be edited. */
  readonly #askRetries: Retries;
  /** Since when the edits of an ask have failed, by subject and address, on the monotonic clock. */
  readonly #askFailingSince = new Map<string, number>();
  readonly #askLog: FailureLog;
  readonly #uiUrl: string;

  /** `uiUrl`: `ADOBE_UI_URL`. */
  constructor(parts: Parts, settings: { uiUrl: string }) {
    this.#parts = parts;
    this.#askRetries = new Retries(parts.clock);
    this.#askLog = new FailureLog(parts.logger);
    this.#uiUrl = settings.uiUrl;
  }

  /** Sends the notices that are waiting. Called repeatedly. */
  async send(): Promise<void> {
    const { store, limiter, clock } = this.#parts;
    for (const waiting of await store.waiting(clock.now(), MAX_AT_ONCE)) {
      if (limiter.waitMs() > 0) return;
      if (clock.monotonicMs() >= (this.#retryAt.get(keyOf(waiting)) ?? 0)) await this.#send(waiting);
    }
  }

  /** Replaces the buttons of asks with the outcome, once nothing is left to ask for. Called repeatedly. */
  async closeAsks(): Promise<void> {
    const { store, messages, migrations, limiter, clock } = this.#parts;
    if (clock.monotonicMs() < this.#asksAt) return;
    this.#asksAt = clock.monotonicMs() + ASKS_MS;
    for (const ask of await store.answeredAsks(MAX_AT_ONCE)) {
      if (limiter.waitMs() > 0) return;
      if (this.#askRetries.isWaiting(keyOf(ask))) continue;
      const latest = await migrations.latestConfirmed(ask.notice.technicalAccountId);
      limiter.take();
      try {
        await messages.closeAsk(ask, hasFulfilled(latest, ask) ? latest : null);
        this.#askFailingSince.delete(keyOf(ask));
        if (this.#askFailingSince.size === 0) this.#askLog.worked('asks', {}, 'asks are edited again after failures');
      } catch (err) {
        if (err instanceof RateLimitedError) return limiter.hold(err.ms);
        if (!this.#noteFailedEdit(ask, err)) continue;
      }
      const at = clock.now();
      await store.closeAsk(ask, notifiesOwner(latest, ask) ? null : answeredNotice(ask, at), at);
      this.#askRetries.worked(keyOf(ask));
      this.#askFailingSince.delete(keyOf(ask));
    }
  }

  /** Whether the message of an ask could not be edited for so long that it is left as it is. */
  #noteFailedEdit(ask: AnsweredAsk, err: unknown): boolean {
    const { clock, logger } = this.#parts;
    const { subject } = ask;
    const now = clock.monotonicMs();
    const since = this.#askFailingSince.get(keyOf(ask)) ?? now;
    this.#askFailingSince.set(keyOf(ask), since);
    this.#askRetries.failed(keyOf(ask));
    this.#askLog.failed('asks', causeOf(err), { err, subject }, 'an ask could not be edited; it will be retried');
    if (now - since <= GIVE_UP_MS) return false;
    logger.warn({ subject }, 'an ask could not be edited within a day; it keeps its button');
    return true;
  }

  async #send(waiting: WaitingNotice): Promise<void> {
    const { store, clock, logger } = this.#parts;
    const isTooLate = clock.now().getTime() - waiting.createdAt.getTime() > GIVE_UP_MS;
    if (isTooLate) logger.warn({ subject: waiting.subject }, 'a notice could not be sent within a day');
    const content = isTooLate ? null : await this.#contentOf(waiting.notice);
    const recipient = content === null ? null : await this.#recipientOf(waiting, content);
    if (recipient === 'later') return this.#retry(waiting);
    if (content === null || recipient === null) return this.#close(waiting, null);
    const { userId } = recipient;
    // The person who acted knows already; an owner with two addresses is one person.
    if (isCausedBy(userId, content) || (await store.isSentTo(waiting.subject, userId)))
      return this.#close(waiting, null);
    if (!(await store.claim(waiting, clock.now(), new Date(clock.now().getTime() + CLAIM_MS)))) return;
    await this.#deliver(waiting, userId, content);
  }

  async #deliver(waiting: WaitingNotice, userId: string, content: NoticeContent): Promise<void> {
    const { store, messages, limiter, logger } = this.#parts;
    limiter.take();
    try {
      const outcome = await messages.notify(userId, content);
      if (outcome === 'not_sent') return await this.#postpone(waiting, userId);
      const isAsk = content.kind === 'owner_ask' || content.kind === 'not_mine';
      if (outcome === 'rejected' && isAsk && isChannelId(waiting.address)) return await this.#toMigrators(waiting);
      if (outcome === 'rejected') {
        logger.warn({ user: userId }, 'Slack accepts no notice to this person');
        return await this.#close(waiting, null);
      }
      await this.#close(waiting, userId, outcome);
    } catch (err) {
      if (err instanceof RateLimitedError) {
        limiter.hold(err.ms);
        await store.release(waiting);
        return;
      }
      logger.warn({ err, subject: waiting.subject }, 'a notice may not have arrived');
      await this.#close(waiting, userId);
    }
  }

  /** Each migrator gets their own notice: one whom Slack rejects silences nobody else, and nobody gets two. */
  async #toMigrators(waiting: WaitingNotice): Promise<void> {
    const { store, directory, clock, logger } = this.#parts;
    const migrators = await directory.migratorIds(MAX_ASKED).catch((error: unknown) => {
      if (error instanceof RateLimitedError) throw error;
      return null;
    });
    if (migrators === null) return this.#postpone(waiting, waiting.address);
    logger.warn(
      { channel: waiting.address, migrators: migrators.length },
      'Slack accepts no ask in the channel, so each migrator gets it',
    );
    await store.readdress(waiting, migrators, clock.now());
  }

  /** The content of a notice; null if it would say nothing new. */
  async #contentOf(notice: WaitingNotice['notice']): Promise<NoticeContent | null> {
    const { credentials, migrations, watches, clock } = this.#parts;
    if (notice.kind === 'owner_ask') {
      const credential = await credentials.get(notice.technicalAccountId);
      return { ...notice, credential, at: clock.now() };
    }
    if (!('migrationId' in notice)) return notice;
    const migration = await migrations.get(notice.migrationId);
    if (migration === null) return null;
    switch (notice.kind) {
      case 'decision':
        // The people who waited for an end get a separate notice of it.
        return migration.endedAt === null ? { kind: notice.kind, migration } : null;
      case 'acknowledged':
        return { kind: notice.kind, migration, by: notice.by };
      case 'migration':
        return isCurrent(notice, migration) ? { kind: notice.kind, migration } : null;
      case 'end': {
        const isLatest = migration.endedAt?.toISOString() === notice.endedAt;
        return isLatest && peopleAwaitingEnd(migration).length > 0 ? { kind: notice.kind, migration } : null;
      }
      case 'press': {
        const url = adobePage(this.#uiUrl, migration.shown);
        return waitsForPerson(migration) ? { kind: notice.kind, why: notice.why, migration, url } : null;
      }
      case 'watch': {
        const watch = await watches.get(notice.migrationId);
        return watch?.told === notice.told ? { kind: notice.kind, migration, watch } : null;
      }
    }
  }

  /** The person at this address; instead of an owner whom Slack does not know, the person who took the credential over. */
  async #recipientOf({ address }: WaitingNotice, content: NoticeContent): Promise<NoticeRecipient> {
    const { recipients, reminders } = this.#parts;
    if (!address.includes('@')) return { userId: address };
    const group = { email: address.toLowerCase(), recipient: null, credentials: [] };
    const { recipient } = await recipients.lookUp(group, { isAwaited: true });
    if (recipient === null) return 'later';
    if (recipient.kind === 'person') return { userId: recipient.userId };
    if (!('migration' in content)) return null;
    const takenOverBy = (await reminders.takeovers()).get(content.migration.technicalAccountId);
    return takenOverBy === undefined ? null : { userId: takenOverBy };
  }

  async #close(waiting: WaitingNotice, sentTo: string | null, message: MessageRef | null = null): Promise<void> {
    this.#retryAt.delete(keyOf(waiting));
    await this.#parts.store.close(waiting, this.#parts.clock.now(), sentTo, message);
  }

  /** Schedules another try of the claimed notice, and logs the first failure. */
  async #postpone(waiting: WaitingNotice, recipient: string): Promise<void> {
    const { subject } = waiting;
    if (!this.#retryAt.has(keyOf(waiting)))
      this.#parts.logger.warn({ subject, recipient }, 'Slack has not taken a notice; it is tried again');
    await this.#parts.store.release(waiting);
    this.#retry(waiting);
  }

  #retry(waiting: WaitingNotice): void {
    this.#retryAt.set(keyOf(waiting), this.#parts.clock.monotonicMs() + RETRY_MS);
  }
}

function keyOf({ subject, address }: WaitingNotice): string {
  return JSON.stringify([subject, address]);
}

/** Whether the notice is still true; a confirmation is, as long as the migration is active. */
function isCurrent({ state }: MigrationNotice, migration: Migration): boolean {
  const isActive = ACTIVE_STATES.some((active) => active === migration.state);
  return state === 'confirmed' ? isActive : state === migration.state;
}

/** Whether this migration fulfilled the ask; an earlier one may have been undone since. */
function hasFulfilled(migration: Migration | null, { answer, createdAt }: AnsweredAsk): boolean {
  const isMigrated = answer === 'migrated' && migration?.state === 'migrated' && migration.reason?.code !== 'elsewhere';
  return isMigrated && migration.endedAt !== null && migration.endedAt >= createdAt;
}

/** Whether the owner learns the outcome of an ask from this migration's notices: one already recorded, or the next. */
function notifiesOwner(migration: Migration | null, { answer, createdAt }: AnsweredAsk): boolean {
  if (migration === null || migration.endedAt === null || migration.endedAt < createdAt) return false;
  return migration.state === 'migrated' || (migration.state === 'needs_attention' && answer === 'migrated');
}

/** One notice a day, no matter in how many places and how often it was asked. */
function answeredNotice({ notice, answer }: AnsweredAsk, at: Date): AddressedNotice {
  const { technicalAccountId, name, askedBy } = notice;
  return {
    subject: `answered/${technicalAccountId}/${askedBy}/${at.toISOString().slice(0, 10)}`,
    address: askedBy,
    notice: { kind: 'ask_answered', technicalAccountId, name, answer, at: at.toISOString() },
  };
}

/** Whether this person did what the notice is about. */
function isCausedBy(userId: string, content: NoticeContent): boolean {
  switch (content.kind) {
    case 'hold_over':
      return content.endedBy?.userId === userId;
    case 'owner_ask':
      return content.askedBy === userId;
    case 'not_mine':
      return content.saidBy === userId;
    case 'assigned':
    case 'reassigned':
    case 'given_back':
    case 'acknowledged':
      return content.by === userId;
    case 'migration':
    case 'watch':
      return [content.migration.askedBy, content.migration.decidedBy].includes(userId);
    case 'ask_answered':
    case 'press':
    case 'end':
    case 'decision':
      return false;
  }
}
