import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { MessageRef, Migration } from './migration.ts';
import type { MigrationStore } from './ports.ts';

/** What the one message about a migration shows. */
export type ProgressState =
  /** In the queue; `place`: how many migrations are ahead of it. */
  | { readonly kind: 'waiting'; readonly place: number }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly elapsedSeconds: number; readonly expectedSeconds: number }
  | { readonly kind: 'ended' };

/** The progress messages in Slack. */
export interface ProgressMessages {
  /**
   * Edits the migration's message, or posts one where there is none. Null when Slack rejects this message, which says
   * nothing about others. @throws when Slack is unavailable
   */
  show(migration: Migration, progress: ProgressState): Promise<MessageRef | null>;
}

interface Parts {
  readonly migrations: MigrationStore;
  readonly messages: ProgressMessages;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Slack allows about 50 edits a minute for the whole app; this leaves room for everything else. */
const EDIT_EVERY_SECONDS = 4;
const RETRY_AFTER_MS = 5_000;

/** Whether Slack has the message as it should be. */
type Delivery = 'shown' | 'rejected' | 'unavailable';

/**
 * Shows the progress and the end of every confirmed migration (README, promise 3). What to show is read from the
 * database each time, so that an end Slack did not take is shown later, and a restart forgets nothing.
 */
export class ProgressReporter {
  readonly #parts: Parts;
  readonly #expectedSeconds: number;
  /** By migration: what was shown last, and when to retry. In memory only. */
  readonly #latest = new Map<string, { progress: string; delivery: Delivery; retryAt: number }>();

  constructor(parts: Parts, settings: { expectedMs: number }) {
    this.#parts = parts;
    this.#expectedSeconds = Math.round(settings.expectedMs / 1000);
  }

  /** Brings every message up to date. Called repeatedly. */
  async report(): Promise<void> {
    const { migrations, clock } = this.#parts;
    const queue = await migrations.queue();
    for (const [before, migration] of queue.entries()) {
      await this.#show(migration, this.#progress(migration, before));
    }
    for (const migration of await migrations.unnotified()) {
      const delivery = await this.#show(migration, { kind: 'ended' });
      // Ends are shown in order: while Slack is unavailable, later ones wait. A rejected message holds up no other.
      if (delivery === 'unavailable') break;
      if (delivery === 'shown') {
        await migrations.markNotified(migration, clock.now());
        this.#latest.delete(migration.id);
      }
    }
  }

  /** `before`: how many in the queue are ahead of it. */
  #progress(migration: Migration, before: number): ProgressState {
    if (migration.state === 'confirmed')
      return before === 0 ? { kind: 'starting' } : { kind: 'waiting', place: before };
    const now = this.#parts.clock.now().getTime();
    const elapsed = (now - (migration.startedAt?.getTime() ?? now)) / 1000;
    return {
      kind: 'running',
      elapsedSeconds: Math.floor(elapsed / EDIT_EVERY_SECONDS) * EDIT_EVERY_SECONDS,
      expectedSeconds: this.#expectedSeconds,
    };
  }

  /** Retries a failed message only after a pause; until then the result is that of the last attempt. */
  async #show(migration: Migration, progress: ProgressState): Promise<Delivery> {
    const { migrations, messages, clock, logger } = this.#parts;
    const now = clock.now().getTime();
    const last = this.#latest.get(migration.id);
    // A migration may end twice, first needing attention: both ends are shown.
    const wanted = JSON.stringify([progress, migration.endedAt]);
    if (last?.progress === wanted) return 'shown';
    if (last !== undefined && now < last.retryAt) return last.delivery;
    const failed = (delivery: Delivery) => {
      this.#latest.set(migration.id, { progress: '', delivery, retryAt: clock.now().getTime() + RETRY_AFTER_MS });
      return delivery;
    };
    try {
      const message = await messages.show(migration, progress);
      if (message === null) return failed('rejected');
      if (message.ts !== migration.message?.ts) await migrations.setMessage(migration.id, message);
      this.#latest.set(migration.id, { progress: wanted, delivery: 'shown', retryAt: now });
      return 'shown';
    } catch (err) {
      logger.warn({ err, migration: migration.id }, 'progress could not be shown; trying again');
      return failed('unavailable');
    }
  }
}
