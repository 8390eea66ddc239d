import type { Migrators } from '../../src/access/access.ts';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import type { Database } from '../../src/db/database.ts';
import { SqlLeases } from '../../src/db/leases.ts';
import { startJobs } from '../../src/jobs/index.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
import type { StartOutcome } from '../../src/migrations/method.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { createServices } from '../../src/services.ts';
import type { ModelAdobe } from './adobe.ts';
import type { Interceptor } from './interceptor.ts';
import { cronOf, type Schedule, type SimulatedProcess, timerOf } from './schedule.ts';
import { CHANNEL, type ModelSlack, TEAM } from './slack.ts';

export const SANDBOXES = ['dev', 'prod'];
export const PLAN = { deadline: '2025-06-30', days: [60, 30, 14, 7, 3, 2, 1, 0], timeZone: 'UTC' };
/** Milliseconds. */
const MIGRATION = { pollMs: 5_000, timeoutMs: 40_000, expectedMs: 40_000 };
/** At midnight, so that each simulated night has a look of its own. */
const REMINDERS = { ...PLAN, channel: CHANNEL, cron: '0 0 * * *' };
const SYNC = { cron: '* * * * *' };

/** What outlives every process. */
export interface Outside {
  readonly db: Database;
  readonly schedule: Schedule;
  readonly interceptor: Interceptor;
  readonly adobe: ModelAdobe;
  readonly slack: ModelSlack;
  /** Called with each end. */
  readonly ended: (outcome: string) => void;
  /** Called with everything that failed. */
  readonly failed: (error: unknown) => void;
}

export interface Settings {
  readonly requireSecondPerson: boolean;
  readonly migrators: Migrators;
}

/** One process, wired and driven by the product's own `createServices` and `startJobs`. */
export function newInstance(process: SimulatedProcess, outside: Outside, settings: Settings) {
  const { db, schedule, interceptor, ended, failed } = outside;
  const through = <T extends object>(part: T): T => interceptor.through(process, part);
  const adobe = through(outside.adobe);
  const slack = through(outside.slack);
  const timer = timerOf(schedule, process);
  const silent = () => undefined;
  const heard = (details: object) => 'err' in details && failed(details.err);
  const logger: Logger = { debug: silent, info: silent, warn: heard, error: heard };
  const method = {
    start: (target: Parameters<ModelAdobe['start']>[0]): Promise<StartOutcome> => {
      const sentAt = schedule.ms;
      const act = async () => outside.adobe.start(target, sentAt);
      return interceptor.call(process, 'ModelAdobe.start', [target], act) as Promise<StartOutcome>;
    },
  };
  const services = createServices(
    {
      credentials: through(new SqlCredentialStore(db)),
      syncs: through(new SqlSyncStore(db)),
      migrations: through(new SqlMigrationStore(db, 'org')),
      reminders: through(new SqlReminderStore(db)),
      audit: through(new SqlAuditTrail(db)),
      leases: through(new SqlLeases(db, process.name)),
      accounts: adobe,
      console: adobe,
      method,
      people: slack,
      recipientLookup: slack,
      confirmationMessages: slack,
      progressMessages: slack,
      reminderMessenger: slack,
      timer,
      logger,
      ended,
    },
    { teamId: TEAM, access: settings, adobe: { sandboxes: SANDBOXES }, migration: MIGRATION, reminders: REMINDERS },
  );
  const jobs = startJobs(
    services,
    { tasks: new TaskTracker(), timer, schedule: cronOf(schedule, process), logger },
    { sync: SYNC, reminders: REMINDERS, migration: MIGRATION },
  );
  jobs.migrations.start();
  return { process, ...services };
}

export type Instance = ReturnType<typeof newInstance>;
