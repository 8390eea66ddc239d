import { AdobeError, type AdobeProblem, OF_ALL_CALLS } from '../credentials/adobe-error.ts';
import type { Limit } from '../lib/parallel.ts';
import { lastDueOf, nextRunOf } from './cron-times.ts';
import { failingOf } from './failing.ts';
import type { JobReader, Jobs, JobsAsked } from './ports.ts';
import {
  type Query,
  RUN_GRACE_MS,
  type Run,
  type SandboxUsage,
  type Schedule,
  USAGE_MS,
  unreadUsage,
} from './usage.ts';

/** Pages of 100 that are read of one sandbox. Schedules: more than any has. */
const SCHEDULE_PAGES = 200;
const QUERY_PAGES = 20;
/** Pages that are read of one credential. */
const OWN_PAGES = { schedules: 10, queries: 1 };

/** Credentials that are asked for on their own, and schedules whose runs are read, in one reading. */
interface Bounds {
  readonly credentials: number;
  readonly schedules: number;
}

export const BOUNDS: Bounds = { credentials: 200, schedules: 100 };

interface Unread {
  readonly problem: AdobeProblem;
}

interface Read {
  readonly schedules: Jobs<Schedule>;
  readonly queries: Jobs<Query>;
}

/** A sandbox's jobs, read in bulk. */
export interface Bulk {
  readonly areSchedulesWhole: boolean;
  readonly areQueriesWhole: boolean;
  /** By technical account. */
  readonly schedules: ReadonlyMap<string | null, readonly Schedule[]>;
  readonly queries: ReadonlyMap<string | null, readonly Query[]>;
}

/** Calls of one reading; within its bounds, and none once it is stopped. */
export class UsageReader {
  /** What could not be read and was left out, by name. */
  readonly unread: { readonly name: string; readonly problem: AdobeProblem }[] = [];
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

  /** All of a sandbox, as far as so many pages go; or why it cannot be read. */
  async bulk(sandbox: string): Promise<Bulk | Unread> {
    const read = await this.#both({ sandbox, limit: this.#limit }, { schedules: SCHEDULE_PAGES, queries: QUERY_PAGES });
    if ('problem' in read) return read;
    return {
      areSchedulesWhole: read.schedules.isWhole,
      areQueriesWhole: read.queries.isWhole,
      schedules: Map.groupBy(read.schedules.items, ({ technicalAccountId }) => technicalAccountId),
      queries: Map.groupBy(read.queries.items, ({ technicalAccountId }) => technicalAccountId),
    };
  }

  /**
   * A credential's use in a sandbox, from the bulk where that says enough, or else asked for on its own; `before` where the
   * bound is reached.
   */
  async usageOf(technicalAccountId: string, bulk: Bulk | null, before: SandboxUsage): Promise<SandboxUsage> {
    const own = bulk?.queries.get(technicalAccountId) ?? [];
    const ownSchedules = bulk?.schedules.get(technicalAccountId) ?? [];
    const isWhole = bulk?.areQueriesWhole === true && bulk.areSchedulesWhole;
    const isEnough = isWhole || (bulk?.areSchedulesWhole === true && own.length > 0);
    if (isEnough) return this.#judge(ownSchedules, own, isWhole, before);
    if (this.#credentialsLeft <= 0) {
      // A sign of use is one, whatever else there may be.
      const isUsed = own.length > 0 || ownSchedules.some(({ isEnabled }) => isEnabled);
      return isUsed ? this.#judge(ownSchedules, own, false, before) : before;
    }
    this.#credentialsLeft--;
    const { sandbox } = before;
    const which = { sandbox, technicalAccountId, limit: this.#limit };
    const asked = await this.#both(which, OWN_PAGES);
    if ('problem' in asked) return { ...before, askedAt: this.#now, problem: asked.problem };
    const { schedules, queries } = asked;
    const askedAt = this.#now;
    const judged = await this.#judge(schedules.items, queries.items, queries.isWhole, { ...before, askedAt });
    const isSilent = judged.lastQuery === null && judged.schedules.every(({ isEnabled }) => !isEnabled);
    const [hidden] = [...schedules.unread, ...queries.unread];
    // Behind what cannot be read there may be a sign of use.
    return isSilent && hidden !== undefined ? { ...judged, problem: hidden.problem } : judged;
  }

  async #both(
    which: Omit<JobsAsked, 'maxPages'>,
    pages: { readonly schedules: number; readonly queries: number },
  ): Promise<Read | Unread> {
    const [schedules, queries] = await Promise.all([
      this.#try(() => this.#jobs.schedules({ ...which, maxPages: pages.schedules })),
      this.#try(() => this.#jobs.queries({ ...which, maxPages: pages.queries }, this.#since)),
    ]);
    if ('problem' in schedules) return schedules;
    if ('problem' in queries) return queries;
    this.unread.push(...schedules.value.unread, ...queries.value.unread);
    return { schedules: schedules.value, queries: queries.value };
  }

  async #try<T>(call: () => Promise<T>): Promise<{ readonly value: T } | Unread> {
    try {
      return { value: await call() };
    } catch (error) {
      if (!(error instanceof AdobeError)) throw error;
      if (OF_ALL_CALLS.has(error.kind)) {
        this.#credentialsLeft = 0;
        this.#schedulesLeft = 0;
      }
      return { problem: error.problem };
    }
  }

  async #judge(
    schedules: readonly Schedule[],
    items: readonly Query[],
    isWhole: boolean,
    before: SandboxUsage,
  ): Promise<SandboxUsage> {
    const queries = items
      .filter(({ createdAt }) => createdAt >= this.#since)
      .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    const runs = await this.#runsWithoutQuery(before.sandbox, schedules, queries);
    const [latest] = [...queries, ...[...runs.values()].flat()].toSorted(
      (a, b) => b.createdAt.getTime() - a.createdAt.getTime(),
    );
    return {
      sandbox: before.sandbox,
      readAt: this.#now,
      askedAt: before.askedAt,
      problem: null,
      schedules: schedules.map((each) => ({
        id: each.id,
        name: each.name,
        cron: each.cron,
        isEnabled: each.isEnabled,
        nextRunAt: each.isEnabled ? nextRunOf(each, this.#now) : null,
      })),
      queries: { count: queries.length, isAtLeast: !isWhole },
      lastQuery: latest === undefined ? null : { at: latest.createdAt, outcome: latest.outcome, error: latest.error },
      failing: failingOf(queries, schedules, runs, before.failing),
    };
  }

  /** The runs of schedules that should have led to a query: a login that fails leaves none. */
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
      const read = await this.#try(() => this.#runs(sandbox, id));
      if ('problem' in read) this.unread.push({ name, problem: read.problem });
      else found.set(id, read.value);
    }
    return found;
  }

  /** Newest first; what Adobe says about the latest, if that failed. */
  async #runs(sandbox: string, scheduleId: string): Promise<Run[]> {
    const runs = await this.#limit(() => this.#jobs.runs(sandbox, scheduleId, this.#since));
    const [latest] = runs;
    if (latest?.outcome !== 'failed') return runs;
    const error = await this.#limit(() => this.#jobs.runError(sandbox, scheduleId, latest.id));
    return [{ ...latest, error }, ...runs.slice(1)];
  }
}

/** Nothing is known of these sandboxes but why. */
export function withProblem(before: SandboxUsage | undefined, sandbox: string, problem: AdobeProblem): SandboxUsage {
  return before === undefined ? unreadUsage(sandbox, problem) : { ...before, problem };
}
