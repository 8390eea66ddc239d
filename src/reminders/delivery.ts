import type { Timer } from '../lib/clock.ts';
import type { Leases } from '../lib/leases.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError, type RateLimiter } from '../lib/rate-limiter.ts';
import type { MessageRef } from '../migrations/migration.ts';
import type { ReminderStore, UnreachableCode } from './ports.ts';

/** How a message was closed: sent, refused by Slack, or (neither) nothing left to say. Null: to be tried again. */
export type Delivered = { readonly message?: MessageRef; readonly why?: UnreachableCode } | null;

interface Unmarked {
  readonly batch: string;
  readonly recipient: string;
  readonly delivered: NonNullable<Delivered>;
}

const LEASE = 'reminders';
/** Longer than one call to Slack may take; after a crash the rest of a batch waits this long. Milliseconds. */
const LEASE_MS = 20_000;
/** The lease is renewed this often while waiting. Milliseconds. */
const SLICE_MS = 5_000;

/**
 * Sends each message of a batch once, at Slack's pace: claimed in the database before it is sent, closed after. A
 * crash between Slack's answer and the close is the one case in which a message comes twice: Slack has no key by
 * which it would know a repetition.
 */
export class ReminderDelivery {
  readonly #store: ReminderStore;
  readonly #leases: Leases;
  readonly #timer: Timer;
  readonly #logger: Logger;
  /** What Slack took or refused, and the database did not take yet. This process's own view. */
  readonly #unmarked = new Map<string, Unmarked>();

  constructor(parts: { store: ReminderStore; leases: Leases; timer: Timer; logger: Logger }) {
    this.#store = parts.store;
    this.#leases = parts.leases;
    this.#timer = parts.timer;
    this.#logger = parts.logger;
  }

  /** Takes or keeps the right to send reminders; false when another instance has it. */
  async holdLease(): Promise<boolean> {
    return this.#leases.acquire(LEASE, this.#timer.now(), LEASE_MS);
  }

  /** Gives the right back: the rest of a batch goes on elsewhere, at once. */
  async release(): Promise<void> {
    await this.#leases.release(LEASE);
  }

  /** Waits for its turn, keeping the lease. */
  async turn(pace: RateLimiter): Promise<void> {
    for (let wait = pace.waitMs(); wait > 0; wait = pace.waitMs()) {
      await this.#timer.sleep(Math.min(wait, SLICE_MS));
      await this.holdLease();
    }
    pace.take();
  }

  /** Claims, sends, closes. False when it has to be tried again; true also when it was closed before. */
  async once(
    batch: string,
    recipient: string,
    pace: RateLimiter,
    send: () => Promise<Delivered>,
  ): Promise<boolean> {
    const key = JSON.stringify([batch, recipient]);
    const before = this.#unmarked.get(key);
    if (before !== undefined) return this.#mark(key, before);
    const now = this.#timer.now();
    const claim = await this.#store.claim(batch, recipient, now, new Date(now.getTime() + LEASE_MS));
    if (claim !== 'claimed') return claim === 'closed';
    const delivered = await this.#trySend(batch, recipient, pace, send);
    return delivered !== null && this.#mark(key, { batch, recipient, delivered });
  }

  /** Closes what was sent and could not be closed then, before its claim runs out. */
  async markRest(): Promise<void> {
    for (const [key, unmarked] of this.#unmarked) await this.#mark(key, unmarked);
  }

  async #trySend(
    batch: string,
    recipient: string,
    pace: RateLimiter,
    send: () => Promise<Delivered>,
  ): Promise<Delivered> {
    let delivered: Delivered = null;
    try {
      delivered = await send();
    } catch (err) {
      if (err instanceof RateLimitedError) pace.hold(err.ms);
      this.#logger.warn({ err, batch, recipient }, 'a reminder could not be sent; tried again');
    }
    if (delivered === null) await this.#store.release(batch, recipient);
    return delivered;
  }

  /** Where the database does not take it, only this is tried again: Slack has the message. */
  async #mark(key: string, unmarked: Unmarked): Promise<boolean> {
    const { batch, recipient, delivered } = unmarked;
    this.#unmarked.set(key, unmarked);
    try {
      await this.#store.close(batch, recipient, this.#timer.now(), delivered);
      this.#unmarked.delete(key);
      return true;
    } catch (err) {
      this.#logger.warn(
        { err, batch, recipient },
        'a reminder was sent and could not be marked; marking is tried again',
      );
      return false;
    }
  }
}
