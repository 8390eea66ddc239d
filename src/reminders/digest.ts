import type { AuditHead, AuditTrail } from '../audit/audit-entry.ts';
import type { Catalogue } from '../credentials/catalogue.ts';
import type { Overview } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Page } from '../lib/page.ts';
import type { Trend } from '../trend/trend.ts';
import type { Trends } from '../trend/trends.ts';
import type { WatchStore } from '../watch/ports.ts';
import type { WatchedMigration } from '../watch/watch.ts';
import { mergedByPerson, type OwnerGroup } from './owner-group.ts';
import type { Pause, ReminderStore } from './ports.ts';
import { activePause, type Deadline, deadlineOf, nextReminderDay, type ReminderPlan } from './windows.ts';

export interface Digest {
  readonly deadline: Deadline;
  readonly overview: Overview;
  readonly groups: readonly OwnerGroup[];
  /** Migrated ones whose jobs have failed since, which nobody has acknowledged: the first few. */
  readonly failedAfter: Page<WatchedMigration>;
  readonly pause: Pause | null;
  /** The day of the next digest, `YYYY-MM-DD`. */
  readonly next: string;
  /** The audit trail's head: posted, so that Slack holds what the database cannot rewrite. */
  readonly auditHead: AuditHead;
  /** Null before the first sync has succeeded. */
  readonly trend: Trend | null;
  readonly now: Date;
}

/** Failures after a migration that a digest names. */
const FAILED_SHOWN = 5;

/** The content of a digest of these groups now. */
export async function composeDigest(
  parts: {
    catalogue: Catalogue;
    trends: Pick<Trends, 'current'>;
    store: Pick<ReminderStore, 'pause'>;
    watches: Pick<WatchStore, 'unacknowledged'>;
    audit: Pick<AuditTrail, 'head'>;
    clock: Clock;
  },
  plan: ReminderPlan,
  groups: readonly OwnerGroup[],
): Promise<Digest> {
  const { catalogue, trends, watches, store, audit, clock } = parts;
  const [overview, failedAfter, pause, auditHead, trend] = await Promise.all([
    catalogue.overview(),
    watches.unacknowledged(FAILED_SHOWN),
    store.pause(),
    audit.head(),
    trends.current(),
  ]);
  const now = clock.now();
  return {
    deadline: deadlineOf(plan, now),
    overview,
    groups: mergedByPerson(groups),
    failedAfter,
    pause: activePause(plan, pause, now),
    next: nextReminderDay(plan, now),
    auditHead,
    trend,
    now,
  };
}
