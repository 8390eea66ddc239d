import type { Page } from '../lib/page.ts';
import type { MigrationState } from '../migrations/migration.ts';

/** What may stand in the audit trail: every arrow of a migration, and what happened around them. */
export type AuditAction =
  | MigrationState
  /** Somebody was refused; `detail` says what was wanted and why not. */
  | 'refused'
  /** What Adobe answered to a start. */
  | 'start_answered'
  /** Somebody had Adobe's state read of one that needs attention; `detail` says what it was. */
  | 'checked_again'
  /** Adobe's state changed without us. */
  | 'started_outside'
  | 'migrated_outside'
  | 'snoozed'
  | 'took_over'
  | 'reminders_paused'
  | 'reminders_resumed'
  | 'reminders_sent_by_hand';

/** The bot itself, where no person acted. */
export const ACTOR_BOT = 'qs-creds';

export interface AuditEntry {
  readonly at: Date;
  /** Slack user id, or `ACTOR_BOT`. */
  readonly actor: string;
  readonly action: AuditAction;
  readonly technicalAccountId: string | null;
  readonly migrationId: string | null;
  /** Plain data; what is needed to tell the story in words later. */
  readonly detail: AuditDetail | null;
}

export interface AuditDetail {
  /** What was wanted when it was refused: `migrate`, `confirm`, `list`. */
  readonly wanted?: string;
  /** A reason's or refusal's code, or Adobe's state. */
  readonly why?: string;
  /** Adobe's answer in one line. */
  readonly answer?: string;
}

/** One line of history, with the credential's present name. */
export interface HistoryEntry extends AuditEntry {
  readonly credentialName: string | null;
}

export interface AuditTrail {
  record(entry: AuditEntry): Promise<void>;
  /** Newest first; of one credential or of all. */
  history(technicalAccountId: string | null, offset: number, limit: number): Promise<Page<HistoryEntry>>;
}
