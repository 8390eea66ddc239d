import type { Clock } from '../lib/clock.ts';
import { FailureLog } from '../lib/failure-log.ts';
import type { Leases } from '../lib/leases.ts';
import type { Logger } from '../lib/logger.ts';
import type { Limit } from '../lib/parallel.ts';
import { isPaused } from './adobe-error.ts';
import { type AccountReader, type ConsoleReader, NAMELESS, type UnreadItem } from './adobe-reader.ts';
import type { Credential } from './credential.ts';
import type { AdobeWatcher, SyncState, SyncStore, Unread } from './ports.ts';
import { SyncReading } from './sync-reading.ts';
import type { UnreadAccount } from './unread-account.ts';

const LEASE = 'sync';
/**
 * How long an instance that died keeps the others from reading. Milliseconds. Renewed by the loop; short, since one that
 * loses it while it stands still keeps nothing of what it has read.
 */
const LEASE_MS = 5_000;

/** A clock that was further ahead than this when it noted a pause was wrong, and so is the pause's end. Milliseconds. */
const CLOCK_AHEAD_MS = 3_600_000;

/** Between two notes of the progress. Milliseconds. */
const PROGRESS_MS = 1_000;

interface Parts {
  readonly accounts: AccountReader;
  readonly console: ConsoleReader;
  readonly store: SyncStore;
  readonly leases: Leases;
  readonly watcher: AdobeWatcher;
  /** So many calls to Adobe are in flight. */
  readonly limit: Limit;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Reads everything from Adobe and persists it. Only one sync runs at a time, in this process (a second call joins the
 * first) and across instances (a lease).
 */
export class Sync {
  readonly #parts: Parts;
  readonly #sandboxes: readonly string[];
  readonly #failures: FailureLog;
  #isLeased = false;
  #renewal: Promise<unknown> = Promise.resolve();
  #running: Promise<SyncState> | null = null;

  constructor(parts: Parts, settings: { sandboxes: readonly string[] }) {
    this.#parts = parts;
    this.#sandboxes = settings.sandboxes;
    this.#failures = new FailureLog(parts.logger);
  }

  /** Never throws an AdobeError: a failure is in the returned state, and what was known stays. */
  async run(): Promise<SyncState> {
    this.#running ??= this.#runOnce().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #runOnce(): Promise<SyncState> {
    const { accounts, console, store, leases, watcher, limit, clock, logger } = this.#parts;
    // Another instance is syncing: its result will be in the database.
    if (!(await leases.acquire(LEASE, clock.now(), LEASE_MS))) return store.syncState();
    this.#isLeased = true;
    try {
      const before = await store.syncState();
      // Of any instance, or of this one before a restart.
      const aheadMs = (before.triedAt?.getTime() ?? 0) - clock.now().getTime();
      if (isPaused(before.problem, clock.now()) && aheadMs <= CLOCK_AHEAD_MS) {
        await store.noteSync({ ...before, triedAt: clock.now() });
        return await store.syncState();
      }
      const isFirst = before.succeededAt === null;
      const reading = new SyncReading({
        isFirst,
        accounts,
        console,
        store,
        limit,
        now: () => clock.now(),
        onProgress: isFirst ? await this.#firstProgress(before) : async () => {},
      });
      const began = clock.now();
      const { credentials, unread: items, problem } = await reading.read(this.#sandboxes);
      // Awaited here: while the lease is given back, nobody would handle its failure.
      if (!(await this.#isAlone(before))) return await store.syncState();
      if (credentials !== null) {
        const externalChanges = await watcher.externalChanges(await this.#changes(credentials, began));
        await store.replaceCredentials(credentials, began, externalChanges);
      }
      const unread = summarize(items);
      await store.noteSync({ triedAt: clock.now(), problem, unread });
      if (credentials !== null) await watcher.voidSuperseded();
      // Once per change: what cannot be read today cannot be read at the next sync either.
      if (keyOf(unread) !== keyOf(before.unread))
        logger[unread.length === 0 ? 'info' : 'warn']({ unread }, 'what Adobe does not let us read changed');
      if (problem === null) {
        this.#failures.worked(LEASE, {}, 'the sync works again');
        logger.info({ credentials: credentials?.length }, 'sync done');
      } else {
        const cause = [problem.kind, problem.status, problem.code].join(' ');
        this.#failures.failed(LEASE, cause, { problem }, 'sync failed; the last known state stays');
      }
    } finally {
      this.#isLeased = false;
      // One under way would take the lease again.
      await this.#renewal.catch(() => {});
      await leases.release(LEASE);
    }
    return store.syncState();
  }

  /** Keeps the lease while this process reads; called more often than the lease lasts. True if there was one to keep. */
  async renewLease(): Promise<boolean> {
    if (!this.#isLeased) return false;
    const { leases, clock } = this.#parts;
    this.#renewal = leases.acquire(LEASE, clock.now(), LEASE_MS);
    await this.#renewal;
    return true;
  }

  /** False where this process stood still, and another one reads or has read since. */
  async #isAlone({ triedAt }: SyncState): Promise<boolean> {
    const { store, leases, clock } = this.#parts;
    if (!(await leases.acquire(LEASE, clock.now(), LEASE_MS))) return false;
    return (await store.syncState()).triedAt?.getTime() === triedAt?.getTime();
  }

  /** Of a first sync, which may take long: every instance shows how far it is. */
  async #firstProgress({ progress }: SyncState): Promise<(read: number, total: number) => Promise<void>> {
    const { store, clock } = this.#parts;
    // It goes on from what an attempt before it has read.
    await store.noteProgress({ read: progress?.read ?? 0, total: progress?.total ?? null, at: clock.now() });
    let notedAt = Number.NEGATIVE_INFINITY;
    return async (read, total) => {
      const isDue = clock.monotonicMs() - notedAt >= PROGRESS_MS;
      if (!isDue) return;
      notedAt = clock.monotonicMs();
      await store.noteProgress({ read, total, at: clock.now() });
    };
  }

  /** Credentials whose migration started or completed since the last sync. */
  async #changes(credentials: readonly Credential[], began: Date): Promise<Credential[]> {
    const before = await this.#parts.store.adobeStates();
    return credentials.filter(({ technicalAccountId, adobeStatus }) => {
      const { status: was, statusReadAt } = before.get(technicalAccountId) ?? {};
      // It was read alone after this reading had begun, whose status may be an older one.
      if (statusReadAt != null && statusReadAt >= began) return false;
      const moved = adobeStatus === 'completed' || adobeStatus === 'started';
      // A status that was unknown may have changed at any time before.
      const known = was !== undefined && was !== 'unknown';
      return moved && known && was !== 'completed' && was !== adobeStatus;
    });
  }
}

/** Names kept of what could not be read. */
const MAX_NAMES = 20;

function summarize(items: readonly UnreadItem[]): Unread[] {
  return [...Map.groupBy(items, ({ what }) => what)].flatMap(([what, [first, ...others]]) => {
    if (first === undefined) return [];
    const names = [...new Set([first, ...others].map(({ name }) => name))].sort();
    const unread = { what, count: names.length, names: names.slice(0, MAX_NAMES), problem: first.problem };
    return [what === 'account' ? { ...unread, accounts: whereabouts([first, ...others]) } : unread];
  });
}

/** Of very many, only the sandboxes: each may be any of those there. */
function whereabouts(items: readonly UnreadItem[]): UnreadAccount[] {
  const accounts = items.flatMap(({ name, isNameless, sandbox }) =>
    sandbox === undefined ? [] : [{ name, sandbox, ...(isNameless && { isNameless }) }],
  );
  if (accounts.length <= MAX_NAMES) return accounts;
  const sandboxes = [...new Set(accounts.map(({ sandbox }) => sandbox))];
  return sandboxes.map((sandbox) => ({ name: NAMELESS, isNameless: true, sandbox }));
}

/** Which things these are, whatever Adobe says about each. */
function keyOf(unread: readonly Unread[]): string {
  return JSON.stringify(unread.map(({ what, count, names }) => [what, count, names]));
}
