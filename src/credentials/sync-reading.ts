import { inParallel, type Limit } from '../lib/parallel.ts';
import type { AdobeProblem } from './adobe-error.ts';
import type { AccountReader, ConsoleReader, UnreadDate, UnreadItem } from './adobe-reader.ts';
import { type ConsoleStatus, kept, knownStatus, NOT_IN_CONSOLE } from './console-status.ts';
import type { Credential, KnownStatus } from './credential.ts';
import type { AccountInSandboxes, AdobeState, Certificate, KnownIntegration, SyncStore } from './ports.ts';
import { Attempts, CONCURRENCY, SyncCalls, type Tried } from './sync-calls.ts';
import { readSandboxes } from './sync-sandboxes.ts';

/** The data read so far is persisted after this many calls. */
const PORTION = 25;
/** How many certificates with an unreadable date are read again at each sync. */
const MAX_UNREAD_DATES = 20;
/** An interrupted first sync continues with data that is no older than this. Milliseconds. */
const REMEMBERED_MS = 2 * 60 * 60 * 1000;

/** What could be read from Adobe, completed with what was known before. */
interface Reading {
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
  /** Whether no sync has succeeded yet: then what is read is persisted, so that an interrupted sync can continue. */
  readonly isFirst: boolean;
  readonly limit: Limit;
  readonly now: () => Date;
  /** How many credentials have been read, and of how many. */
  readonly onProgress: (read: number, total: number) => Promise<void>;
}

/** The Console's integrations as far as they could be listed, or why they could not. */
interface Listed {
  readonly ids: readonly string[];
  /** The problem of the list, or of one of its items. */
  readonly problem: AdobeProblem | null;
  readonly failed: boolean;
}

/**
 * One reading of everything from Adobe, a few calls at a time. An item that cannot be read fails neither its list nor
 * the sync.
 */
export class SyncReading {
  readonly #parts: Parts;
  readonly #calls: SyncCalls;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#calls = new SyncCalls(parts.limit);
  }

  async read(sandboxes: readonly string[]): Promise<Reading> {
    const [accounts, listed] = await Promise.all([
      readSandboxes({ ...this.#parts, calls: this.#calls }, sandboxes),
      this.#listIntegrations(),
    ]);
    const { unread } = this.#calls;
    const { found, problem } = accounts;
    if (found === null) return { credentials: null, unread, problem: this.#calls.stopped ?? problem };
    const { store, isFirst, now } = this.#parts;
    const since = new Date(now().getTime() - REMEMBERED_MS);
    const [before, known, remembered] = await Promise.all([
      store.adobeStates(),
      store.knownIntegrations(),
      isFirst ? store.rememberedStatuses(since) : new Map<string, KnownStatus>(),
    ]);
    const parts = { ...this.#parts, calls: this.#calls };
    const statuses = new StatusReading(parts, found, { before, known, remembered });
    const credentials = await statuses.read(listed);
    const failed = listed.failed ? listed.problem : statuses.problem;
    return { credentials, unread, problem: this.#calls.stopped ?? problem ?? failed };
  }

  async #listIntegrations(): Promise<Listed> {
    const { console } = this.#parts;
    const list = () => console.integrationIds(this.#calls.limit);
    const attempts = new Attempts();
    const result = await this.#calls.attempt(attempts, null, list);
    if ('problem' in result) return { ids: [], problem: result.problem, failed: true };
    const { items, unread, cutShort } = result.value;
    this.#calls.unread.push(...unread);
    if (cutShort !== undefined) {
      this.#calls.noteFailure(attempts, null, cutShort.problem);
      return { ids: items, problem: cutShort.problem, failed: true };
    }
    return { ids: items, problem: unread[0]?.problem ?? null, failed: false };
  }
}

/** Matches accounts with integrations and reads the status of each; calls for one integration are made in sequence. */
class StatusReading {
  readonly #parts: Parts & { readonly calls: SyncCalls };
  readonly #accounts: ReadonlyMap<string, AccountInSandboxes>;
  readonly #before: ReadonlyMap<string, AdobeState>;
  readonly #known: Map<string, KnownIntegration>;
  /** Statuses that an interrupted attempt read, by integration id. */
  readonly #remembered: ReadonlyMap<string, KnownStatus>;
  /** Accounts whose migration is known to be complete. */
  readonly #finished: number;
  readonly #details = new Attempts();
  readonly #statuses = new Attempts();
  readonly #certificates = new Attempts();
  /** Integration ids by technical account id. */
  readonly #consoleIds = new Map<string, string>();
  readonly #read = new Map<string, ConsoleStatus>();
  /** Whether the list of integrations is incomplete. */
  #isCutShort = false;
  /** What has been read since the last time it was persisted. */
  #newIntegrations = new Map<string, string | null>();
  #newStatuses = new Map<string, KnownStatus>();
  #newCertificates = new Map<string, Certificate>();
  #callsInPortion = 0;
  /** The number of credentials in the latest progress. */
  #noted = 0;
  /** Number of certificates whose date cannot be read. */
  #unreadDates = 0;

  constructor(
    parts: Parts & { readonly calls: SyncCalls },
    found: readonly AccountInSandboxes[],
    was: {
      readonly before: ReadonlyMap<string, AdobeState>;
      readonly known: Map<string, KnownIntegration>;
      readonly remembered: ReadonlyMap<string, KnownStatus>;
    },
  ) {
    this.#parts = parts;
    this.#accounts = new Map(found.map((account) => [account.technicalAccountId, account]));
    this.#before = was.before;
    this.#known = was.known;
    this.#remembered = was.remembered;
    this.#finished = [...this.#accounts.keys()].filter((account) => !this.#isUnfinished(account)).length;
  }

  /** Why no status at all could be read. */
  get problem(): AdobeProblem | null {
    const { problem, succeeded, firstProblem } = this.#statuses;
    return problem ?? (succeeded === 0 ? firstProblem : null);
  }

  async read({ ids, problem, failed }: Listed): Promise<Credential[]> {
    this.#isCutShort = failed;
    const isFresh = (id: string) => !this.#known.has(id);
    const fresh = this.#accounts.size === 0 ? [] : ids.filter(isFresh);
    for (const id of ids) this.#join(id, this.#known.get(id)?.technicalAccountId ?? null);
    const joined = [...this.#consoleIds].filter(([account]) => this.#isUnfinished(account));
    for (const [account, id] of joined) {
      const status = this.#remembered.get(id);
      if (status === undefined) continue;
      this.#statuses.noteSuccess();
      this.#read.set(account, knownStatus(status, id));
    }
    await this.#noteProgress(this.#finished + this.#read.size);
    const jobs = [
      ...joined.map(
        ([account, id]) =>
          () =>
            this.#readStatus(account, id),
      ),
      ...fresh.map((id) => () => this.#readIntegration(id)),
    ];
    await inParallel(jobs, CONCURRENCY, async (job) => {
      await job();
      if (this.#callsInPortion >= PORTION && this.#parts.calls.stopped === null) await this.#persist();
    });
    await this.#persist();
    // A credential that the Console does not show may be one of those that could not be read.
    const missing = fresh.some(isFresh) ? (this.#details.firstProblem ?? this.#parts.calls.stopped) : null;
    const why = problem ?? missing;
    return [...this.#accounts.values()].map((account) => this.#credential(account, why));
  }

  /** If several integrations share a technical account, the credential's known one counts, otherwise the last. */
  #join(integrationId: string, account: string | null): void {
    if (account === null || !this.#accounts.has(account) || this.#isMaybeAnother(integrationId, account)) return;
    const before = this.#before.get(account)?.consoleId ?? null;
    if (before === null || this.#consoleIds.get(account) !== before) this.#consoleIds.set(account, integrationId);
  }

  /** Whether the credential's known integration is another one, which may be on a page that could not be read. */
  #isMaybeAnother(integrationId: string, account: string): boolean {
    const known = this.#before.get(account)?.consoleId ?? null;
    return this.#isCutShort && known !== null && known !== integrationId;
  }

  /** Migrated is final, so there is no need to ask. */
  #isUnfinished(account: string): boolean {
    return this.#before.get(account)?.status !== 'completed';
  }

  async #readIntegration(id: string): Promise<void> {
    const { calls, console } = this.#parts;
    const item = { what: 'integration', name: id } as const;
    const result = await this.#counted(calls.try(this.#details, item, () => console.technicalAccountIdOf(id)));
    if ('problem' in result) return;
    const account = result.value;
    this.#known.set(id, { technicalAccountId: account, certificate: null });
    // Persisted in portions: what was read once is not read again when a later call fails.
    this.#newIntegrations.set(id, account);
    if (account === null || !this.#accounts.has(account) || this.#consoleIds.has(account)) return;
    if (this.#isMaybeAnother(id, account)) return;
    this.#consoleIds.set(account, id);
    if (this.#isUnfinished(account)) await this.#readStatus(account, id);
  }

  async #readStatus(account: string, consoleId: string): Promise<void> {
    const remembered = this.#remembered.get(consoleId);
    const result = remembered === undefined ? await this.#askStatus(consoleId) : { value: remembered };
    const status =
      'value' in result
        ? knownStatus(result.value, consoleId)
        : kept(this.#before.get(account), result.problem, consoleId);
    if (status.adobeStatus === 'not_started' || status.adobeStatus === 'started')
      await this.#readCertificate(consoleId, account);
    this.#read.set(account, status);
  }

  async #askStatus(id: string): Promise<Tried<KnownStatus>> {
    const { calls, console } = this.#parts;
    const item = { what: 'integration', name: id } as const;
    const result = await this.#counted(calls.try(this.#statuses, item, () => console.migrationStatus(id)));
    if ('value' in result) this.#newStatuses.set(id, result.value);
    return result;
  }

  /** Once per integration, and once more after its last day, since it may have been renewed. A failure does no harm. */
  async #readCertificate(id: string, account: string): Promise<void> {
    const { calls, console, now } = this.#parts;
    const known = this.#known.get(id);
    if (known === undefined || (known.certificate !== null && !hasEnded(known.certificate, now()))) return;
    const result = await this.#counted(calls.try(this.#certificates, null, () => console.certificateUntil(id)));
    if ('problem' in result) return;
    const { value } = result;
    if (value !== null && 'unread' in value && this.#nameDate(account, value)) return;
    const until = value !== null && 'unread' in value ? (known.certificate?.until ?? null) : value;
    const certificate = { until, readAt: now() };
    this.#known.set(id, { ...known, certificate });
    this.#newCertificates.set(id, certificate);
  }

  /** False once too many are listed: Adobe may have changed its format, and the certificate is not read again. */
  #nameDate(account: string, { unread }: UnreadDate): boolean {
    if (this.#unreadDates >= MAX_UNREAD_DATES) return false;
    this.#unreadDates++;
    const name = `${this.#accounts.get(account)?.name ?? account}: notAfter`;
    const problem = { kind: 'bad_answer', operation: 'read a certificate', detail: unread } as const;
    this.#parts.calls.unread.push({ what: 'date', name, problem });
    return true;
  }

  async #counted<T>(call: Promise<T>): Promise<T> {
    this.#callsInPortion++;
    return call;
  }

  async #persist(): Promise<void> {
    const { store, isFirst, now } = this.#parts;
    const [integrations, statuses, certificates] = [this.#newIntegrations, this.#newStatuses, this.#newCertificates];
    this.#newIntegrations = new Map();
    this.#newStatuses = new Map();
    this.#newCertificates = new Map();
    this.#callsInPortion = 0;
    // Counted first: what is read meanwhile is not persisted yet, so the progress would go back after a restart.
    const read = this.#finished + this.#read.size;
    if (integrations.size > 0) await store.rememberIntegrations(integrations);
    if (isFirst && statuses.size > 0) await store.rememberStatuses(statuses, now());
    if (certificates.size > 0) await store.rememberCertificates(certificates);
    await this.#noteProgress(read);
  }

  async #noteProgress(read: number): Promise<void> {
    // A slow portion may finish after a later one.
    if (read < this.#noted) return;
    this.#noted = read;
    await this.#parts.onProgress(read, this.#accounts.size);
  }

  #credential(account: AccountInSandboxes, why: AdobeProblem | null): Credential {
    const id = account.technicalAccountId;
    const consoleId = this.#consoleIds.get(id) ?? null;
    const before = this.#before.get(id);
    const certificateUntil = this.#known.get(consoleId ?? before?.consoleId ?? '')?.certificate?.until ?? null;
    const status =
      before?.status === 'completed'
        ? knownStatus('completed', consoleId ?? before.consoleId)
        : (this.#read.get(id) ?? (why === null ? NOT_IN_CONSOLE : kept(before, why, null)));
    return { ...account, ...status, certificateUntil };
  }
}

function hasEnded({ until, readAt }: Certificate, now: Date): boolean {
  return until !== null && readAt < until && until <= now;
}
