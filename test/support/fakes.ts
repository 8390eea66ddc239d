import { LookupError, type People, type SlackPerson } from '../../src/access/access.ts';
import { AdobeError, type AdobeErrorKind, type AdobeProblem } from '../../src/credentials/adobe-error.ts';
import type { Account, AccountReader, ConsoleReader, Listing, UnreadItem } from '../../src/credentials/adobe-reader.ts';
import { bareAccountId, type KnownStatus } from '../../src/credentials/credential.ts';
import type { Call, MigrationMethod, MigrationTarget, StartOutcome } from '../../src/migrations/method.ts';
import type { MessageRef, Migration } from '../../src/migrations/migration.ts';
import type { ConfirmationMessages, MigratorDirectory } from '../../src/migrations/ports.ts';
import type { ProgressMessages, ProgressState } from '../../src/migrations/progress.ts';
import type { NoticeContent, NoticeMessages, OpenAsk } from '../../src/notices/ports.ts';
import type { JobReader, Jobs, JobsAsked } from '../../src/usage/ports.ts';
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
  /** By sandbox; in the order in which Adobe lists them. */
  readonly schedulesIn = new Map<string, Schedule[]>();
  readonly queriesIn = new Map<string, Query[]>();
  /** By schedule. */
  readonly runsOf = new Map<string, Run[]>();
  /** The items of a list that a bulk read reaches. */
  reach = Number.POSITIVE_INFINITY;
  /** The same of queries alone. */
  queryReach = Number.POSITIVE_INFINITY;
  /** The calls in order: `accounts prod`, `integrations`, `detail i1`, `status i1`, `certificate i1`, `start A1`. */
  readonly calls: string[] = [];
  /** The error of a call, by the whole call or its first word. */
  readonly failing = new Map<string, AdobeError>();
  readonly started: MigrationTarget[] = [];
  /** What happens between the next reading of a status and its being told; once. */
  whileTelling: (() => Promise<unknown>) | null = null;
  /** What a start does, and its outcome. */
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

  /** The calls that start with this text. */
  called(start: string): string[] {
    return this.calls.filter((call) => call.startsWith(start));
  }

  async readAccounts(sandbox: string): Promise<Listing<Account>> {
    this.#call(`accounts ${sandbox}`);
    return { items: this.accounts.get(sandbox) ?? [], unread: this.unreadAccounts.get(sandbox) ?? [] };
  }

  async integrationIds(): Promise<Listing<string>> {
    this.#call('integrations');
    return { items: [...this.integrations.keys()], unread: [] };
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

  async certificateUntil(id: string): Promise<Date | null> {
    this.#call(`certificate ${id}`);
    return this.certificates.get(id) ?? null;
  }

  async schedules({ sandbox, technicalAccountId }: JobsAsked): Promise<Jobs<Schedule>> {
    this.#call(['schedules', sandbox, technicalAccountId ?? ''].join(' ').trim());
    return this.#reached(this.schedulesIn.get(sandbox) ?? [], technicalAccountId);
  }

  async queries({ sandbox, technicalAccountId }: JobsAsked, since: Date): Promise<Jobs<Query>> {
    this.#call(['queries', sandbox, technicalAccountId ?? ''].join(' ').trim());
    const recent = (this.queriesIn.get(sandbox) ?? []).filter(({ createdAt }) => createdAt >= since);
    return this.#reached(recent, technicalAccountId, this.queryReach);
  }

  async runs(_: string, scheduleId: string, since: Date): Promise<Run[]> {
    this.#call(`runs ${scheduleId}`);
    return (this.runsOf.get(scheduleId) ?? []).filter(({ createdAt }) => createdAt > since);
  }

  async runError(_: string, scheduleId: string, runId: string): Promise<string | null> {
    this.#call(`run ${scheduleId} ${runId}`);
    return this.runsOf.get(scheduleId)?.find(({ id }) => id === runId)?.error ?? null;
  }

  #reached<T extends Query | Schedule>(all: readonly T[], whose: string | undefined, most = this.reach): Jobs<T> {
    const reach = Math.min(most, this.reach);
    const items = all.filter(({ technicalAccountId }) => whose === undefined || technicalAccountId === whose);
    return { items: items.slice(0, reach), unread: [], isWhole: items.length <= reach };
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

/** A problem as the database returns it. */
export function problem(kind: AdobeErrorKind, status?: number): AdobeProblem {
  return { kind, operation: 'a test call', ...(status !== undefined && { status }) };
}

export function adobeError(kind: AdobeErrorKind, status?: number): AdobeError {
  return new AdobeError(kind, 'a test call', status === undefined ? {} : { status });
}

export const TEAM = 'T1';

/** Slack's users and user groups. */
export class FakePeople implements People, MigratorDirectory {
  readonly #people = new Map<string, SlackPerson>();
  readonly groups = new Map<string, readonly string[]>();

  /** A full member, except for `changes`. */
  add(id: string, changes: Partial<SlackPerson> = {}): void {
    this.#people.set(id, {
      id,
      email: `${id.toLowerCase()}@example.com`,
      teamIds: [TEAM],
      isAdmin: false,
      isGuest: false,
      isStranger: false,
      isBot: false,
      isDeactivated: false,
      ...changes,
    });
  }

  async person(userId: string): Promise<SlackPerson> {
    const person = this.#people.get(userId);
    if (person === undefined) throw new Error('user_not_found');
    return person;
  }

  recent(): null {
    return null;
  }

  async membersOf(groupId: string): Promise<readonly string[]> {
    const members = this.groups.get(groupId);
    if (members === undefined) throw new LookupError({ groupId, code: 'no_such_subteam', retryAfterMs: null });
    return members;
  }

  async migratorIds(atMost: number): Promise<string[]> {
    const admins = [...this.#people.values()].filter(({ isAdmin }) => isAdmin).map(({ id }) => id);
    return [...admins, ...[...this.groups.values()].flat()].slice(0, atMost);
  }
}

/** Slack's messages: questions posted and closed, progress shown. */
export class FakeMessages implements ConfirmationMessages, ProgressMessages, NoticeMessages {
  readonly posted: Migration[] = [];
  readonly revised: Migration[] = [];
  readonly closed: { readonly request: Migration; readonly responseUrl: string | null }[] = [];
  readonly shown: { readonly migration: Migration; readonly progress: ProgressState; readonly ts: string }[] = [];
  /** Whether Slack accepts questions. */
  takesQuestions = true;
  /** Whether Slack fails on progress messages; a set: only for these migrations. */
  down: boolean | ReadonlySet<string> = false;
  /** Migrations whose progress messages Slack rejects. */
  readonly refused = new Set<string>();
  #messages = 0;

  async post(request: Migration): Promise<MessageRef | null> {
    if (!this.takesQuestions) return null;
    this.posted.push(request);
    return { channel: request.channel, ts: this.#next() };
  }

  async revise(request: Migration): Promise<void> {
    this.revised.push(request);
  }

  async close(request: Migration, responseUrl: string | null): Promise<void> {
    this.closed.push({ request, responseUrl });
  }

  async show(migration: Migration, progress: ProgressState): Promise<MessageRef | null> {
    if (this.down === true || (this.down !== false && this.down.has(migration.id))) {
      throw new Error('service_unavailable');
    }
    if (this.refused.has(migration.id)) return null;
    const message = migration.message ?? { channel: migration.channel, ts: this.#next() };
    this.shown.push({ migration, progress, ts: message.ts });
    return message;
  }

  /** The notices that Slack took. */
  readonly notified: { readonly userId: string; readonly content: NoticeContent }[] = [];

  async notify(userId: string, content: NoticeContent): Promise<MessageRef | 'not_sent'> {
    if (this.down === true) return 'not_sent';
    this.notified.push({ userId, content });
    return { channel: userId, ts: this.#next() };
  }

  /** The asks whose button was replaced, and who confirmed what became of them. */
  readonly closedAsks: string[] = [];

  async closeAsk({ notice, answer }: OpenAsk, migration: Migration | null): Promise<void> {
    if (this.down === true) throw new Error('service_unavailable');
    this.closedAsks.push(`${notice.name}: ${answer}, ${migration?.decidedBy ?? null}`);
  }

  /** The ends that were shown, as `credential 1: migrated`. */
  ends(): string[] {
    return this.shown
      .filter(({ progress }) => progress.kind === 'ended')
      .map(({ migration }) => `${migration.shown.name}: ${migration.state}`);
  }

  #next(): string {
    return `1.${++this.#messages}`;
  }
}
