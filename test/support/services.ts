import { SqlAuditTrail } from '../../src/audit/store.ts';
import type { ExportMessages } from '../../src/credentials/exports.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import type { Database } from '../../src/db/database.ts';
import { SqlLeases } from '../../src/db/leases.ts';
import { SqlHoldStore } from '../../src/holds/store.ts';
import type { OpenHomes } from '../../src/jobs/home-loop.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { SqlNoticeStore } from '../../src/notices/store.ts';
import { SqlAssignmentStore } from '../../src/reminders/assignment-store.ts';
import type { RecipientLookup } from '../../src/reminders/recipients.ts';
import type { ReminderMessenger } from '../../src/reminders/rounds.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import type { Ports, ServiceSettings } from '../../src/services.ts';
import { exportHeader, exportLines } from '../../src/slack/messages/export.ts';
import { SqlTrendStore } from '../../src/trend/store.ts';
import { SqlUsageStore } from '../../src/usage/store.ts';
import { SqlWatchStore } from '../../src/watch/store.ts';
import type { TestClock } from './clock.ts';
import { type FakeMessages, type FakePeople, TEAM } from './fake-messages.ts';
import type { FakeAdobe } from './fakes.ts';

const silent = () => undefined;
export const SILENT: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** Everything that outlives a process. */
export interface Outside {
  readonly db: Database;
  readonly adobe: FakeAdobe;
  readonly people: FakePeople;
  readonly messages: FakeMessages;
  readonly slack: ReminderMessenger & RecipientLookup;
  readonly clock: TestClock;
}

let processes = 0;

/** The ports of another process. `through` wraps each part, so that a test can observe or break every call to it. */
export function portsOf(
  { db, adobe, people, messages, slack, clock }: Outside,
  through: <T extends object>(part: T) => T = (part) => part,
) {
  const fakes = { adobe: through(adobe), people: through(people), messages: through(messages), slack: through(slack) };
  return {
    credentials: through(new SqlCredentialStore(db)),
    syncs: through(new SqlSyncStore(db)),
    usage: through(new SqlUsageStore(db)),
    trends: through(new SqlTrendStore(db)),
    migrations: through(new SqlMigrationStore(db, 'org')),
    reminders: through(new SqlReminderStore(db)),
    assignments: through(new SqlAssignmentStore(db)),
    holds: through(new SqlHoldStore(db)),
    notices: through(new SqlNoticeStore(db)),
    watches: through(new SqlWatchStore(db, 'org')),
    audit: through(new SqlAuditTrail(db)),
    leases: through(new SqlLeases(db, 'sqlite', `process ${++processes}`)),
    accounts: fakes.adobe,
    console: fakes.adobe,
    jobs: fakes.adobe,
    methods: { 'query-service': fakes.adobe, 'developer-console': fakes.adobe },
    people: fakes.people,
    directory: fakes.people,
    recipientLookup: fakes.slack,
    confirmationMessages: fakes.messages,
    progressMessages: fakes.messages,
    reminderMessenger: fakes.slack,
    noticeMessages: fakes.messages,
    exportMessages: NO_EXPORTS,
    timer: clock,
    logger: SILENT,
    ended: silent,
  } satisfies Ports;
}

/** For tests in which no one asks for a file. */
export const NO_EXPORTS: ExportMessages = { exportHeader, exportLines, sendExport: async () => ({ kind: 'sent' }) };

/** For tests in which no one opens the Home. */
export const NO_HOMES: OpenHomes = { redraw: async () => 0, stop: () => {} };

/** The defaults of all tests. Times in milliseconds. */
export const SETTINGS: ServiceSettings = {
  teamId: TEAM,
  access: { migrators: { users: [], groups: [] }, requireSecondPerson: false },
  adobe: { sandboxes: ['dev', 'prod'], productionSandboxes: null },
  migration: {
    method: 'query-service',
    dryRun: false,
    pollMs: 5_000,
    expectedMs: 40_000,
    timeoutMs: 60_000,
    uiUrl: 'https://adobe.example/{sandbox}',
  },
  watch: { lengthMs: 24 * 60 * 60 * 1000 },
  reminders: { deadline: '2025-06-30', days: [], timeZone: 'UTC', cron: '0 9 * * *', channel: null },
};
