import type { Migrators } from '../../src/access/access.ts';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import type { Database } from '../../src/db/database.ts';
import { SqlLeases } from '../../src/db/leases.ts';
import { SqlHoldStore } from '../../src/holds/store.ts';
import { startJobs } from '../../src/jobs/index.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
import type { MigrationMethod, StartOutcome } from '../../src/migrations/method.ts';
import type { MethodName } from '../../src/migrations/steps.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { SqlNoticeStore } from '../../src/notices/store.ts';
import { SqlAssignmentStore } from '../../src/reminders/assignment-store.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { createServices } from '../../src/services.ts';
import { SqlTrendStore } from '../../src/trend/store.ts';
import { SqlUsageStore } from '../../src/usage/store.ts';
import { SqlWatchStore } from '../../src/watch/store.ts';
import { NO_EXPORTS, NO_HOMES } from '../support/services.ts';
import type { ModelAdobe } from './adobe.ts';
import type { Interceptor } from './interceptor.ts';
import { cronOf, type Schedule, type SimulatedProcess, timerOf } from './schedule.ts';
import { CHANNEL, type ModelSlack, TEAM } from './slack.ts';

export const SANDBOXES = ['dev', 'prod'];
export const PLAN = { deadline: '2025-06-30', days: [60, 30, 14, 7, 3, 2, 1, 0], timeZone: 'UTC', cron: '0 0 * * *' };
/** Milliseconds. */
const MIGRATION = { pollMs: 5_000, timeoutMs: 40_000, expectedMs: 40_000, uiUrl: 'https://adobe.example/' };
/** At midnight, so that each simulated night has a check for a due round. */
const REMINDERS = { ...PLAN, channel: CHANNEL };
/** So short that the watch looks at jobs while there are still faults. */
const WATCH = { lengthMs: 10_000 };
const SYNC = { cron: '* * * * *' };

/** What every process shares and what survives its crash. */
interface Environment {
  readonly db: Database;
  readonly schedule: Schedule;
  readonly interceptor: Interceptor;
  readonly adobe: ModelAdobe;
  readonly slack: ModelSlack;
  /** Called with the outcome of each migration or request that ended. */
  readonly ended: (outcome: string) => void;
  /** Called with every error that is logged. */
  readonly onError: (error: unknown) => void;
}

export interface Settings {
  readonly requireSecondPerson: boolean;
  readonly migrators: Migrators;
  readonly method: MethodName;
}

/** One process: the product's own `createServices` and `startJobs` on intercepted ports. */
export function newInstance(process: SimulatedProcess, environment: Environment, settings: Settings) {
  const { db, schedule, interceptor, ended, onError } = environment;
  const wrap = <T extends object>(port: T): T => interceptor.wrap(process, port);
  const adobe = wrap(environment.adobe);
  const slack = wrap(environment.slack);
  const timer = timerOf(schedule, process);
  const silent = () => undefined;
  const report = (details: object) => 'err' in details && onError(details.err);
  const logger: Logger = { debug: silent, info: silent, warn: report, error: report };
  const methodNamed = (name: MethodName): MigrationMethod => ({
    describe: async ({ technicalAccountId }) => ({ method: 'POST', path: `/${technicalAccountId}` }),
    start: async (...[target, , maySend]: Parameters<MigrationMethod['start']>): Promise<StartOutcome> => {
      if (!maySend()) return { kind: 'late' };
      const sentAt = schedule.ms;
      const act = async () => environment.adobe.start(target, name, sentAt);
      return interceptor.call(process, 'ModelAdobe.start', [target], act) as Promise<StartOutcome>;
    },
  });
  const services = createServices(
    {
      credentials: wrap(new SqlCredentialStore(db)),
      syncs: wrap(new SqlSyncStore(db)),
      usage: wrap(new SqlUsageStore(db)),
      trends: wrap(new SqlTrendStore(db)),
      migrations: wrap(new SqlMigrationStore(db, 'org')),
      reminders: wrap(new SqlReminderStore(db)),
      assignments: wrap(new SqlAssignmentStore(db)),
      holds: wrap(new SqlHoldStore(db)),
      notices: wrap(new SqlNoticeStore(db)),
      watches: wrap(new SqlWatchStore(db, 'org')),
      audit: wrap(new SqlAuditTrail(db)),
      leases: wrap(new SqlLeases(db, 'sqlite', process.name)),
      accounts: adobe,
      console: adobe,
      jobs: adobe,
      methods: { 'query-service': methodNamed('query-service'), 'developer-console': methodNamed('developer-console') },
      people: slack,
      directory: slack,
      recipientLookup: slack,
      confirmationMessages: slack,
      progressMessages: slack,
      reminderMessenger: slack,
      noticeMessages: slack,
      exportMessages: NO_EXPORTS,
      timer,
      logger,
      ended,
    },
    {
      teamId: TEAM,
      access: settings,
      adobe: { sandboxes: SANDBOXES, productionSandboxes: null },
      migration: { ...MIGRATION, method: settings.method, dryRun: false },
      watch: WATCH,
      reminders: REMINDERS,
    },
  );
  const jobs = startJobs(
    services,
    { homes: NO_HOMES, tasks: new TaskTracker(), timer, schedule: cronOf(schedule, process), logger },
    { sync: SYNC, reminders: REMINDERS, migration: MIGRATION },
  );
  jobs.migrations.start();
  return { process, ...services };
}

export type Instance = ReturnType<typeof newInstance>;
