import type { AuditRow } from '../audit/chain.ts';
import type { AdobeStatus, CredentialStatus, KnownStatus } from '../credentials/credential.ts';
import type { MigrationState } from '../migrations/migration.ts';
import type { MethodName, Step } from '../migrations/steps.ts';
import type { RoundKind, UnreachableCode } from '../reminders/ports.ts';
import type { DailyCount } from '../trend/trend.ts';
import type { Triage } from '../usage/triage.ts';

export type Engine = 'sqlite' | 'postgres';

/** One schema for SQLite and PostgreSQL: times are ISO 8601 UTC text, booleans 0 or 1, structures JSON text. */
export interface Tables {
  credentials: CredentialsTable;
  credential_counts: CredentialCountsTable;
  integrations: {
    id: string;
    technical_account_id: string | null;
    /** When the certificate was read from the Console; null: not yet. */
    certificate_read_at: string | null;
    certificate_until: string | null;
  };
  /** What a first sync has read so far; empty once one has succeeded. */
  first_statuses: { console_id: string; status: KnownStatus; read_at: string };
  credential_usage: CredentialUsageTable;
  sync_state: {
    id: number;
    /** Null while the first sync is in progress. */
    tried_at: string | null;
    succeeded_at: string | null;
    problem: string | null;
    unread: string | null;
    progress: string | null;
  };
  /** The latest pause that each of Adobe's hosts asked for. */
  adobe_pauses: { host: string; noted_at: string; until: string };
  daily_counts: DailyCount;
  migrations: MigrationsTable;
  audit: AuditRow;
  /** One row: the number of audit rows and the hash of the last one. */
  audit_head: { id: number; count: number; hash: string };
  leases: { name: string; holder: string; until: string };
  reminder_rounds: { key: string; kind: RoundKind; started_at: string; finished_at: string | null };
  reminder_messages: ReminderMessagesTable;
  recipients: {
    email: string;
    recipient: string;
    looked_up_at: string;
    /** The person in `recipient`; null where there is none. */
    user_id: string | null;
    /** The email in the form of the credentials' `owner_key`. */
    owner_key: string | null;
  };
  snoozes: { user_id: string; until: string };
  holds: HoldsTable;
  notices: NoticesTable;
  watches: WatchesTable;
  takeovers: {
    technical_account_id: string;
    user_id: string;
    /** What was handed over in one go, by whom and when; null in what earlier versions wrote. */
    assignment: string | null;
    assigned_by: string | null;
    assigned_at: string | null;
  };
  /** Single values: the pause, Slack's code for why the channel took no message, the change that the digest lacks. */
  reminder_state: { name: 'pause' | 'channel_error' | 'digest_edit'; value: string };
}

export interface CredentialsTable {
  technical_account_id: string;
  name: string;
  description: string;
  owner: string | null;
  sandboxes: string;
  changed_at: string | null;
  adobe_status: AdobeStatus;
  /** When the status was last read outside of a sync; null: never. */
  status_read_at: string | null;
  unknown_because: string | null;
  console_id: string | null;
  certificate_until: string | null;
  /** Derived by `statusOf` whenever the status at Adobe or our own migration changes. */
  status: CredentialStatus;
  /** Name, owner and all searchable text, through `searchKey`, since the engines fold case differently. */
  name_key: string;
  owner_key: string | null;
  search_text: string;
  /** When a sync no longer found it; null while it exists. */
  gone_at: string | null;
  /** 1: one of its sandboxes is production, by the setting noted in `ordered_by`. */
  is_production: number;
  /** Determines its place in every list; written by `writeSortKeys`. */
  sort_key: string;
  /** What it is used for as of the latest reading; written together with its sort key. */
  triage: Triage['kind'];
}

/** One row: how many credentials have each status, and how many of those each trait. Locked before it is changed. */
export type CredentialCountsTable = {
  id: number;
  /** The setting with which the sort keys were written; null: by a version that did not store them. */
  ordered_by: string | null;
} & Record<CredentialStatus | `${CountedTrait}_${CredentialStatus}`, number>;

/** A trait whose totals are stored: what a credential is used for, and where. */
export type CountedTrait = 'failing' | 'in_use' | 'idle' | 'production';

export interface CredentialUsageTable {
  technical_account_id: string;
  /** When the latest reading began, whether it succeeded or not. */
  read_at: string;
  /** By sandbox. */
  usage: string;
  failing_since: string | null;
  next_run_at: string | null;
  /** As `triageOf` judged it at the reading; null in what an earlier version wrote. */
  triage: Triage['kind'] | null;
  /** The oldest reading that the triage is based on. */
  as_of: string | null;
}

export interface MigrationsTable {
  id: string;
  organisation: string;
  technical_account_id: string;
  console_id: string;
  state: MigrationState;
  method: MethodName;
  step: Step;
  /** 1: nothing may ever be sent for it. */
  dry_run: number;
  shown: string;
  /** Null for requests of older versions, and where no question was asked. */
  impact: string | null;
  impact_before: string | null;
  channel: string;
  asked_by: string;
  asked_at: string;
  expires_at: string;
  decided_by: string | null;
  decided_at: string | null;
  started_at: string | null;
  ended_at: string | null;
  notified_at: string | null;
  /** When a reminder to press Migrate in Adobe was recorded as a notice. */
  reminded_at: string | null;
  start_problem: string | null;
  /** Adobe's error if it refuses this app's starts until a setting is changed; null once it accepts a later one. */
  start_refusal: string | null;
  reason: string | null;
  message: string | null;
  /** The address of that message for people; null: unknown. */
  message_link: string | null;
  question_message: string | null;
  response_url: string | null;
}

interface ReminderMessagesTable {
  /** Key of its round. */
  round: string;
  /** A Slack user id, or `digest` for the message in the channel. */
  recipient: string;
  /** When another instance may send it; null when no one is sending it. */
  claimed_until: string | null;
  /** When it was sent, or found not to be needed; it is not sent again. */
  closed_at: string | null;
  message: string | null;
  why: UnreachableCode | null;
  /** For a message that is edited later: what it was made of. */
  content: string | null;
}

export interface HoldsTable {
  technical_account_id: string;
  held_by: string;
  held_at: string;
  reason: string;
  /** `YYYY-MM-DD`. */
  last_day: string;
}

interface NoticesTable {
  subject: string;
  /** A Slack user id, an owner's email, or the place where it is posted. */
  address: string;
  content: string;
  created_at: string;
  /** When another instance may send it; null when no one is sending it. */
  claimed_until: string | null;
  /** When it was sent, or found not to be needed; it is not sent again. */
  closed_at: string | null;
  sent_to: string | null;
  /** The message with an owner's ask and its button, and the technical account; null once nothing has to replace it. */
  ask_message: string | null;
  asked_about: string | null;
}

export interface WatchesTable {
  migration_id: string;
  /** The end of the migration. */
  since: string;
  until: string;
  looks: number;
  /** Null: the watch is over. */
  next_look_at: string | null;
  /** By sandbox. */
  found: string;
  /** Null: no failures. */
  failures: string | null;
  told: string | null;
  acknowledged_by: string | null;
  acknowledged_at: string | null;
}
