import type { AdobeProblem } from '../credentials/adobe-error.ts';
import { LEFT, type ListedCredential } from '../credentials/credential.ts';
import type { CredentialStore, SyncStore } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { FailureLog } from '../lib/failure-log.ts';
import type { Leases } from '../lib/leases.ts';
import type { Logger } from '../lib/logger.ts';
import { EVERYTHING } from '../lib/page.ts';
import { inParallel, type Limit } from '../lib/parallel.ts';
import type { JobReader, UsageReading, UsageStore } from './ports.ts';
import { BOUNDS, type ReadFailure, type SandboxJobs, UsageReader, withProblem } from './reader.ts';
import { type SandboxUsage, unreadUsage } from './usage.ts';

const LEASE = 'usage';
/** Renewed while reading; longer than any single call with its retries. Milliseconds. */
const LEASE_MS = 60_000;
const RENEWAL_MS = 10_000;
/** Credentials that are judged concurrently; their calls wait in the shared limit. */
const AT_ONCE = 20;
/** What was read is persisted after this many credentials. */
const PORTION = 500;
/** Maximum number of names of unread items in a log entry. */
const MAX_NAMES = 20;

interface Parts {
  readonly jobs: JobReader;
  readonly credentials: Pick<CredentialStore, 'page'>;
  readonly syncs: Pick<SyncStore, 'syncState'>;
  readonly usage: UsageStore;
  readonly leases: Leases;
  /** Limits the number of concurrent calls to Adobe; shared with the sync. */
  readonly limit: Limit;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * After each sync, reads what the credentials that are left are used for, and persists it. Only one instance reads,
 * once per sync. What cannot be read stays as it was known, with its age and the reason.
 */
export class UsageSync {
  readonly #parts: Parts;
  readonly #sandboxes: readonly string[];
  readonly #failures: FailureLog;
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(parts: Parts, settings: { sandboxes: readonly string[] }) {
    this.#parts = parts;
    this.#sandboxes = settings.sandboxes;
    this.#failures = new FailureLog(parts.logger);
  }

  /** Never throws an AdobeError. A second call joins the first. */
  run(): Promise<void> {
    this.#running ??= this.#runOnce().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Makes no further call; what has been read so far is persisted. */
  stop(): void {
    this.#isStopped = true;
  }

  async #runOnce(): Promise<void> {
    const { credentials, syncs, usage, leases, clock, logger } = this.#parts;
    if (this.#isStopped || !(await leases.acquire(LEASE, clock.now(), LEASE_MS))) return;
    try {
      const [{ triedAt }, latestAt] = await Promise.all([syncs.syncState(), usage.latestAt()]);
      // An instance has read the use since the last sync.
      if (triedAt !== null && latestAt !== null && latestAt >= triedAt) return;
      const { rows } = await credentials.page({ statuses: LEFT }, 0, EVERYTHING);
      if (rows.length > 0) await this.#read(rows);
      logger.debug({ credentials: rows.length }, 'usage read');
    } finally {
      await leases.release(LEASE);
    }
  }

  async #read(credentials: readonly ListedCredential[]): Promise<void> {
    const { jobs, limit, usage, clock } = this.#parts;
    const now = clock.now();
    const reader = new UsageReader(jobs, this.#whileRunning(limit), now, BOUNDS);
    const sandboxes = this.#sandboxes.filter((name) =>
      credentials.some((credential) => credential.sandboxes.includes(name)),
    );
    const jobsBySandbox = new Map(
      await Promise.all(sandboxes.map(async (sandbox) => [sandbox, await reader.jobsIn(sandbox)] as const)),
    );
    // There is a bound, so credentials that were read individually longest ago come first.
    const oldestFirst = credentials.toSorted((a, b) => askedAt(a) - askedAt(b));
    for (let i = 0; i < oldestFirst.length && !this.#isStopped; i += PORTION) {
      const readings = await inParallel(oldestFirst.slice(i, i + PORTION), AT_ONCE, (credential) =>
        this.#readingOf(credential, reader, jobsBySandbox),
      );
      await usage.save(readings, now);
    }
    if (this.#isStopped) return;
    const problems = new Map<string, AdobeProblem>();
    for (const [sandbox, result] of jobsBySandbox) if ('problem' in result) problems.set(sandbox, result.problem);
    for (const { name, problem } of reader.unread) problems.set(name, problem);
    this.#logProblems(problems);
  }

  #logProblems(problems: ReadonlyMap<string, AdobeProblem>): void {
    const names = [...problems.keys()].sort();
    if (names.length === 0) this.#failures.worked(LEASE, {}, 'the use of credentials can be read again');
    else {
      const details = { count: names.length, names: names.slice(0, MAX_NAMES), problem: [...problems.values()][0] };
      this.#failures.failed(LEASE, names.join(' '), details, 'the use of some credentials could not be read');
    }
  }

  async #readingOf(
    { technicalAccountId, sandboxes, usage }: ListedCredential,
    reader: UsageReader,
    jobsBySandbox: ReadonlyMap<string, SandboxJobs | ReadFailure>,
  ): Promise<UsageReading> {
    const usageNow: SandboxUsage[] = [];
    for (const sandbox of sandboxes) {
      const before = usage.find((known) => known.sandbox === sandbox);
      const jobs = jobsBySandbox.get(sandbox) ?? null;
      if (jobs !== null && 'problem' in jobs) usageNow.push(withProblem(before, sandbox, jobs.problem));
      else usageNow.push(await reader.usageOf(technicalAccountId, jobs, before ?? unreadUsage(sandbox, null)));
    }
    return { technicalAccountId, sandboxes, usage: usageNow };
  }

  /** Renews the lease whenever a call gets its turn, and makes no call once stopped. */
  #whileRunning(limit: Limit): Limit {
    const { leases, clock } = this.#parts;
    let renewedAt = clock.monotonicMs();
    return (call) =>
      limit(async () => {
        if (this.#isStopped) throw new Error('the app stops');
        if (clock.monotonicMs() - renewedAt >= RENEWAL_MS) {
          renewedAt = clock.monotonicMs();
          await leases.acquire(LEASE, clock.now(), LEASE_MS);
        }
        return call();
      });
  }
}

/** When the sandbox that was read individually longest ago was read. Milliseconds since 1970; 0: never. */
function askedAt({ usage }: ListedCredential): number {
  if (usage.length === 0) return 0;
  return Math.min(...usage.map(({ askedAt }) => askedAt?.getTime() ?? 0));
}
