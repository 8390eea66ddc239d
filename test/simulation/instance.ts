import { MigrationsJob } from '../../src/jobs/migrations.ts';
import { Access, type Migrators } from '../../src/services/access.ts';
import type { StartOutcome } from '../../src/services/adobe.ts';
import { Attention } from '../../src/services/attention.ts';
import { Inventory } from '../../src/services/inventory.ts';
import type { Logger } from '../../src/services/logger.ts';
import { Owners } from '../../src/services/owners.ts';
import { Pace } from '../../src/services/pace.ts';
import { Questions } from '../../src/services/questions.ts';
import { ReminderCalendar } from '../../src/services/reminder-calendar.ts';
import { ReminderControl } from '../../src/services/reminder-control.ts';
import { ReminderDelivery } from '../../src/services/reminder-delivery.ts';
import { Reminders } from '../../src/services/reminders.ts';
import { Reporter } from '../../src/services/reporter.ts';
import { Runner } from '../../src/services/runner.ts';
import { Sync } from '../../src/services/sync.ts';
import { Work } from '../../src/services/work.ts';
import { SqlAuditTrail } from '../../src/store/audit.ts';
import { SqlCredentialStore } from '../../src/store/credentials.ts';
import type { Database } from '../../src/store/database.ts';
import { SqlLeases } from '../../src/store/leases.ts';
import { SqlMigrationStore } from '../../src/store/migrations.ts';
import { SqlReminderStore } from '../../src/store/reminders.ts';
import { SqlSyncStore } from '../../src/store/sync.ts';
import type { SimulatedAdobe } from './adobe.ts';
import { RemindersLoop } from './reminders-loop.ts';
import type { Life, Schedule } from './schedule.ts';
import { CHANNEL, type SimulatedSlack, TEAM } from './slack.ts';
import type { Wire } from './wire.ts';

export const SANDBOXES = ['dev', 'prod'];
export const PLAN = { deadline: '2025-06-30', days: [60, 30, 14, 7, 3, 2, 1, 0], timeZone: 'UTC' };
/** Milliseconds. */
const POLL = 5_000;
const TIMEOUT = 40_000;
const EXPECTED = 40_000;
const MESSAGE_GAP = 1_000;
const LOOKUP_GAP = 1_200;

/** What outlives every process. */
export interface Outside {
  readonly db: Database;
  readonly schedule: Schedule;
  readonly wire: Wire;
  readonly adobe: SimulatedAdobe;
  readonly slack: SimulatedSlack;
  /** Hears what ended and how. */
  readonly ended: (outcome: string) => void;
  /** Hears of everything that failed. */
  readonly failed: (error: unknown) => void;
}

export interface Settings {
  readonly requireSecondPerson: boolean;
  readonly migrators: Migrators;
}

/** One process: everything anew over the same database, as `src/bot.ts` puts it together. */
export function newInstance(life: Life, outside: Outside, settings: Settings) {
  const { db, schedule, wire, ended, failed } = outside;
  const through = <T extends object>(part: T): T => wire.through(life, part);
  const credentials = through(new SqlCredentialStore(db));
  const migrations = through(new SqlMigrationStore(db, 'org'));
  const audit = through(new SqlAuditTrail(db));
  const syncStore = through(new SqlSyncStore(db));
  const leases = through(new SqlLeases(db, life.name));
  const store = through(new SqlReminderStore(db));
  const adobe = through(outside.adobe);
  const slack = through(outside.slack);
  const clock = schedule;
  const silent = () => undefined;
  const heard = (details: object) => 'err' in details && failed(details.err);
  const logger: Logger = { debug: silent, info: silent, warn: heard, error: heard };
  const method = {
    start: (target: Parameters<SimulatedAdobe['start']>[0]): Promise<StartOutcome> => {
      const sentAt = schedule.ms;
      const act = async () => outside.adobe.start(target, sentAt);
      return wire.call(life, 'SimulatedAdobe.start', [target], act) as Promise<StartOutcome>;
    },
  };

  const access = new Access(
    { people: slack, audit, clock, logger },
    { migrators: settings.migrators, teamId: TEAM },
  );
  const questions = new Questions({ migrations, credentials, access, board: slack, clock, ended }, settings);
  const attention = new Attention({ migrations, credentials, console: adobe, audit, access, clock, ended });
  const runner = new Runner(
    { migrations, credentials, console: adobe, method, audit, clock, logger, ended },
    { pollMs: POLL, timeoutMs: TIMEOUT },
  );
  const reporter = new Reporter({ migrations, board: slack, clock, logger }, { expectedMs: EXPECTED });
  const sync = new Sync(
    { accounts: adobe, console: adobe, store: syncStore, leases, watcher: questions, clock, logger },
    { sandboxes: SANDBOXES },
  );
  const job = new MigrationsJob(
    { runner, reporter, questions, leases, work: new Work(), clock, logger },
    { pollMs: POLL },
  );

  const inventory = new Inventory(credentials, syncStore);
  const timer = {
    now: () => schedule.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => schedule.after(ms, resolve, life)),
  };
  const calendar = new ReminderCalendar(PLAN, clock);
  const delivery = new ReminderDelivery({ store, leases, timer, logger });
  const lookups = new Pace(clock, LOOKUP_GAP);
  const owners = new Owners({ store, inventory, people: slack, delivery, pace: lookups, clock, logger });
  const pace = new Pace(clock, MESSAGE_GAP);
  const reminders = new Reminders(
    { store, inventory, owners, delivery, sync, post: slack, pace, calendar, logger },
    { channel: CHANNEL },
  );
  const control = new ReminderControl({ store, inventory, owners, calendar, audit });
  const loop = new RemindersLoop(reminders, failed);
  return { life, access, questions, attention, inventory, sync, job, control, loop };
}

export type Instance = ReturnType<typeof newInstance>;
