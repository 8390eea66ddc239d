import type { DailyCount } from './trend.ts';

/** The counts of the credentials as they are known, and those of the days that were noted, oldest first. */
export interface KnownCounts {
  readonly now: Omit<DailyCount, 'day'>;
  readonly days: readonly DailyCount[];
}

export interface TrendStore {
  /** With the days since this one; null before the first sync has succeeded. */
  known(since: string): Promise<KnownCounts | null>;
  /** Keeps a day's counts; later ones of the same day replace them. */
  note(count: DailyCount): Promise<void>;
  /** Adds days that are not known yet. */
  add(counts: readonly DailyCount[]): Promise<void>;
  /** When each credential that is migrated was, and when the trail begins; null where it is empty. */
  trail(): Promise<{ readonly since: Date; readonly ends: readonly Date[] } | null>;
}
