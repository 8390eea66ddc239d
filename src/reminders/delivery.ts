import type { Timer } from '../lib/clock.ts';
import { FailureLog } from '../lib/failure-log.ts';
import type { Leases } from '../lib/leases.ts';
import type { Logger } from '../lib/logger.ts';
import { causeOf, RateLimitedError, type RateLimiter } from '../lib/rate-limiter.ts';
import { Retries } from '../lib/retries.ts';
import type { MessageRef } from '../migrations/migration.ts';
import type { ReminderStore, UnreachableCode } from './ports.ts';

/** The outcome of a message: sent, rejected by Slack, or neither, if nothing was left to say. Null: to be retried. */
export type Delivered = {
  readonly message?: MessageRef;
  readonly why?: UnreachableCode;
  readonly content?: string;
} | null;

interface Unclosed {
  readonly round: string;
  readonly recipientId: string;
  readonly delivered: NonNullable<Delivered>;
}

const LEASE = 'reminders';
/** Longer than one call to Slack may take; after a crash the rest of a round waits this long. Milliseconds. */
const LEASE_MS = 20_000;
/** The lease is renewed this often while waiting. Milliseconds. */
const RENEW_MS = 5_000;

/**
 * Sends each message of a round once, within Slack's rate limit: claimed in the database before it is sent, closed
 * after. A message is sent again after a crash between Slack's response and the close, or when the response was lost:
 * Slack has no idempotency key.
 */
export class ReminderDelivery {
  readonly #store: ReminderStore;
  readonly #leases: Leases;
  readonly #timer: Timer;
  readonly #log: FailureLog;
  /** What Slack accepted or rejected and the database could not record yet. In memory, per instance. */
  readonly #unclosed = new Map<string, Unclosed>();
  /** Messages that failed: Slack may have accepted each. */
  readonly #retries: Retries;

  constructor(parts: { store: ReminderStore; leases: Leases; timer: Timer; logger: Logger }) {
    this.#store = parts.store;
    this.#leases = parts.leases;
    this.#timer = parts.timer;
    this.#retries = new Retries(parts.timer);
    this.#log = new FailureLog(parts.logger);
  }

  /** Acquires or renews the lease for sending reminders; false when another instance has it. */
  async acquireLease(): Promise<boolean> {
    return this.#leases.acquire(LEASE, this.#timer.now(), LEASE_MS);
  }

  /** Another instance continues at once. */
  async releaseLease(): Promise<void> {
    await this.#leases.release(LEASE);
  }

  /** Waits until the limiter permits the next call, renewing the lease meanwhile. */
  async waitForTurn(limiter: RateLimiter): Promise<void> {
    for (let wait = limiter.waitMs(); wait > 0; wait = limiter.waitMs()) {
      await this.#timer.sleep(Math.min(wait, RENEW_MS));
      await this.acquireLease();
    }
    limiter.take();
  }

  /** Claims, sends, closes. True when it is closed, also from before; false when it has to be retried. */
  async sendOnce(
    round: string,
    recipientId: string,
    limiter: RateLimiter,
    send: () => Promise<Delivered>,
  ): Promise<boolean> {
    const key = JSON.stringify([round, recipientId]);
    const before = this.#unclosed.get(key);
    if (before !== undefined) return this.#close(key, before);
    const now = this.#timer.now();
    if (this.#retries.isWaiting(key)) return false;
    const claim = await this.#store.claim(round, recipientId, now, new Date(now.getTime() + LEASE_MS));
    if (claim !== 'claimed') return claim === 'closed';
    const delivered = await this.#trySend(key, round, recipientId, limiter, send);
    return delivered !== null && this.#close(key, { round, recipientId, delivered });
  }

  /** Closes what was sent and could not be closed at the time, before its claim expires. */
  async closeUnclosed(): Promise<void> {
    for (const [key, unclosed] of this.#unclosed) await this.#close(key, unclosed);
  }

  async #trySend(
    key: string,
    round: string,
    recipientId: string,
    limiter: RateLimiter,
    send: () => Promise<Delivered>,
  ): Promise<Delivered> {
    let delivered: Delivered = null;
    try {
      delivered = await send();
      this.#retries.worked(key);
      this.#log.worked(`send ${key}`, { round, recipientId }, 'a reminder was sent after failures');
    } catch (err) {
      if (err instanceof RateLimitedError) limiter.hold(err.ms);
      else this.#retries.failed(key);
      const message = 'a reminder could not be sent; it will be retried';
      this.#log.failed(`send ${key}`, causeOf(err), { err, round, recipientId }, message);
    }
    if (delivered === null) await this.#store.release(round, recipientId);
    return delivered;
  }

  /** Slack has the message: when the database fails, only the close is retried. */
  async #close(key: string, unclosed: Unclosed): Promise<boolean> {
    const { round, recipientId, delivered } = unclosed;
    this.#unclosed.set(key, unclosed);
    try {
      await this.#store.close(round, recipientId, this.#timer.now(), delivered);
      this.#unclosed.delete(key);
      this.#log.worked(`close ${key}`, { round, recipientId }, 'a reminder was recorded after failures');
      return true;
    } catch (err) {
      const message = 'a reminder was sent but could not be recorded; recording will be retried';
      this.#log.failed(`close ${key}`, String(err), { err, round, recipientId }, message);
      return false;
    }
  }
}
