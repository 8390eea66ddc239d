import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { App as BoltApp, webApi } from '@slack/bolt';
import type { Logger } from 'pino';
import { homeFor } from './actions/home.ts';
import { HomeViewers } from './actions/home-viewers.ts';
import { actions, registerActions } from './actions/index.ts';
import { connectAdobe } from './adobe/connect.ts';
import { AdobeHealth } from './adobe/health.ts';
import { SqlPauseStore } from './adobe/pause-store.ts';
import { SqlAuditTrail } from './audit/store.ts';
import { leaseAge, readinessChecks } from './checks.ts';
import { subcommands } from './commands/index.ts';
import { registerCommands } from './commands/router.ts';
import type { Settings } from './config/config.ts';
import { updateStoredOrder } from './credentials/order-store.ts';
import { SqlCredentialStore } from './credentials/store.ts';
import { SqlSyncStore } from './credentials/sync-store.ts';
import { openDatabase, problemOfReading } from './db/database.ts';
import { DatabaseError } from './db/database-error.ts';
import { SqlLeases } from './db/leases.ts';
import { SqlHoldStore } from './holds/store.ts';
import { createMetrics } from './http/metrics.ts';
import { createOperationsServer } from './http/server.ts';
import type { Schedule } from './jobs/cron.ts';
import { startJobs } from './jobs/index.ts';
import { countingFailures, JOBS } from './jobs/job-log.ts';
import type { Timer } from './lib/clock.ts';
import { newReference } from './lib/reference.ts';
import { StartError } from './lib/start-error.ts';
import { TaskTracker } from './lib/task-tracker.ts';
import { withTimeout } from './lib/timeout.ts';
import { RUNNER_LEASE, RUNNER_LEASE_MS } from './migrations/runner.ts';
import { SqlMigrationStore } from './migrations/store.ts';
import { SqlNoticeStore } from './notices/store.ts';
import { SqlAssignmentStore } from './reminders/assignment-store.ts';
import { SqlReminderStore } from './reminders/store.ts';
import { createServices } from './services.ts';
import { boltLogger } from './slack/bolt-logger.ts';
import { CHANNEL_CLIENT, SlackChannels } from './slack/channels.ts';
import { createErrorBoundary } from './slack/error-boundary.ts';
import { isRejection } from './slack/errors.ts';
import { SlackFiles } from './slack/files.ts';
import { SlackHealth } from './slack/health.ts';
import { identify } from './slack/identity.ts';
import { DENIAL_REASONS } from './slack/messages/denials.ts';
import { MIGRATION_CLIENT, PROGRESS_CLIENT, REMINDER_CLIENT, REPLY_CLIENT, SlackMessenger } from './slack/messenger.ts';
import { SlackNotices } from './slack/notices.ts';
import { ObservedClient } from './slack/observed-client.ts';
import { PEOPLE_CLIENT, SlackPeople } from './slack/people.ts';
import { createHttpReceiver } from './slack/receiver.ts';
import { SlackRecipients } from './slack/recipients.ts';
import { withRedelivery } from './slack/redelivery.ts';
import { SocketReceiver } from './slack/socket.ts';
import { SqlTrendStore } from './trend/store.ts';
import { SqlUsageStore } from './usage/store.ts';
import { SqlWatchStore } from './watch/store.ts';

const { version: VERSION } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

export interface App {
  /** The port it listens on; differs from the setting if that is 0. */
  readonly port: number;
  /** The port of `/readyz` and `/metrics`: the same one, unless `OPERATIONS_PORT` is set. */
  readonly operationsPort: number;
  /** Accepts no new work, finishes running work and releases leases; takes at most `deadlineMs` milliseconds, never rejects. */
  stop(deadlineMs: number): Promise<void>;
}

/** Where the time comes from, and what triggers scheduled work. */
export interface Time {
  readonly timer: Timer;
  readonly schedule: Schedule;
}

/** The composition root: settings → adapters → use cases → Slack and jobs; then everything is started. @throws {StartError} */
export async function startApp(
  settings: Settings,
  { logger, timer, schedule }: { logger: Logger } & Time,
): Promise<App> {
  const slackLogger = boltLogger(logger);
  const clientOptions: webApi.WebClientOptions = {
    slackApiUrl: settings.slack.apiUrl,
    logger: slackLogger,
    // The client's own defaults are ten retries over half an hour, and no timeout.
    timeout: 10_000,
    retryConfig: { retries: 2, minTimeout: 300, maxTimeout: 2_000 },
  };
  const { scopes, ...identity } = await identify(new webApi.WebClient(settings.slack.botToken, clientOptions));
  const db = await openDatabase(settings.database).catch((error: unknown) => {
    throw new StartError(`The database of DATABASE_URL could not be opened. ${reasons(error)}`, error);
  });

  await updateStoredOrder(db, settings.adobe.productionSandboxes);
  const credentials = new SqlCredentialStore(db, settings.adobe.productionSandboxes);
  const syncs = new SqlSyncStore(db, settings.adobe.productionSandboxes);
  const migrations = new SqlMigrationStore(db, settings.adobe.orgId);
  const reminderStore = new SqlReminderStore(db);
  const leases = new SqlLeases(db, settings.database.kind, randomUUID());
  const pauses = new SqlPauseStore(db);
  const leaseAgeMs = leaseAge(() => leases.ageMs(RUNNER_LEASE, timer.now(), RUNNER_LEASE_MS), timer);
  const tasks = new TaskTracker();
  const metrics = createMetrics({
    subcommands: [...subcommands.map(({ name }) => name), 'unknown'],
    actions: [...actions.map(({ id }) => id), 'home'],
    denialReasons: DENIAL_REASONS,
    jobs: JOBS,
    credentials: async () => (await syncs.overview()).counts,
    lastSync: async () => (await syncs.syncState()).succeededAt,
    lastReminder: async () => (await reminderStore.latestRound())?.finishedAt ?? null,
    async queue() {
      const active = await migrations.queue();
      const since = active.map(({ decidedAt }) => decidedAt).find((at) => at !== null) ?? null;
      return { length: active.length, since, unnotified: (await migrations.unnotified()).length };
    },
    leaseAgeMs,
    clock: timer,
    version: VERSION,
  });
  const health = { adobe: new AdobeHealth({ clock: timer, logger }), slack: new SlackHealth({ clock: timer, logger }) };
  health.slack.noteScopes(scopes);
  const newClient = (options: webApi.WebClientOptions = {}) =>
    new ObservedClient(settings.slack.botToken, { ...clientOptions, ...options }, (method, error) => {
      health.slack.noteCall(method, error);
      metrics.slackCall(method, callOutcome(error));
    });
  const people = new SlackPeople(newClient(PEOPLE_CLIENT), {
    clock: timer,
    onGroupLookup: (groupId, code) => health.slack.noteGroup(groupId, code),
  });
  const clients = {
    replies: newClient(REPLY_CLIENT),
    migrations: newClient(MIGRATION_CLIENT),
    progress: newClient(PROGRESS_CLIENT),
    reminders: newClient(REMINDER_CLIENT),
  };
  const recipients = new SlackRecipients(clients.reminders, people, {
    migrators: settings.access.migrators,
    teamId: identity.teamId,
  });
  const channels = new SlackChannels(newClient(CHANNEL_CLIENT), timer);
  const messenger = new SlackMessenger({ clients, recipients, channels, clock: timer, logger }, settings.access);
  const services = createServices(
    {
      credentials,
      syncs,
      usage: new SqlUsageStore(db),
      trends: new SqlTrendStore(db),
      migrations,
      reminders: reminderStore,
      assignments: new SqlAssignmentStore(db),
      holds: new SqlHoldStore(db),
      notices: new SqlNoticeStore(db),
      watches: new SqlWatchStore(db, settings.adobe.orgId),
      audit: new SqlAuditTrail(db),
      leases,
      ...connectAdobe(settings.adobe, settings.migration, {
        clock: timer,
        pauses,
        onCall(call) {
          health.adobe.note(call);
          metrics.adobeCall(call);
        },
      }),
      people,
      directory: recipients,
      recipientLookup: recipients,
      confirmationMessages: messenger,
      progressMessages: messenger,
      reminderMessenger: messenger,
      noticeMessages: new SlackNotices(clients.migrations, channels),
      exportMessages: new SlackFiles(clients.migrations),
      timer,
      logger,
      ended: metrics.migration,
    },
    { ...settings, teamId: identity.teamId },
  );

  const { mode } = settings.slack;
  const slack =
    mode.kind === 'http'
      ? createHttpReceiver({ ...mode, logger: slackLogger, timer, onRejection: metrics.rejection })
      : new SocketReceiver({ appToken: mode.appToken, logger: slackLogger, clientOptions });
  const bolt = new BoltApp({
    receiver: withRedelivery(slack, logger),
    clientOptions,
    logger: slackLogger,
    // Nothing reads what Bolt would remember of each conversation.
    convoStore: false,
    // Determined once at startup; Bolt would ask Slack who the app is at every request.
    authorize: async () => ({ botToken: settings.slack.botToken, ...identity }),
  });
  const boundary = createErrorBoundary({
    tasks,
    logger,
    migrators: settings.access.migrators,
    newReference,
    countDenial: metrics.denial,
  });
  registerCommands(bolt, services, boundary, messenger, metrics.command);
  const homes = new HomeViewers({
    ...services,
    publish: async (person, failedAfter) =>
      messenger.publishHome(person.id, await homeFor(person, failedAfter, services)),
  });
  registerActions(bolt, { services, boundary, slack: messenger, homes, count: metrics.action });
  // Fallback for unexpected payloads; no side effects have happened.
  bolt.error(async (error) => logger.error({ err: error }, 'a Slack request was not understood'));

  const pages = {
    logger,
    clock: timer,
    metrics,
    checks: readinessChecks({
      database: async () => {
        // Only jobs that write notice a full disk or another process's lock.
        const problem = jobs.databaseProblem() ?? (await problemOfReading(db));
        return problem === null ? { ok: true } : { ok: false, detail: problem };
      },
      syncs,
      migrations,
      leaseAgeMs,
      timeoutMs: settings.migration.timeoutMs,
      adobePausedUntil: () => pauses.latestOf([settings.adobe.consoleUrl, settings.adobe.imsUrl]),
      reminders: reminderStore,
      clock: timer,
      adobe: () => health.adobe.state(),
      sendsStarts: settings.migration.method === 'query-service',
      slack: () => (slack.state().ok ? health.slack.state() : slack.state()),
    }),
  };
  const server = createOperationsServer({
    ...pages,
    ...(slack.listener !== null && { slack: slack.listener }),
    pages: settings.operationsPort === null ? 'all' : 'health',
  });
  const operations = settings.operationsPort === null ? null : createOperationsServer(pages);
  const slackChecks = schedule('* * * * *', () => health.slack.check(clients.reminders), { noOverlap: true });
  const jobs = startJobs(
    services,
    { homes, tasks, timer, schedule, logger: countingFailures(logger, metrics.jobFailure) },
    settings,
  );
  const port = await server.listen(settings.port, settings.listenAddress);
  const operationsPort =
    (await operations?.listen(settings.operationsPort ?? 0, settings.listenAddress, 'OPERATIONS_PORT')) ?? port;
  await slack.start();
  jobs.migrations.start();
  logger.info({ port, operationsPort, mode: mode.kind }, 'qs-creds is running');
  // Reads the groups now, so that an operator learns what to fix before anyone needs them; the health notes what fails.
  for (const group of settings.access.migrators.groups) void tasks.track(people.membersOf(group).catch(() => []));

  return {
    port,
    operationsPort,
    async stop(deadlineMs) {
      const end = Date.now() + deadlineMs;
      // An unreachable database holds up no other step: leases expire, and the rest continues from what is recorded.
      const step = (work: () => Promise<unknown>, limitMs = deadlineMs) =>
        withTimeout(work, limitMs).catch((err: unknown) => logger.warn({ err }, 'a step of the stop failed'));
      timer.stop();
      await slackChecks.stop();
      jobs.home.stop();
      await jobs.sync.stop();
      await step(() => jobs.reminders.stop(), deadlineMs / 4);
      await step(() => jobs.watch.stop(), deadlineMs / 4);
      await step(() => slack.stop());
      await Promise.all([server, operations].map((running) => running?.close(deadlineMs / 2)));
      await step(() => jobs.migrations.stop());
      const left = await tasks.settled(Math.max(0, end - Date.now() - 500));
      if (left > 0) logger.warn({ left }, 'some work did not finish in time; it continues from the database');
      await step(() => db.destroy());
    },
  };
}

/** The messages of an error and its causes, outermost first; a `DatabaseError` is already in words for an operator. */
function reasons(error: unknown): string {
  if (error instanceof DatabaseError) return error.message;
  const words: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    words.push(cause.message || code || cause.name);
  }
  return `${words.join(' ')}. Check DATABASE_URL.`;
}

function callOutcome(error: unknown): 'ok' | 'rejected' | 'failed' {
  if (error === null) return 'ok';
  return isRejection(error) ? 'rejected' : 'failed';
}
