import { type FirstReading, firstReading } from './credentials/first-reading.ts';
import type { SqlSyncStore } from './credentials/sync-store.ts';
import { DatabaseError } from './db/database-error.ts';
import type { Check, CheckResult, Checks } from './http/readiness.ts';
import type { Clock } from './lib/clock.ts';
import { withTimeout } from './lib/timeout.ts';
import { startRefusalWords } from './migrations/start-responses.ts';
import type { SqlMigrationStore } from './migrations/store.ts';
import { timeoutOf } from './migrations/verdicts.ts';
import type { SqlReminderStore } from './reminders/store.ts';

/** How long an end may stay unshown in Slack, or the queue may stand still, before that is reported. Milliseconds. */
const OVERDUE_MS = 60_000;

/** How long a check may wait for the database: less than `/readyz` gives a check. Milliseconds. */
const DATABASE_MS = 1_500;

interface Parts {
  readonly database: Check;
  readonly syncs: Pick<SqlSyncStore, 'syncState'>;
  readonly migrations: Pick<SqlMigrationStore, 'queue' | 'unnotified' | 'startRefusal'>;
  /** How long ago an instance last renewed the right to work through the queue. Milliseconds. */
  readonly leaseAgeMs: () => Promise<number>;
  /** The time limit of a migration. Milliseconds. */
  readonly timeoutMs: number;
  /** The end of the latest pause that Adobe asked for, for calls that read the state of a migration; null: none. */
  readonly adobePausedUntil: () => Promise<Date | null>;
  readonly reminders: Pick<SqlReminderStore, 'channelError'>;
  readonly clock: Clock;
  readonly adobe: () => CheckResult;
  /** Whether starts are sent to Query Service. */
  readonly sendsStarts: boolean;
  readonly slack: () => CheckResult;
}

/**
 * How long ago an instance last renewed a lease. If no instance holds it: the time since one was last seen with it, or
 * since this instance began, since an instance that ends gives it back. Milliseconds.
 */
export function leaseAge(read: () => Promise<number | null>, clock: Pick<Clock, 'monotonicMs'>): () => Promise<number> {
  let nobodySince: number | null = clock.monotonicMs();
  return async () => {
    const ageMs = await read();
    if (ageMs === null) nobodySince ??= clock.monotonicMs();
    else nobodySince = null;
    return ageMs ?? clock.monotonicMs() - (nobodySince ?? 0);
  };
}

/** What `/readyz` checks. Not ready means that another instance, or waiting, might fix it; the rest is a detail. */
export function readinessChecks(parts: Parts): Checks {
  const { database, syncs, migrations, leaseAgeMs, timeoutMs, adobePausedUntil, reminders } = parts;
  const { clock, adobe, sendsStarts, slack } = parts;
  const isOverdue = (since: Date | null, afterMs = 0) =>
    since !== null && clock.now().getTime() - since.getTime() > afterMs + OVERDUE_MS;
  const startRefusal = unlessDatabaseFails(async () => {
    const refusal = await migrations.startRefusal();
    return refusal === null ? { ok: true } : { ok: true, detail: startRefusalWords(refusal) };
  });
  return {
    database,
    slack: async () => slack(),
    adobe: async () => (adobe().detail === undefined && sendsStarts ? startRefusal() : adobe()),
    reminders: unlessDatabaseFails(async () => {
      const code = await reminders.channelError();
      return code === null ? { ok: true } : { ok: true, detail: `the reminder channel cannot be posted to: ${code}` };
    }),
    queue: unlessDatabaseFails(async () => {
      const active = await migrations.queue();
      const [oldest] = active;
      // Migrations in flight come first.
      const isStuck = oldest?.state === 'confirmed' && isOverdue(oldest.decidedAt);
      const queued = `${active.length} confirmed ${active.length === 1 ? 'migration waits' : 'migrations wait'}`;
      if (isStuck) return { ok: true, detail: `${queued} and none is in flight; see the log` };
      // Nothing behind a migration begins until it ends.
      const isEndless = oldest !== undefined && isOverdue(oldest.startedAt, timeoutOf(oldest, timeoutMs));
      // During a pause, the migration is not read; it is read again afterwards.
      if (isEndless && isOverdue((await adobePausedUntil()) ?? oldest.startedAt))
        return { ok: true, detail: 'a migration has been in flight for longer than it may; see the log' };
      const isIdle = (await leaseAgeMs()) > OVERDUE_MS;
      return isIdle ? { ok: true, detail: 'no instance works through the queue; see the log' } : { ok: true };
    }),
    messages: unlessDatabaseFails(async () => {
      const ended = (await migrations.unnotified()).filter(({ endedAt }) => isOverdue(endedAt));
      const what = `${ended.length} ${ended.length === 1 ? 'outcome' : 'outcomes'} could not be shown in Slack; see the log`;
      return ended.length === 0 ? { ok: true } : { ok: true, detail: what };
    }),
    sync: unlessDatabaseFails(async () => {
      const state = await syncs.syncState();
      const { triedAt, unread } = state;
      const reading = firstReading(state, clock.now());
      // Ready as soon as it is known how much there is to read, so that people can see the progress.
      if (reading !== null && reading.total !== null) return { ok: true, detail: progressWords(reading) };
      if (triedAt === null) return { ok: false, detail: 'Adobe has not been read yet' };
      const items = unread.map(({ what, count }) => `${count} ${what}${count === 1 ? '' : 's'}`).join(', ');
      return items === '' ? { ok: true } : { ok: true, detail: `could not be read: ${items}; see the log` };
    }),
  };
}

function progressWords({ isRunning, read, total }: FirstReading): string {
  const howFar = `${read} of about ${total} credentials`;
  return isRunning
    ? `Adobe is being read for the first time: ${howFar}`
    : `the first reading of Adobe was interrupted after ${howFar}; it will be tried again`;
}

/** Hides failures of the database, which its own check reports once. */
function unlessDatabaseFails(check: Check): Check {
  return async () => {
    const noResponse = new DatabaseError('no response', 'The database gives no response.');
    try {
      return await withTimeout(check, DATABASE_MS, noResponse);
    } catch (error) {
      if (error instanceof DatabaseError) return { ok: true, detail: 'not known while the database fails' };
      throw error;
    }
  };
}
