import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Clock } from '../lib/clock.ts';
import type { Leases } from '../lib/leases.ts';
import type { Logger } from '../lib/logger.ts';
import { inParallel } from '../lib/parallel.ts';
import { AdobeError, isTransient } from './adobe-error.ts';
import type { Account, AccountReader, ConsoleReader } from './adobe-reader.ts';
import { bareAccountId, type Credential, type UnknownReason } from './credential.ts';
import type { SyncState, SyncStore } from './ports.ts';

/** Calls to Adobe at a time: quick enough for hundreds of credentials, polite enough for its throttle. */
const AT_A_TIME = 5;
/** Calls between two renewals of the lease. */
const PORTION = 25;
const LEASE = 'sync';
/** Renewed as the reading goes on, and longer than any one call takes with its repetitions. Milliseconds. */
const LEASE_MS = 60_000;

/** Knows what it means that Adobe has moved credentials on. */
export interface AdobeWatcher {
  /** What history says of those that were moved on by somebody else. */
  externalChanges(moved: readonly Moved[]): Promise<AuditEntry[]>;
  /** Voids open questions about what is migrated, or being migrated. */
  voidSuperseded(): Promise<void>;
}

/** A credential that Adobe has moved on since the last sync. */
export type Moved = Pick<Credential, 'technicalAccountId' | 'adobeStatus'>;

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
 * Reads everything from Adobe and keeps it in the database. One at a time, in this process (a second call joins the
 * first) and across instances.
 */
export class Sync {
  readonly #parts: Parts;
  readonly #sandboxes: readonly string[];
  #underWay: Promise<SyncState> | null = null;

  constructor(parts: Parts, settings: { sandboxes: readonly string[] }) {
    this.#parts = parts;
    this.#sandboxes = settings.sandboxes;
  }

  /** Never throws for Adobe's sake: what went wrong is in the state, and what was known stays. */
  async run(): Promise<SyncState> {
    this.#underWay ??= this.#runOnce().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #runOnce(): Promise<SyncState> {
    const { store, leases, watcher, clock, logger } = this.#parts;
    // Another instance is at it: what it finds will be in the database.
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
    const statusOf = await this.#statusReader(found.size);
    const credentials: Credential[] = [];
    const all = [...found];
    for (let i = 0; i < all.length; i += PORTION) {
      await this.#renewLease();
      const portion = await inParallel(
        all.slice(i, i + PORTION),
        AT_A_TIME,
        async ([id, { account, sandboxes }]) => ({
          ...account,
          technicalAccountId: id,
          sandboxes,
          ...(await statusOf(id)),
        }),
      );
      credentials.push(...portion);
    }
    return credentials;
  }

  /** How the status of one credential is found, once the Console's integrations are known. */
  async #statusReader(needed: number): Promise<(id: string) => Promise<StatusPart>> {
    const { store } = this.#parts;
    const known = await store.adobeStates();
    let consoleIds: Map<string, string>;
    try {
      consoleIds = needed === 0 ? new Map() : await this.#consoleIds();
    } catch (error) {
      if (!isLasting(error)) throw error;
      const because = failed(error);
      return async (id) => {
        const before = known.get(id);
        if (before?.status === 'completed') return { ...DONE, consoleId: before.consoleId };
        return unknown(before?.consoleId ?? null, because);
      };
    }
    return async (id) => {
      const consoleId = consoleIds.get(id);
      const before = known.get(id);
      if (before?.status === 'completed') return { ...DONE, consoleId: consoleId ?? before.consoleId };
      if (consoleId === undefined) return unknown(null, { code: 'not_in_console' });
      try {
        const adobeStatus = await this.#parts.console.migrationStatus(consoleId);
        return { adobeStatus, unknownBecause: null, consoleId };
      } catch (error) {
        // A server error on one credential says nothing of the others, nor of what was known of this one.
        if (isServerError(error) && before !== undefined && before.status !== 'unknown') {
          return { adobeStatus: before.status, unknownBecause: null, consoleId };
        }
        if (!isServerError(error) && !isLasting(error)) throw error;
        return unknown(consoleId, failed(error));
      }
    };
  }

  /** Bare technical account id → the Console's id. Details are asked once per integration, ever. */
  async #consoleIds(): Promise<Map<string, string>> {
    const { console, store } = this.#parts;
    const known = await store.knownIntegrations();
    const present = await console.integrationIds();
    const fresh = present.filter((id) => !known.has(id));
    // Kept in portions: what was found once is not asked again when a later call fails.
    for (let i = 0; i < fresh.length; i += PORTION) {
      await this.#renewLease();
      const portion = await inParallel(
        fresh.slice(i, i + PORTION),
        AT_A_TIME,
        async (id) => [id, await console.technicalAccountIdOf(id)] as const,
      );
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

  /** Those that Adobe has moved on since the last sync. */
  async #changes(credentials: readonly Credential[]): Promise<Credential[]> {
    const before = await this.#parts.store.adobeStates();
    return credentials.filter(({ technicalAccountId, adobeStatus }) => {
      const was = before.get(technicalAccountId)?.status;
      const moved = adobeStatus === 'completed' || adobeStatus === 'started';
      // What was unknown may have been so for long: of that, nobody can say that it moved.
      const known = was !== undefined && was !== 'unknown';
      return moved && known && was !== 'completed' && was !== adobeStatus;
    });
  }
}

type StatusPart = Pick<Credential, 'adobeStatus' | 'unknownBecause' | 'consoleId'>;

const DONE = { adobeStatus: 'completed', unknownBecause: null } as const;

function unknown(consoleId: string | null, unknownBecause: UnknownReason): StatusPart {
  return { adobeStatus: 'unknown', unknownBecause, consoleId };
}

function failed(error: AdobeError): UnknownReason {
  return { code: 'console_failed', problem: error.problem };
}

/** Faults that asking again later does not cure: better to list the credentials and say so. */
function isLasting(error: unknown): error is AdobeError {
  return error instanceof AdobeError && !isTransient(error.kind);
}

function isServerError(error: unknown): error is AdobeError {
  return error instanceof AdobeError && error.kind === 'unavailable';
}
