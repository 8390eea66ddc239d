import { inParallel } from '../lib/parallel.ts';
import type { AdobeProblem } from './adobe-error.ts';
import type { ConsoleReader, UnreadDate } from './adobe-reader.ts';
import { type ConsoleStatus, knownStatus, lastKnownStatus, NOT_IN_CONSOLE } from './console-status.ts';
import type { Credential, KnownStatus } from './credential.ts';
import type { AccountInSandboxes, AdobeState, Certificate, KnownIntegration, SyncStore } from './ports.ts';
import { Attempts, type CallResult, CONCURRENCY, type SyncCalls } from './sync-calls.ts';

/** The data read so far is persisted after this many calls. */
const PORTION = 25;
/** How many certificates with an unreadable date are read again at each sync. */
const MAX_UNREAD_DATES = 20;

export interface ConsoleReadingParts {
  readonly calls: SyncCalls;
  readonly console: ConsoleReader;
  readonly store: SyncStore;
  /** Whether no sync has succeeded yet: then statuses are persisted, so that an interrupted sync can continue. */
  readonly isFirst: boolean;
  readonly now: () => Date;
  /** How many credentials have been read, and of how many. */
  readonly onProgress: (read: number, total: number) => Promise<void>;
}

/** The Console's integrations as far as they could be listed, or why they could not. */
export interface ListedIntegrations {
  readonly ids: readonly string[];
  /** The problem of the list, or of one of its items. */
  readonly problem: AdobeProblem | null;
  /** Whether the list is missing or incomplete. */
  readonly isCutShort: boolean;
}

/** Matches accounts with integrations and reads the status of each; calls for one integration are made in sequence. */
export class ConsoleReading {
  readonly #parts: ConsoleReadingParts;
  readonly #accounts: ReadonlyMap<string, AccountInSandboxes>;
  readonly #statesBefore: ReadonlyMap<string, AdobeState>;
  readonly #integrations: Map<string, KnownIntegration>;
  /** Statuses that an interrupted attempt read, by integration id. */
  readonly #rememberedStatuses: ReadonlyMap<string, KnownStatus>;
  /** Accounts whose migration is known to be complete. */
  readonly #completedCount: number;
  readonly #detailAttempts = new Attempts();
  readonly #statusAttempts = new Attempts();
  readonly #certificateAttempts = new Attempts();
  /** Integration ids by technical account id. */
  readonly #consoleIds = new Map<string, string>();
  readonly #statuses = new Map<string, ConsoleStatus>();
  /** Whether the list of integrations is incomplete. */
  #isCutShort = false;
  /** What has been read since the last time it was persisted. */
  #newIntegrations = new Map<string, string | null>();
  #newStatuses = new Map<string, KnownStatus>();
  #newCertificates = new Map<string, Certificate>();
  #callsInPortion = 0;
  /** The number of credentials in the latest progress. */
  #notedCount = 0;
  /** Number of certificates whose date cannot be read. */
  #unreadDates = 0;

  constructor(
    parts: ConsoleReadingParts,
    found: readonly AccountInSandboxes[],
    known: {
      readonly statesBefore: ReadonlyMap<string, AdobeState>;
      readonly integrations: Map<string, KnownIntegration>;
      readonly rememberedStatuses: ReadonlyMap<string, KnownStatus>;
    },
  ) {
    this.#parts = parts;
    this.#accounts = new Map(found.map((account) => [account.technicalAccountId, account]));
    this.#statesBefore = known.statesBefore;
    this.#integrations = known.integrations;
    this.#rememberedStatuses = known.rememberedStatuses;
    this.#completedCount = [...this.#accounts.keys()].filter((account) => !this.#isUnfinished(account)).length;
  }

  /** Why no status at all could be read. */
  get problem(): AdobeProblem | null {
    const { stoppedBy, succeeded, firstProblem } = this.#statusAttempts;
    return stoppedBy ?? (succeeded === 0 ? firstProblem : null);
  }

  async read({ ids, problem, isCutShort }: ListedIntegrations): Promise<Credential[]> {
    this.#isCutShort = isCutShort;
    const isNew = (id: string) => !this.#integrations.has(id);
    const newIds = this.#accounts.size === 0 ? [] : ids.filter(isNew);
    for (const id of ids) this.#match(id, this.#integrations.get(id)?.technicalAccountId ?? null);
    const unfinished = [...this.#consoleIds].filter(([account]) => this.#isUnfinished(account));
    for (const [account, id] of unfinished) {
      const status = this.#rememberedStatuses.get(id);
      if (status === undefined) continue;
      this.#statusAttempts.noteSuccess();
      this.#statuses.set(account, knownStatus(status, id));
    }
    await this.#noteProgress(this.#completedCount + this.#statuses.size);
    const jobs: (() => Promise<void>)[] = [];
    for (const [account, id] of unfinished) jobs.push(() => this.#readStatus(account, id));
    for (const id of newIds) jobs.push(() => this.#readIntegration(id));
    await inParallel(jobs, CONCURRENCY, async (job) => {
      await job();
      if (this.#callsInPortion >= PORTION && this.#parts.calls.stoppedBy === null) await this.#persist();
    });
    await this.#persist();
    // A credential that the Console does not show may be one of those that could not be read.
    const isSomeUnread = newIds.some(isNew);
    const detailProblem = isSomeUnread ? (this.#detailAttempts.firstProblem ?? this.#parts.calls.stoppedBy) : null;
    const missingBecause = problem ?? detailProblem;
    return [...this.#accounts.values()].map((account) => this.#toCredential(account, missingBecause));
  }

  /** If several integrations share a technical account, the credential's known one counts, otherwise the last. */
  #match(integrationId: string, account: string | null): void {
    if (account === null || !this.#accounts.has(account) || this.#mayHaveAnother(integrationId, account)) return;
    const before = this.#statesBefore.get(account)?.consoleId ?? null;
    if (before === null || this.#consoleIds.get(account) !== before) this.#consoleIds.set(account, integrationId);
  }

  /** Whether the credential's known integration is another one, which may be on a page that could not be read. */
  #mayHaveAnother(integrationId: string, account: string): boolean {
    const known = this.#statesBefore.get(account)?.consoleId ?? null;
    return this.#isCutShort && known !== null && known !== integrationId;
  }

  /** Migrated is final, so there is no need to ask. */
  #isUnfinished(account: string): boolean {
    return this.#statesBefore.get(account)?.status !== 'completed';
  }

  async #readIntegration(id: string): Promise<void> {
    const { calls, console } = this.#parts;
    const item = { what: 'integration', name: id } as const;
    const result = await this.#countingCall(
      calls.try(this.#detailAttempts, item, () => console.technicalAccountIdOf(id)),
    );
    if ('problem' in result) return;
    const account = result.value;
    this.#integrations.set(id, { technicalAccountId: account, certificate: null });
    // Persisted in portions: what was read once is not read again when a later call fails.
    this.#newIntegrations.set(id, account);
    if (account === null || !this.#accounts.has(account) || this.#consoleIds.has(account)) return;
    if (this.#mayHaveAnother(id, account)) return;
    this.#consoleIds.set(account, id);
    if (this.#isUnfinished(account)) await this.#readStatus(account, id);
  }

  async #readStatus(account: string, consoleId: string): Promise<void> {
    const remembered = this.#rememberedStatuses.get(consoleId);
    const result = remembered === undefined ? await this.#askForStatus(consoleId) : { value: remembered };
    const status =
      'value' in result
        ? knownStatus(result.value, consoleId)
        : lastKnownStatus(this.#statesBefore.get(account), result.problem, consoleId);
    if (status.adobeStatus === 'not_started' || status.adobeStatus === 'started')
      await this.#readCertificate(consoleId, account);
    this.#statuses.set(account, status);
  }

  async #askForStatus(id: string): Promise<CallResult<KnownStatus>> {
    const { calls, console } = this.#parts;
    const item = { what: 'integration', name: id } as const;
    const result = await this.#countingCall(calls.try(this.#statusAttempts, item, () => console.migrationStatus(id)));
    if ('value' in result) this.#newStatuses.set(id, result.value);
    return result;
  }

  /** Once per integration, and once more after its last day, since it may have been renewed. A failure does no harm. */
  async #readCertificate(id: string, account: string): Promise<void> {
    const { calls, console, now } = this.#parts;
    const known = this.#integrations.get(id);
    if (known === undefined || (known.certificate !== null && !hasEnded(known.certificate, now()))) return;
    const result = await this.#countingCall(
      calls.try(this.#certificateAttempts, null, () => console.certificateUntil(id)),
    );
    if ('problem' in result) return;
    const { value } = result;
    const isUnread = value !== null && 'unread' in value;
    if (isUnread && this.#reportUnreadDate(account, value)) return;
    const until = isUnread ? (known.certificate?.until ?? null) : value;
    const certificate = { until, readAt: now() };
    this.#integrations.set(id, { ...known, certificate });
    this.#newCertificates.set(id, certificate);
  }

  /** False once too many are listed: Adobe may have changed its format, and the certificate is not read again. */
  #reportUnreadDate(account: string, { unread }: UnreadDate): boolean {
    if (this.#unreadDates >= MAX_UNREAD_DATES) return false;
    this.#unreadDates++;
    const name = `${this.#accounts.get(account)?.name ?? account}: notAfter`;
    const problem = { kind: 'bad_answer', operation: 'read a certificate', detail: unread } as const;
    this.#parts.calls.unread.push({ what: 'date', name, problem });
    return true;
  }

  async #countingCall<T>(call: Promise<T>): Promise<T> {
    this.#callsInPortion++;
    return call;
  }

  async #persist(): Promise<void> {
    const { store, isFirst, now } = this.#parts;
    const integrations = this.#newIntegrations;
    const statuses = this.#newStatuses;
    const certificates = this.#newCertificates;
    this.#newIntegrations = new Map();
    this.#newStatuses = new Map();
    this.#newCertificates = new Map();
    this.#callsInPortion = 0;
    // Counted first: what is read meanwhile is not persisted yet, so the progress would go back after a restart.
    const read = this.#completedCount + this.#statuses.size;
    if (integrations.size > 0) await store.rememberIntegrations(integrations);
    if (isFirst && statuses.size > 0) await store.rememberStatuses(statuses, now());
    if (certificates.size > 0) await store.rememberCertificates(certificates);
    await this.#noteProgress(read);
  }

  async #noteProgress(read: number): Promise<void> {
    // A slow portion may finish after a later one.
    if (read < this.#notedCount) return;
    this.#notedCount = read;
    await this.#parts.onProgress(read, this.#accounts.size);
  }

  /** `missingBecause`: why the Console may not show a credential that it has; null: it shows all. */
  #toCredential(account: AccountInSandboxes, missingBecause: AdobeProblem | null): Credential {
    const id = account.technicalAccountId;
    const consoleId = this.#consoleIds.get(id) ?? this.#statesBefore.get(id)?.consoleId ?? '';
    const certificateUntil = this.#integrations.get(consoleId)?.certificate?.until ?? null;
    return { ...account, ...this.#statusOf(id, missingBecause), certificateUntil };
  }

  #statusOf(account: string, missingBecause: AdobeProblem | null): ConsoleStatus {
    const before = this.#statesBefore.get(account);
    if (before?.status === 'completed')
      return knownStatus('completed', this.#consoleIds.get(account) ?? before.consoleId);
    const status = this.#statuses.get(account);
    if (status !== undefined) return status;
    return missingBecause === null ? NOT_IN_CONSOLE : lastKnownStatus(before, missingBecause, null);
  }
}

function hasEnded({ until, readAt }: Certificate, now: Date): boolean {
  return until !== null && readAt < until && until <= now;
}
