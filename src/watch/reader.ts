import { AdobeError, failsEveryCall } from '../credentials/adobe-error.ts';
import { NAMELESS } from '../credentials/adobe-reader.ts';
import type { Limit } from '../lib/parallel.ts';
import type { Migration } from '../migrations/migration.ts';
import { lastDueOf, nextRunOf } from '../usage/cron-times.ts';
import { failingOf } from '../usage/failing.ts';
import type { JobReader, UnreadJob } from '../usage/ports.ts';
import { type Outcome, RUN_GRACE_MS, type Run, type Schedule, USAGE_MS } from '../usage/usage.ts';
import type { SandboxWatch, WatchedSchedule } from './watch.ts';

/** Schedules whose runs are read in one look, over all sandboxes; each takes two calls if its last run failed. */
const MAX_SCHEDULES = 10;

/** Reads how a credential's jobs have run since its migration: two calls for each sandbox, and those for runs. */
export class WatchReader {
  readonly #jobs: JobReader;
  readonly #limit: Limit;
  readonly #migration: Migration;
  readonly #since: Date;
  readonly #now: Date;
  #schedulesLeft = MAX_SCHEDULES;
  /** Items that could not be read and were left out. */
  readonly unread: UnreadJob[] = [];

  /** `since`: the end of the migration. */
  constructor(parts: { jobs: JobReader; limit: Limit }, migration: Migration, since: Date, now: Date) {
    this.#jobs = parts.jobs;
    this.#limit = parts.limit;
    this.#migration = migration;
    this.#since = since;
    this.#now = now;
  }

  /** What cannot be read keeps its last known state, with the reason. */
  async read(before: readonly SandboxWatch[]): Promise<SandboxWatch[]> {
    const found: SandboxWatch[] = [];
    for (const sandbox of this.#migration.shown.sandboxes) {
      const known = before.find((each) => each.sandbox === sandbox) ?? this.#neverRead(sandbox);
      found.push(await this.#readSandbox(known));
    }
    return found;
  }

  async #readSandbox(known: SandboxWatch): Promise<SandboxWatch> {
    const { sandbox } = known;
    const { technicalAccountId } = this.#migration;
    const request = { sandbox, technicalAccountId, maxPages: 1, limit: this.#limit };
    try {
      const schedules = await this.#jobs.schedules(request);
      const queries = await this.#jobs.queries(request, this.#since);
      this.unread.push(...schedules.unread, ...(schedules.unreadParts ?? []), ...queries.unread);
      const readIds = new Set(schedules.items.map(({ id }) => id));
      const unreadNames = new Set(schedules.unread.map(({ name }) => name));
      const unreadSchedules = known.schedules.filter(
        ({ id }) => !readIds.has(id) && (unreadNames.has(id) || unreadNames.has(NAMELESS)),
      );
      const enabled = schedules.items.filter(({ isEnabled }) => isEnabled);
      const names = new Set(enabled.map(({ name }) => name));
      const unscheduled = queries.items
        .filter(({ name, createdAt }) => createdAt > this.#since && (name === null || !names.has(name)))
        .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
      const found = {
        ...known,
        readAt: this.#now,
        problem: schedules.cutShort ?? queries.cutShort ?? null,
        isWhole: schedules.isWhole,
        queries: {
          ...known.queries,
          count: unscheduled.length,
          isAtLeast: !queries.isWhole,
          failing: failingOf(unscheduled, [], new Map(), null),
        },
      };
      return await this.#withRuns(enabled, unreadSchedules, known, found);
    } catch (error) {
      if (!(error instanceof AdobeError)) throw error;
      return { ...known, problem: error.problem };
    }
  }

  /** `unread`: known schedules that cannot be read now; `withoutRuns`: what else was found. */
  async #withRuns(
    enabled: readonly Schedule[],
    unread: readonly WatchedSchedule[],
    known: SandboxWatch,
    withoutRuns: SandboxWatch,
  ): Promise<SandboxWatch> {
    const knownOf = ({ id }: Schedule) => known.schedules.find((each) => each.id === id);
    const found = new Map<string, WatchedSchedule>();
    let { problem, isWhole } = withoutRuns;
    // There is a bound, so schedules of which nothing is known come first.
    for (const schedule of enabled.toSorted((a, b) => ageOf(knownOf(a)) - ageOf(knownOf(b)))) {
      const before = knownOf(schedule) ?? this.#neverRun(schedule);
      // If one of its dates is missing, its times are unknown.
      const hasTimes = !schedule.unread?.includes('date');
      const due = hasTimes ? lastDueOf(schedule, this.#now) : null;
      const nextRunAt = hasTimes ? nextRunOf(schedule, this.#now) : null;
      const isDue = due !== null && due > this.#since;
      const name = schedule.unread?.includes('name') ? before.name : schedule.name;
      const asRead = { ...before, name, ...(hasTimes && { nextRunAt, isDue }) };
      found.set(schedule.id, asRead);
      // If its expression is not understood, it may have run.
      if (!isDue && (due !== null || nextRunAt !== null)) continue;
      if (this.#schedulesLeft <= 0) {
        isWhole = false;
        continue;
      }
      this.#schedulesLeft--;
      try {
        const runs = await this.#runs(withoutRuns.sandbox, schedule, before);
        found.set(schedule.id, { ...asRead, ...runs });
      } catch (error) {
        if (!(error instanceof AdobeError)) throw error;
        problem = error.problem;
        if (failsEveryCall(error.kind)) this.#schedulesLeft = 0;
      }
    }
    const schedules = [...enabled.flatMap(({ id }) => found.get(id) ?? []), ...unread];
    return { ...withoutRuns, problem, isWhole, schedules };
  }

  async #runs(sandbox: string, schedule: Schedule, before: WatchedSchedule) {
    const { startedAt } = this.#migration;
    const migratedFrom = startedAt ?? this.#since;
    const { items: runs, unread } = await this.#limit(() =>
      this.#jobs.runs(sandbox, schedule.id, new Date(migratedFrom.getTime() - USAGE_MS)),
    );
    this.unread.push(...unread.map(({ name, problem }) => ({ name: `${schedule.name}: ${name}`, problem })));
    const runsSince = runs.filter(({ createdAt }) => createdAt > this.#since);
    const last = runsSince.find(hasEnded);
    const error = last?.outcome === 'failed' ? await this.#errorOf(sandbox, schedule.id, last, before) : null;
    const attempts = runsSince.map((run) => (run === last ? { ...run, error } : run));
    const lastBefore = runs.find((run) => run.createdAt <= migratedFrom && hasEnded(run));
    const due = lastDueOf(schedule, new Date(this.#now.getTime() - RUN_GRACE_MS));
    const isDue = schedule.unread?.includes('date') ? before.isOverdue : due !== null && due > this.#since;
    return {
      lastRun: last === undefined ? null : { at: last.createdAt, outcome: last.outcome },
      failing: failingOf([], [], new Map([[schedule.id, attempts]]), null),
      // An unread item may be a run.
      isOverdue: runsSince.length === 0 && unread.length === 0 && isDue,
      failedBefore: lastBefore === undefined ? before.failedBefore : lastBefore.outcome === 'failed',
    };
  }

  /** Reads the error of each run only once. */
  async #errorOf(sandbox: string, scheduleId: string, run: Run, { lastRun, failing }: WatchedSchedule) {
    if (lastRun?.at.getTime() === run.createdAt.getTime()) return failing?.error ?? null;
    return this.#limit(() => this.#jobs.runError(sandbox, scheduleId, run.id));
  }

  #neverRun({ id, name }: Schedule): WatchedSchedule {
    const failedBefore = this.#failedBefore();
    return { id, name, nextRunAt: null, lastRun: null, failing: null, isDue: false, isOverdue: false, failedBefore };
  }

  #neverRead(sandbox: string): SandboxWatch {
    const queries = { count: 0, isAtLeast: false, failing: null, failedBefore: this.#failedBefore() };
    return { sandbox, readAt: null, problem: null, schedules: [], isWhole: true, queries };
  }

  /** Whether any of the credential's jobs failed when the question was shown. */
  #failedBefore(): boolean {
    return this.#migration.impact?.failing != null;
  }
}

function hasEnded({ outcome }: { readonly outcome: Outcome }): boolean {
  return outcome === 'succeeded' || outcome === 'failed';
}

/** Sorts schedules whose runs are read: those without a known run first, then by the time of that run. */
function ageOf(known: WatchedSchedule | undefined): number {
  return known?.lastRun?.at.getTime() ?? 0;
}
