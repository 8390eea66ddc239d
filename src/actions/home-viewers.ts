import { type Access, AccessDenied, type Caller, type Member } from '../access/access.ts';
import type { AuditTrail } from '../audit/audit-entry.ts';
import type { Clock } from '../lib/clock.ts';
import type { Page } from '../lib/page.ts';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import { isRejection, translateRateLimit } from '../slack/errors.ts';
import { HOME_SHOWN } from '../slack/messages/home.ts';
import type { WatchStore } from '../watch/ports.ts';
import type { WatchedMigration } from '../watch/watch.ts';

/** How long a Home counts as open, since Slack does not say when it is closed. Milliseconds. */
const OPEN_MS = 60 * 60 * 1000;
/** Maximum number of viewers that are remembered: those who opened Home last. */
const MAX_VIEWERS = 50;
/** Minimum time between two redraws of one Home. Milliseconds. */
const GAP_MS = 15_000;
/**
 * Maximum number of redraws in one call: 48 a minute at one call every five seconds. Slack allows about 100 publishes a
 * minute, Tier 4 of https://docs.slack.dev/apis/web-api/rate-limits, for all instances together and for people who open
 * their Home.
 */
const MAX_REDRAWS = 4;
/** How long redraws pause after Slack could not say who someone is, unless it asks for a pause itself. Milliseconds. */
const UNVERIFIED_PAUSE_MS = 60_000;

interface Viewer {
  readonly caller: Caller;
  /** When the person last opened Home or pressed something there, on the monotonic clock. */
  openedAt: number;
  /** When the Home was last drawn, successfully or not; by the same clock. */
  drawnAt: number;
  /** The fingerprint (see `#readFingerprint`) that the Home was drawn from; null: it is not known whether Slack accepted it. */
  shownFingerprint: string | null;
  /** Resolves once this Home is not being drawn. */
  whenDrawn: Promise<unknown>;
  /** Set at a denial, so that a Home that is just being drawn does not replace it. */
  isDenied: boolean;
}

interface Parts {
  readonly access: Pick<Access, 'admitReader'>;
  readonly audit: Pick<AuditTrail, 'head'>;
  readonly watches: Pick<WatchStore, 'unacknowledged'>;
  readonly clock: Clock;
  /**
   * Builds this person's Home and sends it to Slack. `failedAfter`: migrated credentials whose jobs have failed since.
   */
  readonly publish: (person: Member, failedAfter: Page<WatchedMigration>) => Promise<void>;
}

function newViewer(caller: Caller, now: number): Viewer {
  return { caller, openedAt: now, drawnAt: now, shownFingerprint: null, whenDrawn: Promise.resolve(), isDenied: false };
}

/** Knows who probably has Home open, and what it shows them. In memory: each instance serves its own viewers. */
export class HomeViewers {
  readonly #parts: Parts;
  /** By user id, in the order in which they last opened Home. */
  readonly #viewers = new Map<string, Viewer>();
  /** Until when nothing is redrawn, on the monotonic clock. */
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Publishes the Home of a person who opened it or pressed something there, and remembers them. @throws what Slack or
   * the database throws
   */
  async show(caller: Caller, person: Member): Promise<void> {
    const now = this.#parts.clock.monotonicMs();
    const viewer = this.#viewers.get(person.id) ?? newViewer(caller, now);
    viewer.openedAt = now;
    this.#viewers.delete(person.id);
    this.#viewers.set(person.id, viewer);
    const [oldest] = this.#viewers.keys();
    if (this.#viewers.size > MAX_VIEWERS && oldest !== undefined) this.#viewers.delete(oldest);
    await this.#draw(viewer, person);
  }

  /**
   * Redraws the outdated Homes of some viewers, and forgets viewers who may no longer see theirs. Called repeatedly.
   * Returns how many were redrawn.
   * @throws the first error, after the other viewers were served
   */
  async redraw(): Promise<number> {
    const { clock } = this.#parts;
    const now = clock.monotonicMs();
    for (const [id, { openedAt }] of this.#viewers) if (now - openedAt > OPEN_MS) this.#viewers.delete(id);
    if (this.#viewers.size === 0 || now < this.#pausedUntil) return 0;
    const { fingerprint: current } = await this.#readFingerprint();
    const due = [...this.#viewers.values()]
      .filter(({ shownFingerprint, drawnAt }) => shownFingerprint !== current && now - drawnAt >= GAP_MS)
      .sort((a, b) => a.drawnAt - b.drawnAt);
    const errors: unknown[] = [];
    let redrawn = 0;
    for (const viewer of due.slice(0, MAX_REDRAWS)) {
      if (this.#isStopped || clock.monotonicMs() < this.#pausedUntil) break;
      try {
        if (await this.#redrawOne(viewer)) redrawn += 1;
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return redrawn;
  }

  /** Forgets a person who was denied access. Resolves once no redraw under way can replace the denial. */
  async forget(userId: string): Promise<void> {
    const viewer = this.#viewers.get(userId);
    if (viewer === undefined) return;
    this.#viewers.delete(userId);
    viewer.isDenied = true;
    await viewer.whenDrawn;
  }

  /** No Home is redrawn after this. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Returns false if this viewer's Home was not redrawn, for now or for good. */
  async #redrawOne(viewer: Viewer): Promise<boolean> {
    const { access } = this.#parts;
    const { caller } = viewer;
    try {
      await this.#draw(viewer, await access.admitReader(caller, { action: 'redraw home' }));
      return true;
    } catch (error) {
      const err = translateRateLimit(error);
      if (err instanceof RateLimitedError) {
        this.#pause(err.ms);
        return false;
      }
      const isDenied = err instanceof AccessDenied;
      if (isDenied || isRejection(err)) this.#viewers.delete(caller.userId);
      if (!isDenied) throw err;
      // Otherwise everyone would be denied at once, and each denial is audited.
      if (err.why === 'unverified') this.#pause(err.problem?.retryAfterMs ?? UNVERIFIED_PAUSE_MS);
      return false;
    }
  }

  #draw(viewer: Viewer, person: Member): Promise<void> {
    const drawing = this.#drawNow(viewer, person);
    viewer.whenDrawn = Promise.allSettled([viewer.whenDrawn, drawing]);
    return drawing;
  }

  async #drawNow(viewer: Viewer, person: Member): Promise<void> {
    viewer.drawnAt = this.#parts.clock.monotonicMs();
    viewer.shownFingerprint = null;
    // Read first: a change while the Home is being built leads to a redraw the next time.
    const { fingerprint, failed } = await this.#readFingerprint();
    if (viewer.isDenied) return;
    await this.#parts.publish(person, failed);
    viewer.shownFingerprint = fingerprint;
  }

  #pause(ms: number): void {
    this.#pausedUntil = this.#parts.clock.monotonicMs() + ms;
  }

  /**
   * `fingerprint`: differs when something that Home shows has changed, in any instance. Every change is audited, except
   * a failure that a watch finds, so it covers both.
   */
  async #readFingerprint(): Promise<{ fingerprint: string; failed: Page<WatchedMigration> }> {
    const { audit, watches } = this.#parts;
    const [{ hash }, failed] = await Promise.all([audit.head(), watches.unacknowledged(HOME_SHOWN)]);
    const failures = failed.rows.map(({ watch: { migrationId, failures } }) => [migrationId, failures]);
    return { fingerprint: JSON.stringify([hash, failed.total, failures]), failed };
  }
}
