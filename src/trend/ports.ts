import type { DailyCount } from './trend.ts';

/** The current counts of the credentials, and those of the days that were noted, oldest first. */
export interface KnownCounts {
  readonly now: Omit<DailyCount, 'day'>;
  readonly days: readonly DailyCount[];
}

export interface TrendStore {
  /** The current counts, and the days from `since` on; null before the first sync has succeeded. */
  known(since: string): Promise<KnownCounts | null>;
  /** Stores a day's counts; later ones of the same day replace them. */
  note(count: DailyCount): Promise<void>;
  /** Adds days that are not known yet. */
  add(counts: readonly DailyCount[]): Promise<void>;
  /** When each migrated credential was migrated, and when the audit trail begins; null if the trail is empty. */
  trail(): Promise<{ readonly since: Date; readonly ends: readonly Date[] } | null>;
}
