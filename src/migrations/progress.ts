import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { MessageRef, Migration } from './migration.ts';
import type { MigrationStore } from './ports.ts';

/** What the one message about a migration shows. */
export type ProgressState =
  /** `place`: how many are ahead of it. */
  | { readonly kind: 'waiting'; readonly place: number }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly elapsedSeconds: number; readonly expectedSeconds: number }
  | { readonly kind: 'ended' };

/** Shows a migration to the people concerned. */
export interface ProgressMessages {
  /**
   * Edits the migration's message, or posts it where there is none. Null when Slack refuses this one, which says nothing
   * of others. @throws when Slack is away
   */
  show(migration: Migration, progress: ProgressState): Promise<MessageRef | null>;
}

interface Parts {
  readonly migrations: MigrationStore;
  readonly board: ProgressMessages;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Slack allows about 50 edits a minute for the whole app; this leaves room for everything else. */
const EDIT_EVERY_SECONDS = 4;
const RETRY_AFTER_MS = 5_000;

/** What Slack did with a message when it was last tried. */
type Taken = 'taken' | 'refused' | 'away';

/**
 * Promise 3: every confirmed migration ends in a message. What to show is read from the database each time, so an end
 * that Slack did not take is shown later, and a restart forgets nothing.
 */
export class ProgressReporter {
  readonly #parts: Parts;
  readonly #expectedSeconds: number;
  /** Per migration: what was shown last, and when trying again makes sense. This process's own view. */
  readonly #shown = new Map<string, { progress: string; taken: Taken; notBefore: number }>();

  constructor(parts: Parts, settings: { expectedMs: number }) {
    this.#parts = parts;
    this.#expectedSeconds = Math.round(settings.expectedMs / 1000);
  }

  /** Brings every message up to date that is not. Called again and again. */
  async report(): Promise<void> {
    const { migrations, clock } = this.#parts;
    const queue = await migrations.queue();
    for (const [before, migration] of queue.entries()) {
      await this.#show(migration, this.#progress(migration, before));
    }
    for (const migration of await migrations.unnotified()) {
      const taken = await this.#show(migration, { kind: 'ended' });
      // In their order: while Slack is away, later ends wait behind this one. One that it refuses holds nobody up.
      if (taken === 'away') break;
      if (taken === 'taken') {
        await migrations.markNotified(migration, clock.now());
        this.#shown.delete(migration.id);
      }
    }
  }

  /** `before`: how many of the line are ahead of it. */
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

  /** After it was not taken, Slack is given time: until then the answer is the same. */
  async #show(migration: Migration, progress: ProgressState): Promise<Taken> {
    const { migrations, board, clock, logger } = this.#parts;
    const now = clock.now().getTime();
    const last = this.#shown.get(migration.id);
    // Of two ends, that it needed a person and then how it ended, both are shown.
    const wanted = JSON.stringify([progress, migration.endedAt]);
    if (last?.progress === wanted) return 'taken';
    if (last !== undefined && now < last.notBefore) return last.taken;
    try {
      const message = await board.show(migration, progress);
      if (message === null) return this.#notTaken(migration, 'refused');
      if (message.ts !== migration.message?.ts) await migrations.setMessage(migration.id, message);
      this.#shown.set(migration.id, { progress: wanted, taken: 'taken', notBefore: now });
      return 'taken';
    } catch (err) {
      logger.warn({ err, migration: migration.id }, 'progress could not be shown; trying again');
      return this.#notTaken(migration, 'away');
    }
  }

  #notTaken({ id }: Migration, taken: 'refused' | 'away'): Taken {
    this.#shown.set(id, {
      progress: '',
      taken,
      notBefore: this.#parts.clock.now().getTime() + RETRY_AFTER_MS,
    });
    return taken;
  }
}
