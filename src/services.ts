import { Access, type Migrators, type People } from './access/access.ts';
import type { AuditTrail } from './audit/audit-entry.ts';
import type { AccountReader, ConsoleReader } from './credentials/adobe-reader.ts';
import { Catalogue } from './credentials/catalogue.ts';
import type { ProductionSandboxes } from './credentials/credential.ts';
import { type ExportMessages, Exports } from './credentials/exports.ts';
import type { CredentialStore, SyncStore } from './credentials/ports.ts';
import { Sync } from './credentials/sync.ts';
import { CONCURRENCY } from './credentials/sync-calls.ts';
import { Holds } from './holds/holds.ts';
import type { HoldStore } from './holds/ports.ts';
import type { Clock, Timer } from './lib/clock.ts';
import type { Leases } from './lib/leases.ts';
import type { Logger } from './lib/logger.ts';
import { limitOf } from './lib/parallel.ts';
import { RateLimiter } from './lib/rate-limiter.ts';
import { Confirmations } from './migrations/confirmations.ts';
import { ExternalChanges } from './migrations/external-changes.ts';
import { HandOffs } from './migrations/hand-off.ts';
import { Impacts } from './migrations/impacts.ts';
import { ManualResolution } from './migrations/manual-resolution.ts';
import type { MigrationMethods } from './migrations/method.ts';
import type { Outcome } from './migrations/migration.ts';
import { PendingRequests } from './migrations/pending-requests.ts';
import type { ConfirmationMessages, MigrationStore, MigratorDirectory, ProgressMessages } from './migrations/ports.ts';
import { ProgressReporter } from './migrations/progress.ts';
import { ProgressLinks } from './migrations/progress-links.ts';
import { Runner } from './migrations/runner.ts';
import type { MethodName } from './migrations/steps.ts';
import { Undo } from './migrations/undo.ts';
import { Withdrawals } from './migrations/withdrawals.ts';
import { Notices } from './notices/notices.ts';
import type { NoticeMessages, NoticeStore } from './notices/ports.ts';
import { OwnerAsks } from './owner-asks/owner-asks.ts';
import { ReminderAdministration } from './reminders/administration.ts';
import type { AssignmentStore } from './reminders/assignment.ts';
import { Assignments } from './reminders/assignments.ts';
import { ReminderDelivery } from './reminders/delivery.ts';
import { DigestEdits } from './reminders/digest-edits.ts';
import { OwnerReminders } from './reminders/owner-reminder.ts';
import type { ReminderStore } from './reminders/ports.ts';
import { type RecipientLookup, Recipients } from './reminders/recipients.ts';
import { type ReminderMessenger, ReminderRounds } from './reminders/rounds.ts';
import type { ReminderPlan } from './reminders/windows.ts';
import type { TrendStore } from './trend/ports.ts';
import { Trends } from './trend/trends.ts';
import type { JobReader, UsageStore } from './usage/ports.ts';
import { UsageSync } from './usage/usage-sync.ts';
import { JobWatch } from './watch/job-watch.ts';
import type { WatchStore } from './watch/ports.ts';

/**
 * Minimum time between two calls: Slack allows about 50 lookups by email a minute, and one message per second and
 * channel. Milliseconds.
 */
export const LOOKUP_GAP_MS = 1_200;
export const MESSAGE_GAP_MS = 1_000;
/** Minimum time between two looks at the jobs of migrated credentials: at most 120 an hour. Milliseconds. */
const LOOK_GAP_MS = 30_000;

/** Everything outside the use cases: the database, Adobe, Slack, time, the log. */
export interface Ports {
  readonly credentials: CredentialStore;
  readonly syncs: SyncStore;
  readonly usage: UsageStore;
  readonly trends: TrendStore;
  readonly migrations: MigrationStore;
  readonly reminders: ReminderStore;
  readonly assignments: AssignmentStore;
  readonly holds: HoldStore;
  readonly notices: NoticeStore;
  readonly watches: WatchStore;
  readonly audit: AuditTrail;
  readonly leases: Leases;
  readonly accounts: AccountReader;
  readonly console: ConsoleReader;
  readonly jobs: JobReader;
  readonly methods: MigrationMethods;
  readonly people: People;
  readonly directory: MigratorDirectory;
  readonly recipientLookup: RecipientLookup;
  readonly confirmationMessages: ConfirmationMessages;
  readonly progressMessages: ProgressMessages;
  readonly reminderMessenger: ReminderMessenger;
  readonly noticeMessages: NoticeMessages;
  readonly exportMessages: ExportMessages;
  readonly timer: Timer;
  readonly logger: Logger;
  /** Metrics hook, called once for each end. */
  readonly ended: (outcome: Outcome) => void;
}

/** The settings of the use cases; times in milliseconds. */
export interface ServiceSettings {
  /** Slack's id of the workspace. */
  readonly teamId: string;
  readonly access: { readonly migrators: Migrators; readonly requireSecondPerson: boolean };
  readonly adobe: { readonly sandboxes: readonly string[]; readonly productionSandboxes: ProductionSandboxes };
  readonly migration: {
    /** The method of new requests. */
    readonly method: MethodName;
    /** Nothing that changes anything at Adobe is sent; new requests are dry runs. */
    readonly dryRun: boolean;
    readonly pollMs: number;
    readonly expectedMs: number;
    readonly timeoutMs: number;
    /** Where a person presses Migrate: `ADOBE_UI_URL`. */
    readonly uiUrl: string;
  };
  readonly watch: { readonly lengthMs: number };
  readonly reminders: ReminderPlan & { readonly channel: string | null };
}

export type Services = ReturnType<typeof createServices>;

/** Builds the use cases, for the product, the tests and the simulation alike. */
export function createServices(ports: Ports, settings: ServiceSettings) {
  const { credentials, migrations, audit, leases, timer } = ports;
  const clock: Clock = timer;
  /** Filled in by the loops, which are built later: wakes them before their next tick. */
  const wake = { migrations: () => {}, reminders: () => {} };
  const wakeMigrations = () => wake.migrations();
  const wakeReminders = () => wake.reminders();

  /** Shared by everything that is read from Adobe, except the state of migrations. */
  const limit = limitOf(CONCURRENCY);
  const access = new Access({ ...ports, clock }, { migrators: settings.access.migrators, teamId: settings.teamId });
  const catalogue = new Catalogue(credentials, ports.syncs);
  const questionParts = { ...ports, messages: ports.confirmationMessages, clock };
  const requests = new PendingRequests(questionParts);
  const confirmations = new Confirmations(
    { ...questionParts, requests, access, wake: wakeMigrations },
    { ...settings.access, ...settings.migration, ...settings.adobe },
  );
  const holds = new Holds({ ...questionParts, requests, access, wake: wakeMigrations }, settings.reminders);
  const undo = new Undo({ ...questionParts, requests, wake: wakeMigrations }, settings.migration);
  const manualResolution = new ManualResolution({ ...ports, clock, wake: wakeMigrations });
  const handOffs = new HandOffs({ ...ports, requests, clock, wake: wakeMigrations });
  const impacts = new Impacts({ ...questionParts, limit });
  const runner = new Runner({ ...ports, impacts, clock }, settings.migration);
  const progressLinks = new ProgressLinks(questionParts);
  const progress = new ProgressReporter(
    { ...ports, messages: ports.progressMessages, runner, catalogue, links: progressLinks, clock },
    { ...settings.migration, watchMs: settings.watch.lengthMs },
  );
  const watcher = new ExternalChanges({ migrations, requests, clock });
  const sync = new Sync({ ...ports, store: ports.syncs, watcher, limit, clock }, settings.adobe);
  const usageSync = new UsageSync({ ...ports, limit, clock }, settings.adobe);
  const jobWatch = new JobWatch(
    { ...ports, limit, limiter: new RateLimiter(clock, LOOK_GAP_MS), clock },
    settings.watch,
  );

  const trends = new Trends({ ...ports, clock }, settings.reminders);
  const reminderParts = { ...ports, store: ports.reminders, catalogue, trends, clock };
  const delivery = new ReminderDelivery(reminderParts);
  const lookupParts = { lookup: ports.recipientLookup, limiter: new RateLimiter(clock, LOOKUP_GAP_MS) };
  const recipients = new Recipients({ ...reminderParts, ...lookupParts, delivery });
  const noticeParts = { store: ports.notices, messages: ports.noticeMessages, recipients };
  const notices = new Notices(
    { ...reminderParts, ...noticeParts, limiter: new RateLimiter(clock, MESSAGE_GAP_MS) },
    settings.migration,
  );
  const messageParts = { messenger: ports.reminderMessenger, limiter: new RateLimiter(clock, MESSAGE_GAP_MS) };
  const ownerReminders = new OwnerReminders({ ...reminderParts, access }, settings.reminders, settings.access);
  const digestEdits = new DigestEdits({ ...reminderParts, ...messageParts, store: ports.assignments, delivery });
  const assignments = new Assignments({ ...reminderParts, recipients, access, wake: wakeReminders });
  const roundParts = { recipients, ownerReminders, digestEdits };
  const rounds = new ReminderRounds(
    { ...reminderParts, ...messageParts, ...roundParts, delivery, sync },
    settings.reminders,
  );
  const reminders = new ReminderAdministration(
    { ...reminderParts, ...roundParts, wake: wakeReminders },
    settings.reminders,
  );

  return {
    access,
    catalogue,
    exports: new Exports({ ...ports, clock }),
    confirmations,
    impacts,
    undo,
    handOffs,
    withdrawals: new Withdrawals({ ...ports, clock, wake: wakeMigrations }),
    holds,
    ownerAsks: new OwnerAsks({ ...ports, access, clock }, settings.reminders),
    notices,
    pendingRequests: requests,
    manualResolution,
    runner,
    progress,
    progressLinks,
    sync,
    usageSync,
    watches: ports.watches,
    jobWatch,
    trends,
    migrations,
    audit,
    leases,
    rounds,
    delivery,
    reminders,
    assignments,
    clock,
    settings,
    wake,
  };
}
