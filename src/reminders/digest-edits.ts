import type { Catalogue } from '../credentials/catalogue.ts';
import type { Clock } from '../lib/clock.ts';
import { FailureLog } from '../lib/failure-log.ts';
import type { Logger } from '../lib/logger.ts';
import { causeOf, RateLimitedError, type RateLimiter } from '../lib/rate-limiter.ts';
import { Retries } from '../lib/retries.ts';
import type { AssignedNow, AssignmentStore, PostedDigest } from './assignment.ts';
import type { ReminderDelivery } from './delivery.ts';

export interface DigestEditor {
  /**
   * Edits the posted digest, by its `content`, to say who is notified now. False if Slack no longer accepts an edit, or if
   * other companies can read it. @throws {RateLimitedError} when Slack asks for a pause, and other transient errors
   */
  reviseDigest(posted: PostedDigest, now: AssignedNow): Promise<boolean>;
}

interface Parts {
  readonly store: Pick<AssignmentStore, 'pendingDigestEdit' | 'latestDigest' | 'clearDigestEdit' | 'takeovers'>;
  readonly catalogue: Pick<Catalogue, 'toMigrate'>;
  readonly messenger: DigestEditor;
  readonly delivery: Pick<ReminderDelivery, 'acquireLease' | 'waitForTurn'>;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Identifies the digest in the retries and the log. */
const DIGEST = 'digest';

/** Edits the latest digest after a change of who is notified: recorded with the change, and tried until Slack has taken it. */
export class DigestEdits {
  readonly #parts: Parts;
  readonly #retries: Retries;
  readonly #log: FailureLog;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#retries = new Retries(parts.clock);
    this.#log = new FailureLog(parts.logger);
  }

  /** Called repeatedly. */
  async run(): Promise<void> {
    const { store, delivery, limiter } = this.#parts;
    const edit = await store.pendingDigestEdit();
    // By one instance at a time, so that no older edit follows a newer one.
    if (edit === null || this.#retries.isWaiting(DIGEST) || !(await delivery.acquireLease())) return;
    try {
      await this.#edit();
    } catch (err) {
      if (err instanceof RateLimitedError) limiter.hold(err.ms);
      else this.#retries.failed(DIGEST);
      this.#log.failed(DIGEST, causeOf(err), { err }, 'the digest could not be edited; it will be retried');
      return;
    }
    this.#retries.worked(DIGEST);
    this.#log.worked(DIGEST, {}, 'the digest was edited after failures');
    await store.clearDigestEdit(edit);
  }

  async #edit(): Promise<void> {
    const { store, catalogue, messenger, delivery, limiter, logger } = this.#parts;
    const posted = await store.latestDigest();
    if (posted.length === 0) return;
    const now = { credentials: await catalogue.toMigrate(), takeovers: await store.takeovers() };
    for (const digest of posted) {
      await delivery.waitForTurn(limiter);
      const isEdited = await messenger.reviseDigest(digest, now);
      if (!isEdited) logger.warn({ channel: digest.message.channel }, 'Slack accepts no edit of the digest');
    }
  }
}
