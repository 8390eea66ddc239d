import type { Page } from '../lib/page.ts';
import type { MigrationState } from '../migrations/migration.ts';
import type { Step } from '../migrations/steps.ts';

/** What the audit trail records: every state change of a migration, and the events around them. */
export type AuditAction =
  | MigrationState
  /** Someone was denied access; `detail` says what they wanted and why it was denied. */
  | 'refused'
  /** Someone continued a refused migration as a hand-off, with the same confirmation: it is `confirmed` again. */
  | 'continued'
  /** Adobe's response to a start. */
  | 'start_answered'
  /** Someone had the status at Adobe read for a migration that needs attention; `detail` holds it. */
  | 'checked_again'
  /** The status at Adobe changed without this app. */
  | 'started_outside'
  | 'migrated_outside'
  | 'snoozed'
  | 'snooze_ended'
  /** Someone was sent all credentials as a file; `detail` says how many. */
  | 'exported'
  | 'took_over'
  /** A migrator assigned the reminders of an owner to somebody else; `detail` says to whom. */
  | 'assigned'
  /** That person gave the reminders back. */
  | 'gave_back'
  /** Someone set a hold; `detail` says until when and why. */
  | 'held'
  /** An owner asked the migrators for a migration; `detail` holds the note. */
  | 'owner_asked'
  /** The person whom Adobe names as the owner said that it is not theirs; `detail` holds the note. */
  | 'not_mine'
  | 'hold_ended'
  /** A migrator ended somebody else's hold; `detail` says why. */
  | 'hold_overridden'
  | 'hold_expired'
  /** Someone acknowledged a failure after a migration. */
  | 'failure_acknowledged'
  | 'reminders_paused'
  | 'reminders_resumed'
  | 'reminders_sent_by_hand';

/** The actor if no person acted. */
export const ACTOR_BOT = 'qs-creds';

/** Why a confirmation expired at once: the database is a restored backup, and the start may have been sent since. */
export const RESTORED = 'restored';

export interface AuditEntry {
  readonly at: Date;
  /** Slack user id, or `ACTOR_BOT`. */
  readonly actor: string;
  readonly action: AuditAction;
  readonly technicalAccountId: string | null;
  readonly migrationId: string | null;
  /** Plain data, put into words in slack/messages. */
  readonly detail: AuditDetail | null;
}

export interface AuditDetail {
  /** What access was denied to: `migrate`, `confirm`, `list`. */
  readonly wanted?: string;
  /** The code of a reason or denial, or the status at Adobe. */
  readonly why?: string;
  /** What was asked for, unless it was the start of a migration. */
  readonly step?: Exclude<Step, 'start'>;
  /** Set if the entry is about a dry run. */
  readonly isDryRun?: true;
  /** What a dry run would have sent, as `POST /path`. */
  readonly call?: string;
  /** The last day of a hold, `YYYY-MM-DD`. */
  readonly until?: string;
  /** The number of credentials in a file. */
  readonly count?: number;
  /** To whom something was assigned, as a Slack user id. */
  readonly to?: string;
  /** What a person wrote. */
  readonly note?: string;
  /** Adobe's response in one line. */
  readonly answer?: string;
}

/** An audit entry with the credential's current name. */
export interface HistoryEntry extends AuditEntry {
  readonly credentialName: string | null;
}

/** The number of rows the trail claims to have, and the hash of the last one. */
export interface AuditHead {
  readonly count: number;
  readonly hash: string;
}

export interface AuditTrail {
  record(entry: AuditEntry): Promise<void>;
  /** One page, newest first; of one credential or of all (null), since a time or since the beginning. */
  history(
    technicalAccountId: string | null,
    offset: number,
    limit: number,
    since?: Date | null,
  ): Promise<Page<HistoryEntry>>;
  /** The number of rows and the hash of the last one. */
  head(): Promise<AuditHead>;
}
