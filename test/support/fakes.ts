import { AdobeError, type AdobeErrorKind, type AdobeProblem } from '../../src/credentials/adobe-error.ts';
import type {
  Account,
  AccountReader,
  ConsoleReader,
  Listing,
  UnreadDate,
  UnreadItem,
} from '../../src/credentials/adobe-reader.ts';
import { bareAccountId, type KnownStatus } from '../../src/credentials/credential.ts';
import type { Call, MigrationMethod, MigrationTarget, StartOutcome } from '../../src/migrations/method.ts';
import type { JobReader, Jobs, JobsAsked, Runs, UnreadJob } from '../../src/usage/ports.ts';
import type { Query, Run, Schedule } from '../../src/usage/usage.ts';
import { accountId } from './samples.ts';

/** Adobe as the use cases see it: accounts, integrations, a status for each, and a start whose outcome a test sets. */
export class FakeAdobe implements AccountReader, ConsoleReader, JobReader, MigrationMethod {
  /** By sandbox. */
  readonly accounts = new Map<string, Account[]>();
  /** By sandbox: accounts that cannot be read. */
  readonly unreadAccounts = new Map<string, UnreadItem[]>();
  /** Integration → technical account. */
  readonly integrations = new Map<string, string | null>();
  /** By integration. */
  readonly statuses = new Map<string, KnownStatus>();
  /** By integration: the last day of its certificate. */
  readonly certificates = new Map<string, Date>();
  /** By integration: why its certificate cannot be read. */
  readonly unreadCertificates = new Map<string, string>();
  /** By sandbox, in Adobe's order. */
  readonly schedulesIn = new Map<string, Schedule[]>();
  readonly queriesIn = new Map<string, Query[]>();
  /** In every sandbox: schedules that cannot be read. */
  readonly unreadSchedules: UnreadJob[] = [];
  /** For every schedule: runs that cannot be read. */
  readonly unreadRuns: UnreadJob[] = [];
  /** In every sandbox: parts of schedules that cannot be read. */
  readonly unreadParts: UnreadJob[] = [];
  /** By schedule. */
  readonly runsOf = new Map<string, Run[]>();
  /** How many items of a list a bulk read returns at most. */
  reach = Number.POSITIVE_INFINITY;
  /** The same, for queries alone. */
  queryReach = Number.POSITIVE_INFINITY;
  /** The calls in order: `accounts prod`, `integrations`, `detail i1`, `status i1`, `certificate i1`, `start A1`. */
  readonly calls: string[] = [];
  /** By call: the number of items after which the next page cannot be read, and its error. */
  readonly cutShort = new Map<string, { readonly after: number; readonly error: AdobeError }>();
  /** The error of a call, by the whole call or its first word. */
  readonly failing = new Map<string, AdobeError>();
  readonly started: MigrationTarget[] = [];
  /** Called once, after the next status has been read and before it is returned. */
  whileTelling: (() => Promise<unknown>) | null = null;
  /** Performs a start and returns its outcome. */
  onStart: (target: MigrationTarget, signal: AbortSignal, maySend: () => boolean) => Promise<StartOutcome> = async ({
    consoleId,
  }) => {
    this.statuses.set(consoleId, 'started');
    return { kind: 'accepted' };
  };

  /** A credential that these sandboxes and the Developer Console list. */
  add(number: number, changes: Partial<Account> = {}, sandboxes: readonly string[] = ['dev']): void {
    const technicalAccountId = accountId(number);
    const account = { technicalAccountId, name: `credential ${number}`, description: '', owner: null };
    for (const sandbox of sandboxes) {
      const others = this.accounts.get(sandbox) ?? [];
      this.accounts.set(sandbox, [...others, { ...account, changedAt: null, ...changes }]);
    }
    this.integrations.set(consoleId(number), technicalAccountId);
    this.statuses.set(consoleId(number), 'not_started');
  }

  /** The calls that begin with this text. */
  called(start: string): string[] {
    return this.calls.filter((call) => call.startsWith(start));
  }

  async readAccounts(sandbox: string): Promise<Listing<Account>> {
    this.#call(`accounts ${sandbox}`);
    const unread = this.unreadAccounts.get(sandbox) ?? [];
    return { unread, ...this.#cut(`accounts ${sandbox}`, this.accounts.get(sandbox) ?? []) };
  }

  async integrationIds(): Promise<Listing<string>> {
    this.#call('integrations');
    return { unread: [], ...this.#cut('integrations', [...this.integrations.keys()]) };
  }

  async technicalAccountIdOf(id: string): Promise<string | null> {
    this.#call(`detail ${id}`);
    const technicalAccountId = this.integrations.get(id) ?? null;
    return technicalAccountId === null ? null : bareAccountId(technicalAccountId);
  }

  async migrationStatus(id: string): Promise<KnownStatus> {
    this.#call(`status ${id}`);
    const status = this.statuses.get(id) ?? 'none';
    const meanwhile = this.whileTelling;
    this.whileTelling = null;
    await meanwhile?.();
    return status;
  }

  async certificateUntil(id: string): Promise<Date | null | UnreadDate> {
    this.#call(`certificate ${id}`);
    const unread = this.unreadCertificates.get(id);
    if (unread !== undefined) return { unread };
    return this.certificates.get(id) ?? null;
  }

  async schedules({ sandbox, technicalAccountId }: JobsAsked): Promise<Jobs<Schedule>> {
    const all = this.schedulesIn.get(sandbox) ?? [];
    const { unreadSchedules: unread, unreadParts } = this;
    const jobs = this.#jobs(['schedules', sandbox, technicalAccountId ?? ''], all, technicalAccountId, this.reach);
    return { ...jobs, unread, unreadParts, isWhole: jobs.isWhole && unread.length === 0 };
  }

  async queries({ sandbox, technicalAccountId }: JobsAsked, since: Date): Promise<Jobs<Query>> {
    const recent = (this.queriesIn.get(sandbox) ?? []).filter(({ createdAt }) => createdAt >= since);
    const reach = Math.min(this.queryReach, this.reach);
    return this.#jobs(['queries', sandbox, technicalAccountId ?? ''], recent, technicalAccountId, reach);
  }

  async runs(_: string, scheduleId: string, since: Date): Promise<Runs> {
    this.#call(`runs ${scheduleId}`);
    const items = (this.runsOf.get(scheduleId) ?? []).filter(({ createdAt }) => createdAt > since);
    return { items, unread: this.unreadRuns };
  }

  async runError(_: string, scheduleId: string, runId: string): Promise<string | null> {
    this.#call(`run ${scheduleId} ${runId}`);
    return this.runsOf.get(scheduleId)?.find(({ id }) => id === runId)?.error ?? null;
  }

  #cut<T>(call: string, items: readonly T[]) {
    const cut = this.cutShort.get(call);
    return cut === undefined ? { items } : { items: items.slice(0, cut.after), cutShort: cut.error };
  }

  #jobs<T extends Query | Schedule>(
    words: string[],
    all: readonly T[],
    whose: string | undefined,
    reach: number,
  ): Jobs<T> {
    const call = words.join(' ').trim();
    this.#call(call);
    const own = all.filter(({ technicalAccountId }) => whose === undefined || technicalAccountId === whose);
    const { items, ...cut } = this.#cut(call, own.slice(0, reach));
    if (!('cutShort' in cut)) return { items, unread: [], isWhole: own.length <= reach };
    return { items, unread: [], isWhole: false, cutShort: cut.cutShort.problem };
  }

  async describe({ technicalAccountId }: MigrationTarget): Promise<Call> {
    return { method: 'POST', path: `/start/${technicalAccountId}` };
  }

  async start(target: MigrationTarget, signal: AbortSignal, maySend: () => boolean): Promise<StartOutcome> {
    this.calls.push(`start ${target.technicalAccountId}`);
    this.started.push(target);
    return this.onStart(target, signal, maySend);
  }

  #call(call: string): void {
    this.calls.push(call);
    const error = this.failing.get(call) ?? this.failing.get(call.split(' ')[0] ?? '');
    if (error !== undefined) throw error;
  }
}

export function consoleId(number: number): string {
  return `i${number}`;
}

/** An Adobe problem as the database returns it. */
export function problem(kind: AdobeErrorKind, status?: number): AdobeProblem {
  return { kind, operation: 'a test call', ...(status !== undefined && { status }) };
}

export function adobeError(kind: AdobeErrorKind, status?: number): AdobeError {
  return new AdobeError(kind, 'a test call', status === undefined ? {} : { status });
}
