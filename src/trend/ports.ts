import type { DailyCount } from './trend.ts';

/** The current counts of the credentials, and those of the days that were noted, oldest first. */
export interface KnownCounts {
  readonly now: Omit<DailyCount, 'day'>;
  readonly days: readonly DailyCount[];
}

/** What the audit trail says about migrations. */
export interface AuditedMigrations {
  /** When the trail begins. */
  readonly since: Date;
  /** When each migrated credential was migrated. */
  readonly migratedAt: readonly Date[];
}

export interface TrendStore {
  /** The current counts, and the days from `since` on; null before the first sync has succeeded. */
  known(since: string): Promise<KnownCounts | null>;
  /** Stores a day's counts; later ones of the same day replace them. */
  note(count: DailyCount): Promise<void>;
  /** Adds days that are not known yet. */
  addMissing(counts: readonly DailyCount[]): Promise<void>;
  /** Null if the audit trail is empty. */
  auditedMigrations(): Promise<AuditedMigrations | null>;
}
