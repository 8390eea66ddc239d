import type { Clock } from '../lib/clock.ts';
import { FailureLog } from '../lib/failure-log.ts';
import type { Leases } from '../lib/leases.ts';
import type { Logger } from '../lib/logger.ts';
import type { Limit } from '../lib/parallel.ts';
import { type AdobeProblem, isPaused } from './adobe-error.ts';
import { type AccountReader, type ConsoleReader, NAMELESS, type UnreadItem } from './adobe-reader.ts';
import type { Credential } from './credential.ts';
import type { AdobeWatcher, SyncState, SyncStore, UnreadItems } from './ports.ts';
import { SyncReading } from './sync-reading.ts';
import type { UnreadAccount } from './unread-account.ts';

const LEASE = 'sync';
/**
 * How long a dead instance keeps the others from reading. Milliseconds. Renewed by the loop. It can be short, since an
 * instance that loses it while paused discards what it has read.
 */
const LEASE_MS = 5_000;

/**
 * If the last sync is further in the future than this, the clock was wrong, and so is the pause's end. Milliseconds.
 */
const CLOCK_AHEAD_MS = 3_600_000;

/** Time between two updates of the progress. Milliseconds. */
const PROGRESS_MS = 1_000;

interface Parts {
  readonly accounts: AccountReader;
  readonly console: ConsoleReader;
  readonly store: SyncStore;
  readonly leases: Leases;
  readonly watcher: AdobeWatcher;
  /** Limits the number of concurrent calls to Adobe. */
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
    const { accounts, console, store, leases, watcher, limit, clock } = this.#parts;
    // Another instance is syncing: its result will be in the database.
    if (!(await leases.acquire(LEASE, clock.now(), LEASE_MS))) return store.syncState();
    this.#isLeased = true;
    try {
      const before = await store.syncState();
      if (this.#isPausedByAdobe(before)) {
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
        onProgress: isFirst ? await this.#progressRecorder(before) : async () => {},
      });
      const began = clock.now();
      const { credentials, unread: items, problem } = await reading.read(this.#sandboxes);
      // Awaited here: otherwise nothing would handle its failure while the lease is being released.
      if (!(await this.#mayPersist(before))) return await store.syncState();
      if (credentials !== null) {
        const externalChanges = await watcher.externalChanges(await this.#changedStatuses(credentials, began));
        await store.replaceCredentials(credentials, began, externalChanges);
      }
      const unread = summarize(items);
      await store.noteSync({ triedAt: clock.now(), problem, unread });
      if (credentials !== null) await watcher.voidSuperseded();
      this.#logUnread(unread, before.unread);
      this.#logResult(problem, credentials?.length);
    } finally {
      this.#isLeased = false;
      // A renewal that is still in flight would take the lease again after its release.
      await this.#renewal.catch(() => {});
      await leases.release(LEASE);
    }
    return store.syncState();
  }

  /** Renews the lease while this process reads; called more often than it expires. True if there was one to renew. */
  async renewLease(): Promise<boolean> {
    if (!this.#isLeased) return false;
    const { leases, clock } = this.#parts;
    this.#renewal = leases.acquire(LEASE, clock.now(), LEASE_MS);
    await this.#renewal;
    return true;
  }

  /** The pause may have been noted by another instance, or by this one before a restart. */
  #isPausedByAdobe({ problem, triedAt }: SyncState): boolean {
    const now = this.#parts.clock.now();
    const aheadMs = (triedAt?.getTime() ?? 0) - now.getTime();
    return isPaused(problem, now) && aheadMs <= CLOCK_AHEAD_MS;
  }

  /** Once per change: what cannot be read now cannot be read at the next sync either. */
  #logUnread(unread: readonly UnreadItems[], before: readonly UnreadItems[]): void {
    if (identityOf(unread) === identityOf(before)) return;
    const level = unread.length === 0 ? 'info' : 'warn';
    this.#parts.logger[level]({ unread }, 'what Adobe does not let us read changed');
  }

  #logResult(problem: AdobeProblem | null, credentials: number | undefined): void {
    if (problem === null) {
      this.#failures.worked(LEASE, {}, 'the sync works again');
      this.#parts.logger.info({ credentials }, 'sync done');
    } else {
      const cause = [problem.kind, problem.status, problem.code].join(' ');
      this.#failures.failed(LEASE, cause, { problem }, 'sync failed; the last known state stays');
    }
  }

  /** False if this process was paused, and another one is reading or has read since. */
  async #mayPersist({ triedAt }: SyncState): Promise<boolean> {
    const { store, leases, clock } = this.#parts;
    if (!(await leases.acquire(LEASE, clock.now(), LEASE_MS))) return false;
    return (await store.syncState()).triedAt?.getTime() === triedAt?.getTime();
  }

  /** Notes the progress of a first sync, which may take long, so that every instance can show it. */
  async #progressRecorder({ progress }: SyncState): Promise<(read: number, total: number) => Promise<void>> {
    const { store, clock } = this.#parts;
    // Continues from the progress of an earlier attempt.
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
  async #changedStatuses(credentials: readonly Credential[], began: Date): Promise<Credential[]> {
    const before = await this.#parts.store.adobeStates();
    return credentials.filter(({ technicalAccountId, adobeStatus }) => {
      const { status: statusBefore, statusReadAt } = before.get(technicalAccountId) ?? {};
      // The status was read outside of a sync after this reading began, so this reading's status may be older.
      if (statusReadAt != null && statusReadAt >= began) return false;
      // A status that was unknown may have changed at any time before.
      if (statusBefore === undefined || statusBefore === 'unknown') return false;
      const hasBegun = adobeStatus === 'completed' || adobeStatus === 'started';
      return hasBegun && statusBefore !== 'completed' && statusBefore !== adobeStatus;
    });
  }
}

/** How many names of unread items are kept. */
const MAX_NAMES = 20;

function summarize(items: readonly UnreadItem[]): UnreadItems[] {
  const summaries: UnreadItems[] = [];
  for (const [what, group] of Map.groupBy(items, (item) => item.what)) {
    const [first] = group;
    if (first === undefined) continue;
    const names = [...new Set(group.map(({ name }) => name))].sort();
    const summary = { what, count: names.length, names: names.slice(0, MAX_NAMES), problem: first.problem };
    summaries.push(what === 'account' ? { ...summary, accounts: locationsOf(group) } : summary);
  }
  return summaries;
}

/** Where the unread accounts are. For more than `MAX_NAMES`, only the sandboxes: each may be any account there. */
function locationsOf(items: readonly UnreadItem[]): UnreadAccount[] {
  const accounts = items.flatMap(({ name, isNameless, sandbox }) =>
    sandbox === undefined ? [] : [{ name, sandbox, ...(isNameless && { isNameless }) }],
  );
  if (accounts.length <= MAX_NAMES) return accounts;
  const sandboxes = [...new Set(accounts.map(({ sandbox }) => sandbox))];
  return sandboxes.map((sandbox) => ({ name: NAMELESS, isNameless: true, sandbox }));
}

/** Identifies the unread items, whatever Adobe says about each. */
function identityOf(unread: readonly UnreadItems[]): string {
  return JSON.stringify(unread.map(({ what, count, names }) => [what, count, names]));
}
