import { AdobeError, type AdobeProblem, failsEveryCall } from '../credentials/adobe-error.ts';
import { NAMELESS } from '../credentials/adobe-reader.ts';
import type { Limit } from '../lib/parallel.ts';
import { lastDueOf, nextRunOf } from './cron-times.ts';
import { failingOf } from './failing.ts';
import type { JobReader, Jobs, JobsAsked, UnreadJob } from './ports.ts';
import {
  type KnownSchedule,
  type Query,
  RUN_GRACE_MS,
  type Run,
  type SandboxUsage,
  type Schedule,
  USAGE_MS,
  unreadUsage,
} from './usage.ts';

/** Maximum number of pages of 100 items for one sandbox. For schedules, it is more than any sandbox has. */
const SCHEDULE_PAGES = 200;
const QUERY_PAGES = 20;
/** Maximum number of pages for one credential. */
const CREDENTIAL_PAGES = { schedules: 10, queries: 1 };

/** Maximum numbers for one reading: credentials that are read individually, and schedules whose runs are read. */
interface Bounds {
  readonly credentials: number;
  readonly schedules: number;
}

export const BOUNDS: Bounds = { credentials: 200, schedules: 100 };

/** Why something could not be read. */
export interface ReadFailure {
  readonly problem: AdobeProblem;
}

/** The jobs of a sandbox, or of one credential in it. */
interface JobLists {
  readonly schedules: Jobs<Schedule>;
  readonly queries: Jobs<Query>;
}

/** All jobs of a sandbox. */
export interface SandboxJobs {
  readonly lists: JobLists;
  /** Both by technical account id. */
  readonly schedules: ReadonlyMap<string | null, readonly Schedule[]>;
  readonly queries: ReadonlyMap<string | null, readonly Query[]>;
}

/** The calls of one reading, within its bounds. An error that every call would get ends them. */
export class UsageReader {
  /** Items that could not be read and were left out. */
  readonly unread: UnreadJob[] = [];
  readonly #jobs: JobReader;
  readonly #limit: Limit;
  readonly #now: Date;
  readonly #since: Date;
  #credentialsLeft: number;
  #schedulesLeft: number;

  constructor(jobs: JobReader, limit: Limit, now: Date, bounds: Bounds) {
    this.#jobs = jobs;
    this.#limit = limit;
    this.#now = now;
    this.#since = new Date(now.getTime() - USAGE_MS);
    this.#credentialsLeft = bounds.credentials;
    this.#schedulesLeft = bounds.schedules;
  }

  /** All jobs of a sandbox, up to the maximum number of pages, or why they cannot be read. */
  async jobsIn(sandbox: string): Promise<SandboxJobs | ReadFailure> {
    const pages = { schedules: SCHEDULE_PAGES, queries: QUERY_PAGES };
    const lists = await this.#readBoth({ sandbox, limit: this.#limit }, pages);
    if ('problem' in lists) return lists;
    return {
      lists,
      schedules: Map.groupBy(lists.schedules.items, ({ technicalAccountId }) => technicalAccountId),
      queries: Map.groupBy(lists.queries.items, ({ technicalAccountId }) => technicalAccountId),
    };
  }

  /**
   * A credential's use in a sandbox: from all jobs of the sandbox if they say enough, otherwise read individually;
   * `before` once the bound on individual reads is reached.
   */
  async usageOf(
    technicalAccountId: string,
    sandboxJobs: SandboxJobs | null,
    before: SandboxUsage,
  ): Promise<SandboxUsage> {
    if (sandboxJobs !== null) {
      const lists = jobsOf(sandboxJobs, technicalAccountId);
      if (isCutShort(lists)) return this.#usageFromPart(lists, before);
      const { schedules, queries } = lists;
      const isQueried = queries.items.length > 0;
      if (schedules.isWhole && (queries.isWhole || isQueried)) return this.#usageFrom(lists, queries.isWhole, before);
      // A sign of use counts, even if there may be more to read.
      const isUsed = isQueried || schedules.items.some(({ isEnabled }) => isEnabled);
      if (isUsed && this.#credentialsLeft <= 0) return this.#usageFrom(lists, false, before);
    }
    if (this.#credentialsLeft <= 0) return before;
    this.#credentialsLeft--;
    return this.#readIndividually(technicalAccountId, { ...before, askedAt: this.#now });
  }

  async #readIndividually(technicalAccountId: string, before: SandboxUsage): Promise<SandboxUsage> {
    const scope = { sandbox: before.sandbox, technicalAccountId, limit: this.#limit };
    const lists = await this.#readBoth(scope, CREDENTIAL_PAGES);
    if ('problem' in lists) return { ...before, problem: lists.problem };
    if (isCutShort(lists)) return this.#usageFromPart(lists, before);
    const { schedules, queries } = lists;
    const usage = await this.#usageFrom(lists, queries.isWhole, before);
    const [unread] = [...schedules.unread, ...queries.unread];
    // An unread item may be a sign of use.
    return hasNoSignOfUse(usage) && unread !== undefined ? { ...usage, problem: unread.problem } : usage;
  }

  /** From lists whose later pages could not be read: what was read counts, and the rest stays as it was. */
  async #usageFromPart(lists: JobLists, before: SandboxUsage): Promise<SandboxUsage> {
    const { schedules, queries } = lists;
    const problem = schedules.cutShort ?? queries.cutShort ?? null;
    // The newest queries come first, so any query shows the credential's state; without one, the known state stays.
    if (queries.cutShort !== undefined && queries.items.length === 0)
      return { ...before, problem, schedules: this.#schedulesOf(schedules, before) };
    const usage = await this.#usageFrom(lists, queries.isWhole, before);
    return hasNoSignOfUse(usage) ? { ...usage, problem } : usage;
  }

  async #readBoth(
    scope: Omit<JobsAsked, 'maxPages'>,
    pages: { readonly schedules: number; readonly queries: number },
  ): Promise<JobLists | ReadFailure> {
    const [schedules, queries] = await Promise.all([
      this.#try(() => this.#jobs.schedules({ ...scope, maxPages: pages.schedules })),
      this.#try(() => this.#jobs.queries({ ...scope, maxPages: pages.queries }, this.#since)),
    ]);
    if ('problem' in schedules && 'problem' in queries) return schedules;
    // Either list is useful without the other.
    const lists = {
      schedules: 'problem' in schedules ? cutShortBy(schedules.problem) : schedules.value,
      queries: 'problem' in queries ? cutShortBy(queries.problem) : queries.value,
    };
    for (const { unread, unreadParts = [], cutShort } of [lists.schedules, lists.queries]) {
      this.unread.push(...unread, ...unreadParts);
      if (cutShort === undefined) continue;
      this.unread.push({ name: scope.sandbox, problem: cutShort });
      this.#noteProblem(cutShort);
    }
    return lists;
  }

  async #try<T>(call: () => Promise<T>): Promise<{ readonly value: T } | ReadFailure> {
    try {
      return { value: await call() };
    } catch (error) {
      if (!(error instanceof AdobeError)) throw error;
      this.#noteProblem(error.problem);
      return { problem: error.problem };
    }
  }

  /** An error that every further call would also get ends the individual calls. */
  #noteProblem({ kind }: AdobeProblem): void {
    if (!failsEveryCall(kind)) return;
    this.#credentialsLeft = 0;
    this.#schedulesLeft = 0;
  }

  /** `isWhole`: the queries are all that there are. */
  async #usageFrom(lists: JobLists, isWhole: boolean, before: SandboxUsage): Promise<SandboxUsage> {
    const schedules = lists.schedules.items;
    const queries = lists.queries.items.filter(({ createdAt }) => createdAt >= this.#since).toSorted(byNewest);
    const runs = await this.#runsWithoutQuery(before.sandbox, schedules, queries);
    const [latest] = [...queries, ...[...runs.values()].flat()].toSorted(byNewest);
    const knownSchedules = this.#schedulesOf(lists.schedules, before);
    return {
      sandbox: before.sandbox,
      readAt: this.#now,
      askedAt: before.askedAt,
      problem: null,
      schedules: knownSchedules,
      queries: { count: queries.length, isAtLeast: !isWhole },
      lastQuery: latest === undefined ? null : { at: latest.createdAt, outcome: latest.outcome, error: latest.error },
      // The failing schedule may be one that could not be read.
      failing:
        failingOf(queries, schedules, runs, before.failing) ??
        (knownSchedules.length > schedules.length ? before.failing : null),
    };
  }

  /** The schedules that were read, and known ones that may be among the unread. */
  #schedulesOf({ items, unread, cutShort }: Jobs<Schedule>, before: SandboxUsage): SandboxUsage['schedules'] {
    const isRead = new Set(items.map(({ id }) => id));
    const unreadNames = new Set(unread.map(({ name }) => name));
    const mayBeUnread = (id: string) => cutShort !== undefined || unreadNames.has(id) || unreadNames.has(NAMELESS);
    return [
      ...items.map((schedule) => this.#toKnownSchedule(schedule, before)),
      ...before.schedules.filter(({ id }) => !isRead.has(id) && mayBeUnread(id)),
    ];
  }

  /** A schedule as it is stored: with the last known date or name if it cannot be read now. */
  #toKnownSchedule(schedule: Schedule, before: SandboxUsage): KnownSchedule {
    const { id, cron, isEnabled, unread = [] } = schedule;
    const known = before.schedules.find((candidate) => candidate.id === id);
    const isTimeKnown = known !== undefined && known.cron === cron && known.isEnabled && unread.includes('date');
    const nextRunAt = isTimeKnown ? known.nextRunAt : nextRunOf(schedule, this.#now);
    const name = unread.includes('name') ? (known?.name ?? schedule.name) : schedule.name;
    return { id, cron, isEnabled, nextRunAt: isEnabled ? nextRunAt : null, name };
  }

  /** The runs of schedules that should have led to a query but did not: a failed login leaves no query. */
  async #runsWithoutQuery(
    sandbox: string,
    schedules: readonly Schedule[],
    queries: readonly Query[],
  ): Promise<Map<string, Run[]>> {
    const due = schedules.filter((schedule) => {
      const at = schedule.isEnabled ? lastDueOf(schedule, new Date(this.#now.getTime() - RUN_GRACE_MS)) : null;
      if (at === null || at < this.#since) return false;
      return !queries.some(({ createdAt }) => createdAt >= at);
    });
    const found = new Map<string, Run[]>();
    for (const { id, name } of due) {
      if (this.#schedulesLeft <= 0) break;
      this.#schedulesLeft--;
      const result = await this.#try(() => this.#runs(sandbox, id, name));
      if ('problem' in result) this.unread.push({ name, problem: result.problem });
      else found.set(id, result.value);
    }
    return found;
  }

  /** Runs, newest first; the latest with Adobe's error if it failed. */
  async #runs(sandbox: string, scheduleId: string, name: string): Promise<Run[]> {
    const { items, unread } = await this.#limit(() => this.#jobs.runs(sandbox, scheduleId, this.#since));
    this.unread.push(...unread.map(({ name: run, problem }) => ({ name: `${name}: ${run}`, problem })));
    const runs = [...items];
    const [latest] = runs;
    if (latest?.outcome !== 'failed') return runs;
    const error = await this.#limit(() => this.#jobs.runError(sandbox, scheduleId, latest.id));
    return [{ ...latest, error }, ...runs.slice(1)];
  }
}

/** The part of a sandbox's jobs that belongs to this credential. */
function jobsOf({ lists, schedules, queries }: SandboxJobs, technicalAccountId: string): JobLists {
  return {
    schedules: { ...lists.schedules, items: schedules.get(technicalAccountId) ?? [] },
    queries: { ...lists.queries, items: queries.get(technicalAccountId) ?? [] },
  };
}

function byNewest(a: Query | Run, b: Query | Run): number {
  return b.createdAt.getTime() - a.createdAt.getTime();
}

function isCutShort({ schedules, queries }: JobLists): boolean {
  return schedules.cutShort !== undefined || queries.cutShort !== undefined;
}

/** A list whose first page could not be read. */
function cutShortBy(problem: AdobeProblem): Jobs<never> {
  return { items: [], unread: [], isWhole: false, cutShort: problem };
}

function hasNoSignOfUse({ lastQuery, schedules }: SandboxUsage): boolean {
  return lastQuery === null && schedules.every(({ isEnabled }) => !isEnabled);
}

/** The use in a sandbox that could not be read: the last known one, if any, with the problem. */
export function withProblem(before: SandboxUsage | undefined, sandbox: string, problem: AdobeProblem): SandboxUsage {
  return before === undefined ? unreadUsage(sandbox, problem) : { ...before, problem };
}
