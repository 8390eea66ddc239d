import type { Logger } from '../lib/logger.ts';

/** What all jobs need, so that one line speaks for all that fail with it. */
const DATABASE = 'database';
/** The job that acquires the lease of the migrations. */
export const LEASE_JOB = 'lease';
/** What jobs are called in the log and in `/metrics`. */
export const JOBS = [
  'sync',
  'sync lease',
  'usage',
  'trend',
  'reminders',
  LEASE_JOB,
  'advance',
  'report',
  'link',
  'expire',
  'remind',
  'end holds',
  'notify',
  'close asks',
  'watch',
  'home',
] as const;
export type Job = (typeof JOBS)[number];

/** Logs jobs that fail at each tick: one line when a failure begins, one for each further cause, and one when it has ended. */
export class JobLog {
  readonly #logger: Logger;
  /** The causes by job, or by what it shares with other jobs. */
  readonly #failing = new Map<
    string,
    { readonly causes: Set<string>; readonly words: string; readonly jobs: Set<Job>; ticks: number }
  >();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  failed(job: Job, err: unknown): void {
    const source = isDatabaseError(err) ? DATABASE : job;
    const cause = isDatabaseError(err) ? err.detail : String(err);
    const known = this.#failing.get(source);
    const jobs = new Set(known?.jobs).add(job);
    const words = err instanceof Error ? err.message : cause;
    const causes = new Set(known?.causes).add(cause);
    this.#failing.set(source, { causes, words, jobs, ticks: (known?.ticks ?? 0) + 1 });
    if (known?.causes.has(cause)) this.#logger.debug({ err, job }, 'a job failed again');
    else this.#logger.error({ err, job }, 'a job failed; it will be retried');
  }

  worked(job: Job): void {
    for (const [source, { jobs, ticks }] of this.#failing) {
      if (!jobs.has(job)) continue;
      // Written at each tick, so it knows first and last; others may only read.
      if (source === DATABASE && jobs.has(LEASE_JOB) && job !== LEASE_JOB) continue;
      this.#failing.delete(source);
      this.#logger.info({ job, failures: ticks }, 'a job works again');
    }
  }

  /** What keeps every job from working with the database, and what to do; null: nothing. */
  databaseProblem(): string | null {
    const known = this.#failing.get(DATABASE);
    // The next run of another job may be an hour away; the lease meets whatever lasts within seconds.
    return known?.jobs.has(LEASE_JOB) ? known.words : null;
  }
}

/** Told by name and shape: jobs know no database. */
function isDatabaseError(error: unknown): error is Error & { readonly detail: string } {
  return error instanceof Error && error.name === 'DatabaseError' && 'detail' in error;
}

/** A logger for jobs that also counts: each failure of a job is logged with its name and error, at whatever level. */
export function countingFailures(logger: Logger, count: (job: string) => void): Logger {
  const at = (level: keyof Logger) => (details: object, message: string) => {
    if ('job' in details && 'err' in details) count(String(details.job));
    logger[level](details, message);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
