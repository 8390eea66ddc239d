import { randomUUID } from 'node:crypto';
import { webApi } from '@slack/bolt';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { actions } from './actions/index.ts';
import { connectAdobe } from './adobe/connect.ts';
import { createApp } from './app.ts';
import { subcommands } from './commands/index.ts';
import type { Settings } from './config.ts';
import { createMetrics } from './http/metrics.ts';
import { createOperationsServer } from './http/server.ts';
import { MigrationsJob } from './jobs/migrations.ts';
import { startRemindersJob } from './jobs/reminders.ts';
import type { Schedule } from './jobs/schedule.ts';
import { startSyncJob } from './jobs/sync.ts';
import { boltLogger, newReference } from './log.ts';
import { assembleReminders } from './reminders.ts';
import { Access } from './services/access.ts';
import { Attention } from './services/attention.ts';
import type { Clock } from './services/clock.ts';
import { Inventory } from './services/inventory.ts';
import { Questions } from './services/questions.ts';
import { Reporter } from './services/reporter.ts';
import { Runner } from './services/runner.ts';
import { StartError } from './services/start-error.ts';
import { Sync } from './services/sync.ts';
import { Work } from './services/work.ts';
import { SlackBoards } from './slack/boards.ts';
import { connectSlack } from './slack/connection.ts';
import { Desk } from './slack/desk.ts';
import { identify } from './slack/identity.ts';
import { SlackPeople } from './slack/people.ts';
import { SlackSurface } from './slack/surface.ts';
import { REFUSAL_CODES } from './slack/views/answers.ts';
import { SqlAuditTrail } from './store/audit.ts';
import { SqlCredentialStore } from './store/credentials.ts';
import { openDatabase } from './store/database.ts';
import { SqlLeases } from './store/leases.ts';
import { SqlMigrationStore } from './store/migrations.ts';
import { SqlSyncStore } from './store/sync.ts';

export interface Bot {
  /** The port it serves on; another than asked for when that was 0. */
  readonly port: number;
  /** Takes no new work, finishes what is in hand, gives leases back; at most `deadlineMs` milliseconds, never rejects. */
  stop(deadlineMs: number): Promise<void>;
}

/** Where the time comes from, for what asks for it and for what it sets off. */
export interface Time {
  readonly clock: Clock;
  readonly schedule: Schedule;
}

/** Puts everything together and starts it: settings → adapters → services → Slack → jobs. @throws {StartError} */
export async function startBot(
  settings: Settings,
  { logger, clock, schedule }: { logger: Logger } & Time,
): Promise<Bot> {
  const slackLogger = boltLogger(logger);
  const clientOptions: webApi.WebClientOptions = {
    slackApiUrl: settings.slack.apiUrl,
    logger: slackLogger,
    // The client's own defaults are ten repetitions over half an hour, and no timeout.
    timeout: 10_000,
    retryConfig: { retries: 2, minTimeout: 300, maxTimeout: 2_000 },
  };
  const client = new webApi.WebClient(settings.slack.botToken, clientOptions);
  const identity = await identify(client);
  const db = await openDatabase(settings.database).catch((error: unknown) => {
    throw new StartError(`The database could not be opened: ${reasons(error)}. Check DATABASE_URL.`, error);
  });

  const credentials = new SqlCredentialStore(db);
  const syncStore = new SqlSyncStore(db);
  const migrations = new SqlMigrationStore(db, settings.adobe.orgId);
  const audit = new SqlAuditTrail(db);
  const leases = new SqlLeases(db, randomUUID());
  const work = new Work();

  const metrics = createMetrics({
    subcommands: [...subcommands.map(({ name }) => name), 'unknown'],
    actions: [...actions.map(({ id }) => id), 'home'],
    refusals: REFUSAL_CODES,
    credentials: () => credentials.counts(),
    lastSync: async () => (await syncStore.syncState()).succeededAt,
  });
  const adobe = connectAdobe(settings.adobe, settings.migration, { clock, onCall: metrics.adobeCall });

  // Progress is edited every few seconds; a pause that Slack asks for must not hold up an answer to a command.
  const boards = new SlackBoards(
    new webApi.WebClient(settings.slack.botToken, clientOptions),
    logger,
    settings.access,
  );
  const access = new Access(
    { people: new SlackPeople(client), audit, clock, logger },
    { migrators: settings.access.migrators, teamId: identity.teamId },
  );
  const ended = metrics.migration;
  const questions = new Questions(
    { migrations, credentials, access, board: boards, clock, ended },
    settings.access,
  );
  const attention = new Attention({
    migrations,
    credentials,
    console: adobe.console,
    audit,
    access,
    clock,
    ended,
  });
  const runner = new Runner(
    { migrations, credentials, console: adobe.console, method: adobe.method, audit, clock, logger, ended },
    settings.migration,
  );
  const reporter = new Reporter({ migrations, board: boards, clock, logger }, settings.migration);
  const sync = new Sync(
    {
      accounts: adobe.accounts,
      console: adobe.console,
      store: syncStore,
      leases,
      watcher: questions,
      clock,
      logger,
    },
    settings.adobe,
  );
  const job = new MigrationsJob(
    { runner, reporter, questions, leases, work, clock, logger },
    settings.migration,
  );

  const inventory = new Inventory(credentials, syncStore);
  const reminders = assembleReminders(
    { db, client, clientOptions, inventory, sync, audit, leases, clock, logger },
    {
      ...settings.reminders,
      botToken: settings.slack.botToken,
      teamId: identity.teamId,
      migrators: settings.access.migrators,
    },
  );

  const slack = connectSlack(settings.slack, { logger: slackLogger, clientOptions });
  createApp({
    receiver: slack.receiver,
    botToken: settings.slack.botToken,
    identity,
    clientOptions,
    services: {
      access,
      inventory,
      questions,
      attention,
      sync,
      migrations,
      audit,
      clock,
      settings: {
        deadline: settings.reminders.deadline,
        timeZone: settings.reminders.timeZone,
        requireSecondPerson: settings.access.requireSecondPerson,
        migrators: settings.access.migrators,
      },
      hurry: () => job.hurry(),
      reminders: reminders.control,
      hurryReminders: () => remindersJob.hurry(),
    },
    desk: new Desk({
      work,
      logger,
      migrators: settings.access.migrators,
      newReference,
      countRefusal: metrics.refusal,
    }),
    surface: new SlackSurface(client),
    logger,
    boltLogger: slackLogger,
    count: metrics,
  });

  const server = createOperationsServer({
    logger,
    metrics,
    checks: {
      database: async () => {
        await sql`select 1`.execute(db);
        return { ok: true };
      },
      slack: async () => slack.state(),
      reminders: async () => {
        const fault = await reminders.store.fault();
        return fault === null
          ? { ok: true }
          : { ok: true, detail: `the reminder channel cannot be posted to: ${fault}` };
      },
      sync: async () => {
        const tried = (await syncStore.syncState()).triedAt !== null;
        return tried ? { ok: true } : { ok: false, detail: 'Adobe has not been read yet' };
      },
    },
    ...(slack.listener !== null && { slack: slack.listener }),
  });
  const syncJob = startSyncJob({ sync, work, clock, schedule, logger }, settings.sync);
  const remindersJob = startRemindersJob(
    { ...reminders, ready: syncJob.first, work, schedule, logger },
    settings.reminders,
  );
  const port = await server.listen(settings.port, settings.listenAddress);
  await slack.start();
  job.start();
  logger.info({ port, mode: settings.slack.mode.kind }, 'qs-creds is running');

  return {
    port,
    async stop(deadlineMs) {
      const end = Date.now() + deadlineMs;
      await syncJob.stop();
      reminders.stopWaiting();
      await remindersJob.stop();
      await slack.stop();
      await server.close(deadlineMs / 2);
      await job.stop();
      const left = await work.settled(Math.max(0, end - Date.now() - 500));
      if (left > 0) logger.warn({ left }, 'work in hand was left; it goes on from the database');
      await db.destroy();
    },
  };
}

/** The messages of an error and its causes, outermost first. */
function reasons(error: unknown): string {
  const words: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException;
    words.push(each.message || code || each.name);
  }
  return words.join(' ');
}
