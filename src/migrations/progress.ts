import type { Catalogue } from '../credentials/catalogue.ts';
import { progressOf } from '../credentials/credential.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError, RateLimiter } from '../lib/rate-limiter.ts';
import { adobePage } from './adobe-page.ts';
import type { MessageRef, Migration } from './migration.ts';
import { type MigrationStore, type ProgressMessages, ResponseLostError } from './ports.ts';
import type { ProgressLinks } from './progress-links.ts';
import type { ProgressState } from './progress-state.ts';
import type { Runner } from './runner.ts';
import { waitsForPerson } from './verdicts.ts';

interface Parts {
  readonly migrations: MigrationStore;
  readonly messages: ProgressMessages;
  readonly runner: Pick<Runner, 'elapsedMs' | 'unreadStatusOf'>;
  readonly catalogue: Pick<Catalogue, 'overview' | 'nextEligible'>;
  readonly links: Pick<ProgressLinks, 'add'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The shortest time between two edits of a running migration, and its share of the expected time: few calls for a long one. */
const EDIT_EVERY_SECONDS = 4;
const EDIT_EVERY_SHARE = 0.3;
/**
 * Slack allows about 50 edits a minute for the whole app, and every end moves all that are queued: progress is edited at
 * most 40 times a minute, the first in the queue first, so that no end is refused. Milliseconds.
 */
const EDIT_GAP_MS = 2_000;
const EDIT_BURST = 10;
/** Before each of the first retries; from then on twice as long before each further one, up to the longest. Milliseconds. */
const RETRY_MS = 5_000;
const FIRST_RETRIES = 3;
const MAX_RETRY_MS = { unavailable: 60_000, rejected: 300_000 };
/** Before a post is repeated that may have arrived; four times as long before each further one, up to the longest. Milliseconds. */
const REPEAT_MS = 30_000;
const MAX_REPEAT_MS = 60 * 60 * 1000;
/** How much later Slack may still carry out an edit whose response was lost. Milliseconds. */
const LATE_EDIT_MS = 30_000;

/** Whether Slack has the message as it should be; `later`: it is tried again and holds up no other. */
type Delivery = 'shown' | 'later' | 'unavailable';

interface Attempt {
  readonly isEnd: boolean;
  readonly shownContent: string | null;
  readonly delivery: Delivery;
  readonly retryAt: number;
  readonly failures: number;
  /** How many of the failures are posts that may have arrived. */
  readonly repeats: number;
  /** An edit's response was lost, so that the edit may come after the end. */
  readonly mayBeOverwritten: boolean;
}

/**
 * Shows the progress and the end of every confirmed migration (README, promise 3). What to show is read from the
 * database before each call, so that an end Slack did not take is shown later, and a restart forgets nothing. Calls are
 * not repeated as they were; what happened during a call is looked up after it.
 */
export class ProgressReporter {
  readonly #parts: Parts;
  readonly #expectedSeconds: number;
  readonly #uiUrl: string;
  readonly #watchMs: number;
  /** By migration. In memory only. */
  readonly #attempts = new Map<string, Attempt>();
  /** End of a pause that Slack asked for; until then, only ends are sent. */
  #pausedUntil = 0;
  readonly #edits: RateLimiter;

  constructor(parts: Parts, settings: { expectedMs: number; uiUrl: string; watchMs: number }) {
    this.#parts = parts;
    this.#edits = new RateLimiter(parts.clock, EDIT_GAP_MS, EDIT_BURST);
    this.#uiUrl = settings.uiUrl;
    this.#watchMs = settings.watchMs;
    this.#expectedSeconds = Math.round(settings.expectedMs / 1000);
  }

  /** Brings every message up to date, ends first. Called repeatedly. */
  async report(): Promise<void> {
    const { migrations, clock } = this.#parts;
    await this.#showEnds();
    const queue = await migrations.queue();
    const isFirstHandedOver = queue[0] !== undefined && waitsForPerson(queue[0]);
    for (const [place, queued] of queue.entries()) {
      if (clock.monotonicMs() < this.#pausedUntil) return;
      if (this.#lastDelivery(queued, this.#progress(queued, place, isFirstHandedOver)) !== null) continue;
      const migration = await migrations.get(queued.id);
      if (migration?.state !== queued.state) continue;
      if (migration.message !== null) {
        if (this.#edits.waitMs() > 0) continue;
        this.#edits.take();
      }
      await this.#show(migration, this.#progress(migration, place, isFirstHandedOver));
      await this.#showEnds();
    }
  }

  async #showEnds(): Promise<void> {
    const { migrations, clock } = this.#parts;
    for (const ended of await migrations.unnotified()) {
      let migration = ended;
      let delivery = this.#lastDelivery(ended, ENDED);
      if (delivery === null) {
        migration = (await migrations.get(ended.id)) ?? ended;
        delivery = await this.#show(migration, await this.#endOf(migration));
      }
      // Ends are shown in order: while Slack is unavailable, later ones wait. A rejected message holds up no other.
      if (delivery === 'unavailable') return;
      if (delivery === 'shown') {
        await migrations.markNotified(migration, clock.now());
        this.#attempts.delete(migration.id);
      }
    }
  }

  async #endOf({ shown }: Migration): Promise<ProgressState> {
    const { catalogue } = this.#parts;
    const [{ counts }, next] = await Promise.all([catalogue.overview(), catalogue.nextEligible()]);
    const { left } = progressOf(counts);
    const url = adobePage(this.#uiUrl, shown);
    return { kind: 'ended', after: { url, left, next, watchMs: this.#watchMs } };
  }

  /** `place` and `isFirstHandedOver`: as in `ProgressState`. */
  #progress(migration: Migration, place: number, isFirstHandedOver: boolean): ProgressState {
    if (migration.message === null) return { kind: 'confirmed' };
    const unread = this.#parts.runner.unreadStatusOf(migration);
    if (migration.state === 'confirmed') {
      if (place > 0) return { kind: 'waiting', place, isFirstHandedOver };
      return unread === null ? { kind: 'starting' } : { kind: 'waiting_for_adobe', ...unread };
    }
    if (waitsForPerson(migration)) return { kind: 'handed_over', url: adobePage(this.#uiUrl, migration.shown) };
    if (migration.method === 'hand-off') return { kind: 'pressed' };
    const elapsedSeconds = this.#parts.runner.elapsedMs(migration) / 1000;
    const editEverySeconds = Math.max(EDIT_EVERY_SECONDS, Math.round(this.#expectedSeconds * EDIT_EVERY_SHARE));
    return {
      kind: 'running',
      elapsedSeconds: Math.floor(elapsedSeconds / editEverySeconds) * editEverySeconds,
      expectedSeconds: this.#expectedSeconds,
      ...(unread !== null && { unread }),
    };
  }

  /** The result of the last attempt while it is valid; null if Slack has to be called. */
  #lastDelivery(migration: Migration, progress: ProgressState): Delivery | null {
    const last = this.#attempts.get(migration.id);
    // An end may reach people whom progress did not, and what follows an end must not wait for it.
    if (last === undefined || last.isEnd !== (progress.kind === 'ended')) return null;
    if (last.shownContent === contentOf(migration, progress)) return 'shown';
    return this.#parts.clock.monotonicMs() < last.retryAt ? last.delivery : null;
  }

  async #show(migration: Migration, progress: ProgressState): Promise<Delivery> {
    const { migrations, messages, links } = this.#parts;
    let error: unknown = null;
    let message: MessageRef | null = null;
    try {
      message = await messages.show(migration, progress);
      if (message !== null && message.ts !== migration.message?.ts) {
        await migrations.setMessage(migration.id, message, migration.message);
        links.add({ ...migration, message });
      }
    } catch (thrown) {
      error = thrown;
    }
    // This call may have been late, and another instance may have shown the end before it.
    const now = await migrations.get(migration.id);
    if (now?.endedAt?.getTime() !== migration.endedAt?.getTime()) await migrations.notifyAgain(migration.id);
    if (message === null || error !== null) return this.#noteFailure(migration, progress, error);
    // Two instances have posted at the same moment: the message that is kept has to show it, too.
    if (now !== null && now.message?.ts !== message.ts) return 'later';
    return this.#noteShown(migration, progress);
  }

  #noteShown(migration: Migration, progress: ProgressState): Delivery {
    const now = this.#parts.clock.monotonicMs();
    const mayBeOverwritten = this.#attempts.get(migration.id)?.mayBeOverwritten ?? false;
    const isShownAgain = mayBeOverwritten && progress.kind === 'ended';
    const delivery = isShownAgain ? 'later' : 'shown';
    this.#attempts.set(migration.id, {
      isEnd: progress.kind === 'ended',
      shownContent: isShownAgain ? null : contentOf(migration, progress),
      delivery,
      retryAt: isShownAgain ? now + LATE_EDIT_MS : now,
      failures: 0,
      repeats: 0,
      mayBeOverwritten: mayBeOverwritten && !isShownAgain,
    });
    return delivery;
  }

  /** `err`: null when Slack rejected the message. */
  #noteFailure(migration: Migration, progress: ProgressState, err: unknown): Delivery {
    const { clock, logger } = this.#parts;
    const now = clock.monotonicMs();
    const isEnd = progress.kind === 'ended';
    const last = this.#attempts.get(migration.id);
    const { failures, repeats } = last?.isEnd === isEnd ? last : { failures: 0, repeats: 0 };
    const isPause = err instanceof RateLimitedError;
    const mayHaveArrived = err instanceof ResponseLostError;
    const waitMs = waitAfterMs(err, failures, repeats);
    if (isPause) this.#pausedUntil = now + waitMs;
    // Slack may fail at this message alone.
    const delivery = isPause || (err !== null && !mayHaveArrived && failures < FIRST_RETRIES) ? 'unavailable' : 'later';
    // A lost response: the edit may still come.
    const isLost = err !== null && !isPause && !isEnd && migration.message !== null;
    const mayBeOverwritten = isLost || (last?.mayBeOverwritten ?? false);
    this.#attempts.set(migration.id, {
      isEnd,
      shownContent: null,
      delivery,
      retryAt: now + waitMs,
      failures: failures + 1,
      repeats: repeats + (mayHaveArrived ? 1 : 0),
      mayBeOverwritten,
    });
    const what = err === null ? 'Slack rejects a message everywhere' : 'a message could not be shown in Slack';
    const log = failures === 0 ? logger.warn.bind(logger) : logger.debug.bind(logger);
    log({ migration: migration.id, ...(err !== null && { err }) }, `${what}; it will be retried`);
    return delivery;
  }
}

const ENDED: ProgressState = { kind: 'ended' };

/** How long to wait after a failure; `failures` and `repeats`: how many there were before. Milliseconds. */
function waitAfterMs(err: unknown, failures: number, repeats: number): number {
  if (err instanceof RateLimitedError) return err.ms;
  return err instanceof ResponseLostError ? repeatAfterMs(repeats) : retryAfterMs(failures, err === null);
}

/** `failures`: how many there were before. Milliseconds. */
function retryAfterMs(failures: number, isRejected: boolean): number {
  const max = isRejected ? MAX_RETRY_MS.rejected : MAX_RETRY_MS.unavailable;
  return Math.min(RETRY_MS * 2 ** Math.max(0, failures + 1 - FIRST_RETRIES), max);
}

/** `repeats`: how many posts may have arrived before. Milliseconds. */
function repeatAfterMs(repeats: number): number {
  return Math.min(REPEAT_MS * 4 ** repeats, MAX_REPEAT_MS);
}

/**
 * What a message shows, for comparison. A migration may end twice, first needing attention: both ends are shown. One
 * that continues with another method is shown again, since another instance may have shown its end meanwhile.
 */
function contentOf({ endedAt, method }: Migration, progress: ProgressState): string {
  // What people can do then differs from what has happened.
  return JSON.stringify([progress.kind === 'ended' ? ENDED : progress, endedAt, method]);
}
