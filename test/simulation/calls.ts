import type { People } from '../../src/access/access.ts';
import type { AuditTrail } from '../../src/audit/audit-entry.ts';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import type { AccountReader, ConsoleReader } from '../../src/credentials/adobe-reader.ts';
import type { CredentialStore, SyncStore } from '../../src/credentials/ports.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { SqlLeases } from '../../src/db/leases.ts';
import type { HoldStore } from '../../src/holds/ports.ts';
import { SqlHoldStore } from '../../src/holds/store.ts';
import type { Leases } from '../../src/lib/leases.ts';
import type { MigrationMethod } from '../../src/migrations/method.ts';
import type {
  ConfirmationMessages,
  MigrationStore,
  MigratorDirectory,
  ProgressMessages,
} from '../../src/migrations/ports.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import type { NoticeMessages, NoticeStore } from '../../src/notices/ports.ts';
import { SqlNoticeStore } from '../../src/notices/store.ts';
import type { AssignmentStore } from '../../src/reminders/assignment.ts';
import { SqlAssignmentStore } from '../../src/reminders/assignment-store.ts';
import type { ReminderStore } from '../../src/reminders/ports.ts';
import type { RecipientLookup } from '../../src/reminders/recipients.ts';
import type { ReminderMessenger } from '../../src/reminders/rounds.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import type { TrendStore } from '../../src/trend/ports.ts';
import { SqlTrendStore } from '../../src/trend/store.ts';
import type { JobReader, UsageStore } from '../../src/usage/ports.ts';
import { SqlUsageStore } from '../../src/usage/store.ts';
import type { WatchStore } from '../../src/watch/ports.ts';
import { SqlWatchStore } from '../../src/watch/store.ts';
import { ModelAdobe } from './adobe.ts';
import { ModelSlack } from './slack.ts';

type Adobe = AccountReader & ConsoleReader & JobReader & Pick<MigrationMethod, 'start'>;
type Slack = People &
  MigratorDirectory &
  ConfirmationMessages &
  ProgressMessages &
  NoticeMessages &
  ReminderMessenger &
  RecipientLookup;

/** Every call of a use case to a port, as `SqlMigrationStore.move`. A process crashes before and after each. */
export const CALLS: readonly string[] = [
  ...calls<CredentialStore>(SqlCredentialStore, {
    page: true,
    first: true,
    byOwner: true,
    // Called for a Home, which nobody opens in the simulation.
    firstPages: false,
    // Called by the export command only.
    after: false,
    get: true,
    setAdobeStatus: true,
    // Called by slash commands only, which turn a typed name into an id.
    named: false,
    names: false,
  }),
  ...calls<MigrationStore>(SqlMigrationStore, {
    ask: true,
    get: true,
    move: true,
    confirm: true,
    // A crash can lose nothing of a dry run; see test/migrations/dry-run.test.ts.
    endDryRun: false,
    continueByHand: true,
    // Called an hour after a hand-over, when the faults have ended; test/notices/press.test.ts kills processes there.
    recordReminder: false,
    queue: true,
    activeOf: true,
    latestConfirmed: true,
    overdueRequests: true,
    pendingRequests: true,
    supersededRequests: true,
    lateEnds: true,
    unnotified: true,
    noteStartProblem: true,
    noteStartRefusal: true,
    // Read by /readyz only.
    startRefusal: false,
    setMessage: true,
    setMessageLink: true,
    setImpact: true,
    setQuestionMessage: true,
    markNotified: true,
    // Called only by an instance that resumes too late.
    notifyAgain: false,
  }),
  ...calls<AuditTrail>(SqlAuditTrail, {
    record: true,
    // Called by the history command, and after the database failed to record the response to a start.
    history: false,
    // Read for the digest, and for Homes that people have open.
    head: true,
  }),
  ...calls<SyncStore>(SqlSyncStore, {
    replaceCredentials: true,
    adobeStates: true,
    knownIntegrations: true,
    rememberIntegrations: true,
    rememberCertificates: true,
    syncState: true,
    overview: true,
    // Called by the first sync only, which precedes the faults.
    noteProgress: false,
    rememberStatuses: false,
    rememberedStatuses: false,
    noteSync: true,
    // Called only when a sandbox or an account could not be read.
    present: false,
  }),
  ...calls<UsageStore>(SqlUsageStore, { save: true, latestAt: true }),
  ...calls<TrendStore>(SqlTrendStore, {
    known: true,
    note: true,
    // Called on the first day only, which precedes the faults.
    addMissing: false,
    auditedMigrations: false,
  }),
  ...calls<Leases>(SqlLeases, { acquire: true, release: true }),
  ...calls<ReminderStore>(SqlReminderStore, {
    startRound: true,
    startManualRound: true,
    round: true,
    unfinishedRounds: true,
    latestRound: true,
    finishRound: true,
    claim: true,
    release: true,
    close: true,
    isClosed: true,
    rejectedRecipients: true,
    recipient: true,
    // Called by the list only.
    userIdsByEmail: false,
    rememberRecipient: true,
    snoozedUntil: true,
    snooze: true,
    // Called by a button only.
    endSnooze: false,
    takeovers: true,
    answersFor: true,
    pause: true,
    setPause: true,
    setChannelError: true,
    // Called by the reminders command only.
    channelError: false,
  }),
  ...calls<AssignmentStore>(SqlAssignmentStore, {
    takeovers: true,
    assign: true,
    isRejected: true,
    // Called by a button only.
    giveBack: false,
    pendingDigestEdit: true,
    latestDigest: true,
    clearDigestEdit: true,
  }),
  ...calls<HoldStore>(SqlHoldStore, { set: true, end: true, expired: true }),
  ...calls<NoticeStore>(SqlNoticeStore, {
    add: true,
    waiting: true,
    claim: true,
    // Called only when Slack accepts no message.
    release: false,
    readdress: false,
    close: true,
    answeredAsks: true,
    // No owner asks.
    closeAsk: false,
    isSentTo: true,
  }),
  ...calls<WatchStore>(SqlWatchStore, {
    begin: true,
    due: true,
    claim: true,
    save: true,
    get: true,
    unacknowledged: true,
    // Called by a button only.
    acknowledge: false,
  }),
  ...calls<Adobe>(ModelAdobe, {
    readAccounts: true,
    integrationIds: true,
    technicalAccountIdOf: true,
    migrationStatus: true,
    certificateUntil: true,
    schedules: true,
    queries: true,
    // Called only where a schedule should have led to a query.
    runs: false,
    runError: false,
    start: true,
  }),
  ...calls<Slack>(ModelSlack, {
    person: true,
    recent: false,
    membersOf: true,
    migratorIds: true,
    post: true,
    revise: true,
    close: true,
    linkTo: true,
    link: true,
    show: true,
    notify: true,
    // No owner asks.
    closeAsk: false,
    recipient: true,
    remindOwner: true,
    // Pure.
    digestParts: false,
    postDigest: true,
    reviseDigest: true,
    postAllDone: true,
    notifyChannelError: true,
  }),
];

/** Every point at which a process may crash. */
export const CRASH_POINTS: readonly string[] = CALLS.flatMap((call) => [`before ${call}`, `after ${call}`]);

/** `isSimulated` must name every method of the port: a new one does not compile until it is decided here. */
function calls<Port>(
  implementation: { readonly name: string },
  isSimulated: Readonly<Record<keyof Port & string, boolean>>,
): string[] {
  return Object.entries(isSimulated)
    .filter(([, simulated]) => simulated)
    .map(([method]) => `${implementation.name}.${method}`);
}
