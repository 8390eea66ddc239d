import type { Clock } from '../lib/clock.ts';
import type { Leases } from '../lib/leases.ts';
import type { Logger } from '../lib/logger.ts';
import { inParallel } from '../lib/parallel.ts';
import { AdobeError, type AdobeErrorKind, type AdobeProblem, isTransient } from './adobe-error.ts';
import type { Account, AccountReader, ConsoleReader } from './adobe-reader.ts';
import { type AdobeStatus, bareAccountId, type Credential } from './credential.ts';
import type { AdobeState, AdobeWatcher, SyncState, SyncStore } from './ports.ts';

/** Concurrent calls to Adobe: fast enough for hundreds of credentials, slow enough for its throttle. */
const CONCURRENCY = 5;
/** Calls between two renewals of the lease. */
const PORTION = 25;
const LEASE = 'sync';
/** Renewed while reading; longer than any one call takes with its retries. Milliseconds. */
const LEASE_MS = 60_000;

/**
 * What a sync does when the Console fails for one credential. `fail`: the whole sync fails and nothing changes, since
 * the next one may succeed. `keep`: this credential keeps its last known status. `unknown`: it becomes unknown and says
 * why, since the same call would fail again.
 */
const ON_CONSOLE_ERROR: Readonly<Record<AdobeErrorKind, 'fail' | 'keep' | 'unknown'>> = {
  throttled: 'fail',
  unreachable: 'fail',
  lost: 'fail',
  unavailable: 'keep',
  token_refused: 'unknown',
  not_allowed: 'unknown',
  no_such_path: 'unknown',
  refused: 'unknown',
  bad_answer: 'unknown',
  no_such_organisation: 'unknown',
};

interface Parts {
  readonly accounts: AccountReader;
  readonly console: ConsoleReader;
  readonly store: SyncStore;
  readonly leases: Leases;
  readonly watcher: AdobeWatcher;
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
  #running: Promise<SyncState> | null = null;

  constructor(parts: Parts, settings: { sandboxes: readonly string[] }) {
    this.#parts = parts;
    this.#sandboxes = settings.sandboxes;
  }

  /** Never throws an AdobeError: a failure is in the returned state, and what was known stays. */
  async run(): Promise<SyncState> {
    this.#running ??= this.#runOnce().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #runOnce(): Promise<SyncState> {
    const { store, leases, watcher, clock, logger } = this.#parts;
    // Another instance is syncing: its result will be in the database.
    if (!(await leases.acquire(LEASE, clock.now(), LEASE_MS))) return store.syncState();
    try {
      const credentials = await this.#read();
      const externalChanges = await watcher.externalChanges(await this.#changes(credentials));
      await store.replaceCredentials(credentials, clock.now(), externalChanges);
      await store.noteSync({ triedAt: clock.now(), problem: null });
      await watcher.voidSuperseded();
      logger.info({ credentials: credentials.length }, 'sync done');
    } catch (error) {
      if (!(error instanceof AdobeError)) throw error;
      logger.warn({ problem: error.problem }, 'sync failed; the last known state stays');
      await store.noteSync({ triedAt: clock.now(), problem: error.problem });
    } finally {
      await leases.release(LEASE);
    }
    return store.syncState();
  }

  async #renewLease(): Promise<void> {
    await this.#parts.leases.acquire(LEASE, this.#parts.clock.now(), LEASE_MS);
  }

  /** Maps a portion at a time and renews the lease before each. */
  async *#inPortions<T, R>(items: readonly T[], map: (item: T) => Promise<R>): AsyncGenerator<R[]> {
    for (let i = 0; i < items.length; i += PORTION) {
      await this.#renewLease();
      yield await inParallel(items.slice(i, i + PORTION), CONCURRENCY, map);
    }
  }

  async #read(): Promise<Credential[]> {
    const found = new Map<string, { account: Account; sandboxes: string[] }>();
    for (const sandbox of this.#sandboxes) {
      await this.#renewLease();
      for (const account of await this.#parts.accounts.readAccounts(sandbox)) {
        const id = bareAccountId(account.technicalAccountId);
        const seen = found.get(id);
        if (seen === undefined) found.set(id, { account, sandboxes: [sandbox] });
        else if (!seen.sandboxes.includes(sandbox)) seen.sandboxes.push(sandbox);
      }
    }
    const known = await this.#parts.store.adobeStates();
    const console = found.size === 0 ? { ids: new Map(), problem: null } : await this.#readConsole();
    const credentials: Credential[] = [];
    const read = async ([id, { account, sandboxes }]: [string, { account: Account; sandboxes: string[] }]) => ({
      ...account,
      technicalAccountId: id,
      sandboxes,
      ...(await this.#statusOf(id, known.get(id), console)),
    });
    for await (const portion of this.#inPortions([...found], read)) credentials.push(...portion);
    return credentials;
  }

  async #readConsole(): Promise<ConsoleState> {
    try {
      return { ids: await this.#consoleIds(), problem: null };
    } catch (error) {
      if (!(error instanceof AdobeError) || isTransient(error.kind)) throw error;
      return { ids: new Map(), problem: error.problem };
    }
  }

  /** `known`: what the database has of this credential. */
  async #statusOf(id: string, known: AdobeState | undefined, console: ConsoleState): Promise<ConsoleStatus> {
    const consoleId = console.ids.get(id);
    // Final, so there is no need to ask.
    if (known?.status === 'completed') return knownStatus('completed', consoleId ?? known.consoleId);
    if (console.problem !== null) return failedStatus(console.problem, known?.consoleId ?? null);
    if (consoleId === undefined)
      return { adobeStatus: 'unknown', unknownBecause: { code: 'not_in_console' }, consoleId: null };
    try {
      return knownStatus(await this.#parts.console.migrationStatus(consoleId), consoleId);
    } catch (error) {
      if (!(error instanceof AdobeError)) throw error;
      const policy = ON_CONSOLE_ERROR[error.kind];
      if (policy === 'fail') throw error;
      if (policy === 'keep' && known !== undefined && known.status !== 'unknown')
        return knownStatus(known.status, consoleId);
      return failedStatus(error.problem, consoleId);
    }
  }

  /** Bare technical account id → the Console's id. The details of an integration are read once and remembered. */
  async #consoleIds(): Promise<Map<string, string>> {
    const { console, store } = this.#parts;
    const known = await store.knownIntegrations();
    const present = await console.integrationIds();
    const fresh = present.filter((id) => !known.has(id));
    const read = async (id: string) => [id, await console.technicalAccountIdOf(id)] as const;
    // Persisted in portions: what was found once is not asked again when a later call fails.
    for await (const portion of this.#inPortions(fresh, read)) {
      await store.rememberIntegrations(new Map(portion));
      for (const [id, account] of portion) known.set(id, account);
    }
    const consoleIds = new Map<string, string>();
    for (const id of present) {
      const account = known.get(id);
      if (account) consoleIds.set(account, id);
    }
    return consoleIds;
  }

  /** Credentials whose migration started or completed since the last sync. */
  async #changes(credentials: readonly Credential[]): Promise<Credential[]> {
    const before = await this.#parts.store.adobeStates();
    return credentials.filter(({ technicalAccountId, adobeStatus }) => {
      const was = before.get(technicalAccountId)?.status;
      const moved = adobeStatus === 'completed' || adobeStatus === 'started';
      // A status that was unknown may have changed at any time before.
      const known = was !== undefined && was !== 'unknown';
      return moved && known && was !== 'completed' && was !== adobeStatus;
    });
  }
}

/** What the Console shows: its id by technical account id, or why it shows nothing. */
interface ConsoleState {
  readonly ids: ReadonlyMap<string, string>;
  readonly problem: AdobeProblem | null;
}

type ConsoleStatus = Pick<Credential, 'adobeStatus' | 'unknownBecause' | 'consoleId'>;

function knownStatus(adobeStatus: AdobeStatus, consoleId: string | null): ConsoleStatus {
  return { adobeStatus, unknownBecause: null, consoleId };
}

function failedStatus(problem: AdobeProblem, consoleId: string | null): ConsoleStatus {
  return { adobeStatus: 'unknown', unknownBecause: { code: 'console_failed', problem }, consoleId };
}
