import { AdobeError, type AdobeProblem, failsEveryCall } from '../credentials/adobe-error.ts';
import { NAMELESS } from '../credentials/adobe-reader.ts';
import type { Limit } from '../lib/parallel.ts';
import { lastDueOf, nextRunOf } from './cron-times.ts';
import { failingOf } from './failing.ts';
import type { JobReader, Jobs, JobsAsked, UnreadJob } from './ports.ts';
import {
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
const OWN_PAGES = { schedules: 10, queries: 1 };

/** Maximum numbers for one reading: credentials that are read individually, and schedules whose runs are read. */
interface Bounds {
  readonly credentials: number;
  readonly schedules: number;
}

export const BOUNDS: Bounds = { credentials: 200, schedules: 100 };

interface Unread {
  readonly problem: AdobeProblem;
}

/** The jobs of a sandbox, or of one credential in it. */
interface Read {
  readonly schedules: Jobs<Schedule>;
  readonly queries: Jobs<Query>;
}

/** A sandbox's jobs, read in bulk. */
export interface Bulk {
  readonly read: Read;
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
  async bulk(sandbox: string): Promise<Bulk | Unread> {
    const read = await this.#both({ sandbox, limit: this.#limit }, { schedules: SCHEDULE_PAGES, queries: QUERY_PAGES });
    if ('problem' in read) return read;
    return {
      read,
      schedules: Map.groupBy(read.schedules.items, ({ technicalAccountId }) => technicalAccountId),
      queries: Map.groupBy(read.queries.items, ({ technicalAccountId }) => technicalAccountId),
    };
  }

  /**
   * A credential's use in a sandbox: from the bulk if that says enough, otherwise read individually; `before` once the
   * bound on individual reads is reached.
   */
  async usageOf(technicalAccountId: string, bulk: Bulk | null, before: SandboxUsage): Promise<SandboxUsage> {
    const own = bulk === null ? null : ownOf(bulk, technicalAccountId);
    if (own !== null && isCutShort(own)) return this.#judgePart(own, before);
    const areSchedulesWhole = own?.schedules.isWhole === true;
    const isWhole = areSchedulesWhole && own?.queries.isWhole === true;
    const isQueried = own !== null && own.queries.items.length > 0;
    if (own !== null && (isWhole || (areSchedulesWhole && isQueried))) return this.#judge(own, isWhole, before);
    if (this.#credentialsLeft <= 0) {
      // A sign of use counts, even if there may be more to read.
      const isUsed = isQueried || own?.schedules.items.some(({ isEnabled }) => isEnabled) === true;
      return own !== null && isUsed ? this.#judge(own, false, before) : before;
    }
    this.#credentialsLeft--;
    const { sandbox } = before;
    const which = { sandbox, technicalAccountId, limit: this.#limit };
    const asked = await this.#both(which, OWN_PAGES);
    if ('problem' in asked) return { ...before, askedAt: this.#now, problem: asked.problem };
    const known = { ...before, askedAt: this.#now };
    if (isCutShort(asked)) return this.#judgePart(asked, known);
    const { schedules, queries } = asked;
    const judged = await this.#judge(asked, queries.isWhole, known);
    const [hidden] = [...schedules.unread, ...queries.unread];
    // An unread item may be a sign of use.
    return isSilent(judged) && hidden !== undefined ? { ...judged, problem: hidden.problem } : judged;
  }

  /** From lists whose later pages could not be read: what was read counts, and the rest stays as it was. */
  async #judgePart(read: Read, before: SandboxUsage): Promise<SandboxUsage> {
    const { schedules, queries } = read;
    const problem = schedules.cutShort ?? queries.cutShort ?? null;
    // The newest queries come first, so any query shows the credential's state; without one, the known state stays.
    if (queries.cutShort !== undefined && queries.items.length === 0)
      return { ...before, problem, schedules: this.#schedulesOf(schedules, before) };
    const judged = await this.#judge(read, queries.isWhole, before);
    return isSilent(judged) ? { ...judged, problem } : judged;
  }

  async #both(
    which: Omit<JobsAsked, 'maxPages'>,
    pages: { readonly schedules: number; readonly queries: number },
  ): Promise<Read | Unread> {
    const [schedules, queries] = await Promise.all([
      this.#try(() => this.#jobs.schedules({ ...which, maxPages: pages.schedules })),
      this.#try(() => this.#jobs.queries({ ...which, maxPages: pages.queries }, this.#since)),
    ]);
    if ('problem' in schedules && 'problem' in queries) return schedules;
    // Either list is useful without the other.
    const read = {
      schedules: 'problem' in schedules ? cutShortBy(schedules.problem) : schedules.value,
      queries: 'problem' in queries ? cutShortBy(queries.problem) : queries.value,
    };
    for (const { unread, unreadParts = [], cutShort } of [read.schedules, read.queries]) {
      this.unread.push(
        ...unread,
        ...unreadParts,
        ...(cutShort === undefined ? [] : [{ name: which.sandbox, problem: cutShort }]),
      );
      if (cutShort !== undefined) this.#noteProblem(cutShort);
    }
    return read;
  }

  async #try<T>(call: () => Promise<T>): Promise<{ readonly value: T } | Unread> {
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

  async #judge(read: Read, isWhole: boolean, before: SandboxUsage): Promise<SandboxUsage> {
    const schedules = read.schedules.items;
    const queries = read.queries.items
      .filter(({ createdAt }) => createdAt >= this.#since)
      .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    const runs = await this.#runsWithoutQuery(before.sandbox, schedules, queries);
    const [latest] = [...queries, ...[...runs.values()].flat()].toSorted(
      (a, b) => b.createdAt.getTime() - a.createdAt.getTime(),
    );
    const known = this.#schedulesOf(read.schedules, before);
    return {
      sandbox: before.sandbox,
      readAt: this.#now,
      askedAt: before.askedAt,
      problem: null,
      schedules: known,
      queries: { count: queries.length, isAtLeast: !isWhole },
      lastQuery: latest === undefined ? null : { at: latest.createdAt, outcome: latest.outcome, error: latest.error },
      // The failing schedule may be one that could not be read.
      failing:
        failingOf(queries, schedules, runs, before.failing) ??
        (known.length > schedules.length ? before.failing : null),
    };
  }

  /** The schedules that were read, and known ones that may be among the unread. */
  #schedulesOf({ items, unread, cutShort }: Jobs<Schedule>, before: SandboxUsage): SandboxUsage['schedules'] {
    const isRead = new Set(items.map(({ id }) => id));
    const unreadNames = new Set(unread.map(({ name }) => name));
    const mayBeThere = (id: string) => cutShort !== undefined || unreadNames.has(id) || unreadNames.has(NAMELESS);
    return [
      ...items.map((each) => this.#known(each, before)),
      ...before.schedules.filter(({ id }) => !isRead.has(id) && mayBeThere(id)),
    ];
  }

  /** A schedule as it is stored: with the last known date or name if it cannot be read now. */
  #known(
    { id, name, cron, unread = [], ...schedule }: Schedule,
    before: SandboxUsage,
  ): SandboxUsage['schedules'][number] {
    const known = before.schedules.find((each) => each.id === id);
    const { isEnabled } = schedule;
    const isTimeKnown = known !== undefined && known.cron === cron && known.isEnabled && unread.includes('date');
    const nextRunAt = isTimeKnown ? known.nextRunAt : nextRunOf({ cron, ...schedule }, this.#now);
    return {
      ...{ id, cron, isEnabled, nextRunAt: isEnabled ? nextRunAt : null },
      name: unread.includes('name') ? (known?.name ?? name) : name,
    };
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
      const read = await this.#try(() => this.#runs(sandbox, id, name));
      if ('problem' in read) this.unread.push({ name, problem: read.problem });
      else found.set(id, read.value);
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
function ownOf({ read, schedules, queries }: Bulk, technicalAccountId: string): Read {
  return {
    schedules: { ...read.schedules, items: schedules.get(technicalAccountId) ?? [] },
    queries: { ...read.queries, items: queries.get(technicalAccountId) ?? [] },
  };
}

function isCutShort({ schedules, queries }: Read): boolean {
  return schedules.cutShort !== undefined || queries.cutShort !== undefined;
}

/** A list whose first page could not be read. */
function cutShortBy(problem: AdobeProblem): Jobs<never> {
  return { items: [], unread: [], isWhole: false, cutShort: problem };
}

function isSilent({ lastQuery, schedules }: SandboxUsage): boolean {
  return lastQuery === null && schedules.every(({ isEnabled }) => !isEnabled);
}

/** The use in a sandbox that could not be read: the last known one, if any, with the problem. */
export function withProblem(before: SandboxUsage | undefined, sandbox: string, problem: AdobeProblem): SandboxUsage {
  return before === undefined ? unreadUsage(sandbox, problem) : { ...before, problem };
}
