import type { AdobeProblem } from '../credentials/adobe-error.ts';
import type { Limit } from '../lib/parallel.ts';
import type { Query, Run, SandboxUsage, Schedule } from './usage.ts';

/** What of a sandbox's jobs to read. */
export interface JobsAsked {
  readonly sandbox: string;
  /** Only those of this technical account; of all without it. */
  readonly technicalAccountId?: string;
  /** Pages of 100; `isWhole` says whether that was enough. */
  readonly maxPages: number;
  /** Takes each call when its turn comes. */
  readonly limit: Limit;
}

/** What could not be read; `name` as Adobe calls it: text from outside. */
export interface UnreadJob {
  readonly name: string;
  readonly problem: AdobeProblem;
}

/** A list as far as it was read. */
export interface Jobs<T> {
  readonly items: readonly T[];
  /** What could not be read and was left out. */
  readonly unread: readonly UnreadJob[];
  /** Dates and names of items that were read without them. */
  readonly unreadParts?: readonly UnreadJob[];
  /** False: there may be more, further back or among what could not be read. */
  readonly isWhole: boolean;
  /** Why a later page could not be read. */
  readonly cutShort?: AdobeProblem;
}

export type Runs = Pick<Jobs<Run>, 'items' | 'unread'>;

/** Reads what runs in Query Service. */
export interface JobReader {
  /** @throws {AdobeError} where not even the first page can be read */
  schedules(asked: JobsAsked): Promise<Jobs<Schedule>>;
  /** Newest first. @throws {AdobeError} as above */
  queries(asked: JobsAsked, since: Date): Promise<Jobs<Query>>;
  /** The latest runs of a schedule after `since`, newest first, at most 100. @throws {AdobeError} */
  runs(sandbox: string, scheduleId: string, since: Date): Promise<Runs>;
  /** What Adobe says about a run that failed; null when it says nothing. @throws {AdobeError} */
  runError(sandbox: string, scheduleId: string, runId: string): Promise<string | null>;
}

/** A credential's use as it was read, by sandbox. */
export interface UsageReading {
  readonly technicalAccountId: string;
  readonly sandboxes: readonly string[];
  readonly usage: readonly SandboxUsage[];
}

export interface UsageStore {
  /** Replaces what is known of these credentials. */
  save(readings: readonly UsageReading[], at: Date): Promise<void>;
  /** When the latest reading of any credential was begun; null before the first. */
  latestAt(): Promise<Date | null>;
}
