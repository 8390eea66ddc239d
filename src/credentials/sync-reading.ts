import { inParallel } from '../lib/parallel.ts';
import { AdobeError, type AdobeErrorKind, type AdobeProblem } from './adobe-error.ts';
import type { Account, AccountReader, ConsoleReader, UnreadItem } from './adobe-reader.ts';
import { bareAccountId, type Credential } from './credential.ts';
import type { AccountInSandboxes, AdobeState, SyncStore } from './ports.ts';

/** Concurrent calls to Adobe: fast enough for hundreds of credentials, slow enough for its throttle. */
const CONCURRENCY = 5;
/** Calls between two renewals of the lease. */
const PORTION = 25;
/** So many lost responses in a row, each after its timeout, are Adobe's fault and not that of one item. */
const LOST_IN_A_ROW = CONCURRENCY;

/** Errors that every further call would meet as well. */
const OF_ALL_CALLS: ReadonlySet<AdobeErrorKind> = new Set(['throttled', 'token_refused', 'unreachable']);

/** What could be read from Adobe, with what was known in the place of the rest. */
export interface Reading {
  /** Null when no sandbox could be read: nothing changes. */
  readonly credentials: readonly Credential[] | null;
  readonly unread: readonly UnreadItem[];
  /** Why the sync failed: a list, or everything in it, was refused, or Adobe asks for a pause. */
  readonly problem: AdobeProblem | null;
}

interface Parts {
  readonly accounts: AccountReader;
  readonly console: ConsoleReader;
  readonly store: SyncStore;
  readonly renewLease: () => Promise<void>;
}

/** One reading of everything from Adobe. An item that cannot be read fails neither its list nor the sync. */
export class SyncReading {
  readonly #parts: Parts;
  readonly #unread: UnreadItem[] = [];
  /** Why nothing more is asked. */
  #stopped: AdobeProblem | null = null;
  /** Why the sync failed although it was not stopped. */
  #failed: AdobeProblem | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async read(sandboxes: readonly string[]): Promise<Reading> {
    const found = await this.#readSandboxes(sandboxes);
    if (found === null) return this.#result(null);
    const known = await this.#parts.store.adobeStates();
    const consoleIds = found.length === 0 ? new Map<string, string>() : await this.#consoleIds();
    // Of a credential that the Console does not show: it may be one of those that could not be read.
    const why = this.#problem() ?? this.#unread.find(({ what }) => what === 'integration')?.problem ?? null;
    const credentials: Credential[] = [];
    const statuses = new Attempts();
    const read = async (account: AccountInSandboxes): Promise<Credential> => {
      const id = account.technicalAccountId;
      const before = known.get(id);
      const consoleId = consoleIds.get(id);
      // Final, so there is no need to ask.
      if (before?.status === 'completed')
        return { ...account, ...knownStatus('completed', consoleId ?? before.consoleId) };
      if (consoleId === undefined) return { ...account, ...(why === null ? NOT_IN_CONSOLE : kept(before, why, null)) };
      const result = await this.#try(statuses, 'integration', consoleId, () =>
        this.#parts.console.migrationStatus(consoleId),
      );
      const status = 'value' in result ? knownStatus(result.value, consoleId) : kept(before, result.problem, consoleId);
      return { ...account, ...status };
    };
    for await (const portion of this.#inPortions(found, read)) credentials.push(...portion);
    this.#failed ??= statuses.problem ?? (statuses.succeeded === 0 ? statuses.firstProblem : null);
    return this.#result(credentials);
  }

  #result(credentials: Credential[] | null): Reading {
    return { credentials, unread: this.#unread, problem: this.#problem() };
  }

  #problem(): AdobeProblem | null {
    return this.#stopped ?? this.#failed;
  }

  /** Every account with its sandboxes; null when no sandbox could be read. */
  async #readSandboxes(sandboxes: readonly string[]): Promise<AccountInSandboxes[] | null> {
    const found = new Map<string, { account: Account; sandboxes: Set<string> }>();
    const unread = new Set<string>();
    /** Of accounts that could not be read, as `sandbox name`. */
    const unreadAccounts = new Set<string>();
    const attempts = new Attempts();
    for (const sandbox of sandboxes) {
      await this.#parts.renewLease();
      const result = await this.#try(attempts, 'sandbox', sandbox, () => this.#parts.accounts.readAccounts(sandbox));
      if ('problem' in result) {
        unread.add(sandbox);
        continue;
      }
      for (const item of result.value.unread) unreadAccounts.add(`${sandbox} ${item.name}`);
      this.#unread.push(...result.value.unread);
      for (const account of result.value.items) {
        const id = bareAccountId(account.technicalAccountId);
        const seen = found.get(id);
        if (seen === undefined) found.set(id, { account, sandboxes: new Set([sandbox]) });
        else seen.sandboxes.add(sandbox);
      }
    }
    if (attempts.succeeded === 0 && unread.size > 0) {
      this.#failed = attempts.firstProblem;
      return null;
    }
    // What could not be read this time is not gone.
    const before = unread.size + unreadAccounts.size === 0 ? [] : await this.#parts.store.present();
    for (const account of before) {
      const isUnread = (sandbox: string) => unread.has(sandbox) || unreadAccounts.has(`${sandbox} ${account.name}`);
      const kept = account.sandboxes.filter((sandbox) => sandboxes.includes(sandbox) && isUnread(sandbox));
      const seen = found.get(account.technicalAccountId);
      if (seen === undefined && kept.length > 0)
        found.set(account.technicalAccountId, { account, sandboxes: new Set(kept) });
      else for (const sandbox of kept) seen?.sandboxes.add(sandbox);
    }
    return [...found].map(([technicalAccountId, { account, sandboxes: of }]) => ({
      technicalAccountId,
      name: account.name,
      description: account.description,
      owner: account.owner,
      changedAt: account.changedAt,
      sandboxes: sandboxes.filter((sandbox) => of.has(sandbox)),
    }));
  }

  /** Bare technical account id → the Console's id. The details of an integration are read once and remembered. */
  async #consoleIds(): Promise<Map<string, string>> {
    const { console, store } = this.#parts;
    if (this.#stopped !== null) return new Map();
    const present = await console.integrationIds().catch((error: unknown) => {
      if (!(error instanceof AdobeError)) throw error;
      this.#failed = error.problem;
      if (OF_ALL_CALLS.has(error.kind)) this.#stopped = error.problem;
      return null;
    });
    if (present === null) return new Map();
    this.#unread.push(...present.unread);
    const known = await store.knownIntegrations();
    const attempts = new Attempts();
    const fresh = present.items.filter((id) => !known.has(id));
    const read = async (id: string) =>
      [id, await this.#try(attempts, 'integration', id, () => console.technicalAccountIdOf(id))] as const;
    // Persisted in portions: what was found once is not asked again when a later call fails.
    for await (const portion of this.#inPortions(fresh, read)) {
      const details = portion.flatMap(([id, result]) => ('value' in result ? [[id, result.value] as const] : []));
      await store.rememberIntegrations(new Map(details));
      for (const [id, account] of details) known.set(id, account);
    }
    const consoleIds = new Map<string, string>();
    for (const id of present.items) {
      const account = known.get(id);
      if (account) consoleIds.set(account, id);
    }
    return consoleIds;
  }

  /** Tries a call of a series unless it is pointless; what fails is noted. */
  async #try<T>(
    series: Attempts,
    what: UnreadItem['what'],
    name: string,
    call: () => Promise<T>,
  ): Promise<{ value: T } | { problem: AdobeProblem }> {
    const pointless = this.#stopped ?? series.problem;
    if (pointless !== null) return { problem: pointless };
    try {
      const value = await call();
      series.noteSuccess();
      return { value };
    } catch (error) {
      if (!(error instanceof AdobeError)) throw error;
      const { problem } = error;
      series.noteFailure(problem);
      if (OF_ALL_CALLS.has(problem.kind)) this.#stopped ??= problem;
      else this.#unread.push({ what, name, problem });
      return { problem };
    }
  }

  /** Maps a portion at a time and renews the lease before each. */
  async *#inPortions<T, R>(items: readonly T[], map: (item: T) => Promise<R>): AsyncGenerator<R[]> {
    for (let i = 0; i < items.length; i += PORTION) {
      await this.#parts.renewLease();
      yield await inParallel(items.slice(i, i + PORTION), CONCURRENCY, map);
    }
  }
}

/** How a series of like calls goes. */
class Attempts {
  succeeded = 0;
  firstProblem: AdobeProblem | null = null;
  /** Why the rest of the series is not tried. */
  problem: AdobeProblem | null = null;
  #lostInARow = 0;

  noteSuccess(): void {
    this.succeeded++;
    this.#lostInARow = 0;
  }

  noteFailure(problem: AdobeProblem): void {
    this.firstProblem ??= problem;
    if (problem.kind === 'lost' && ++this.#lostInARow >= LOST_IN_A_ROW) this.problem ??= problem;
  }
}

type ConsoleStatus = Pick<Credential, 'adobeStatus' | 'unknownBecause' | 'consoleId'>;

const NOT_IN_CONSOLE: ConsoleStatus = {
  adobeStatus: 'unknown',
  unknownBecause: { code: 'not_in_console' },
  consoleId: null,
};

function knownStatus(adobeStatus: Credential['adobeStatus'], consoleId: string | null): ConsoleStatus {
  return { adobeStatus, unknownBecause: null, consoleId };
}

/** A status that could not be read stays as it was; if none was known it says why. */
function kept(before: AdobeState | undefined, problem: AdobeProblem, consoleId: string | null): ConsoleStatus {
  const id = consoleId ?? before?.consoleId ?? null;
  if (before !== undefined && before.status !== 'unknown') return knownStatus(before.status, id);
  return { adobeStatus: 'unknown', unknownBecause: { code: 'console_failed', problem }, consoleId: id };
}
