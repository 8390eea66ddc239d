import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { Limit } from '../lib/parallel.ts';
import type { Query, Run, SandboxUsage, Schedule } from './usage.ts';

/** Which of a sandbox's jobs to read. */
export interface JobsAsked {
  readonly sandbox: string;
  /** Only the jobs of this technical account; if left out, all. */
  readonly technicalAccountId?: string;
  /** Maximum number of pages of 100 items; `isWhole` says whether it was enough. */
  readonly maxPages: number;
  /** Runs each call when its turn comes. */
  readonly limit: Limit;
}

/** An item that could not be read; `name` is Adobe's, so text from outside. */
export interface UnreadJob {
  readonly name: string;
  readonly problem: AdobeProblem;
}

/** A list, as far as it could be read. */
export interface Jobs<T> {
  readonly items: readonly T[];
  /** Items that could not be read and were left out. */
  readonly unread: readonly UnreadJob[];
  /** Dates and names of items that were read without them. */
  readonly unreadParts?: readonly UnreadJob[];
  /** False: there may be more, on further pages or among the unread items. */
  readonly isWhole: boolean;
  /** Why a later page could not be read. */
  readonly cutShort?: AdobeProblem;
}

export type Runs = Pick<Jobs<Run>, 'items' | 'unread'>;

/** Reads the jobs of Query Service. */
export interface JobReader {
  /** @throws {AdobeError} if not even the first page can be read */
  schedules(asked: JobsAsked): Promise<Jobs<Schedule>>;
  /** Newest first. @throws {AdobeError} as above */
  queries(asked: JobsAsked, since: Date): Promise<Jobs<Query>>;
  /** The latest runs of a schedule after `since`, newest first, at most 100. @throws {AdobeError} */
  runs(sandbox: string, scheduleId: string, since: Date): Promise<Runs>;
  /** What Adobe says about a failed run; null if it says nothing. @throws {AdobeError} */
  runError(sandbox: string, scheduleId: string, runId: string): Promise<string | null>;
}

/** A credential's use as it was read, by sandbox. */
export interface UsageReading {
  readonly technicalAccountId: string;
  readonly sandboxes: readonly string[];
  readonly usage: readonly SandboxUsage[];
}

export interface UsageStore {
  /** Replaces what is stored about the use of these credentials. */
  save(readings: readonly UsageReading[], at: Date): Promise<void>;
  /** When the latest reading of any credential began; null before the first. */
  latestAt(): Promise<Date | null>;
}
