import type { Logger } from '../lib/logger.ts';

/** All jobs need the database, so a failure of it is logged once for all of them. */
const DATABASE = 'database';
/** The job that acquires the lease of the migrations. */
export const LEASE_JOB = 'lease';
/** Names of the jobs in the log and in `/metrics`. */
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

/**
 * Keeps the log short for a job that fails at each tick: one line when a failure begins, one for each further cause,
 * and one when it has ended.
 */
export class JobLog {
  readonly #logger: Logger;
  /** Current failures, by job or by what the job shares with other jobs. */
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
      // The lease is written at each tick, so only its job can tell that writing works again; others may only read.
      if (source === DATABASE && jobs.has(LEASE_JOB) && job !== LEASE_JOB) continue;
      this.#failing.delete(source);
      this.#logger.info({ job, failures: ticks }, 'a job works again');
    }
  }

  /** Why no job can work with the database, and what to do; null if they can. */
  databaseProblem(): string | null {
    const known = this.#failing.get(DATABASE);
    // The next run of another job may be an hour away; the lease's job notices a lasting problem within seconds.
    return known?.jobs.has(LEASE_JOB) ? known.words : null;
  }
}

/** Recognised by name and shape, since jobs know nothing about the database. */
function isDatabaseError(error: unknown): error is Error & { readonly detail: string } {
  return error instanceof Error && error.name === 'DatabaseError' && 'detail' in error;
}

/** A logger for jobs that also counts their failures, at any level: lines with a job's name and an error. */
export function countingFailures(logger: Logger, count: (job: string) => void): Logger {
  const at = (level: keyof Logger) => (details: object, message: string) => {
    if ('job' in details && 'err' in details) count(String(details.job));
    logger[level](details, message);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
