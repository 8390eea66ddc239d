import type { DailyCount } from './trend.ts';

export interface TrendStore {
  /** Today's counts, from the credentials as they are known; null before the first sync has succeeded. */
  counts(): Promise<Omit<DailyCount, 'day'> | null>;
  /** Keeps a day's counts; later ones of the same day replace them. */
  note(count: DailyCount): Promise<void>;
  /** Adds days that are not known yet. */
  add(counts: readonly DailyCount[]): Promise<void>;
  /** Those since this day, oldest first. */
  since(day: string): Promise<DailyCount[]>;
  /** When each credential that is migrated was, and when the trail begins; null where it is empty. */
  trail(): Promise<{ readonly since: Date; readonly ends: readonly Date[] } | null>;
}
