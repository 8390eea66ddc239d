import type { AuditAction } from '../../src/audit/audit-entry.ts';
import type { AdobeErrorKind } from '../../src/credentials/adobe-error.ts';
import type { MigrationState } from '../../src/migrations/migration.ts';

/** Every state; the type keeps the list complete. */
export const STATES = Object.keys({
  asked: 0,
  confirmed: 0,
  submitted: 0,
  running: 0,
  migrated: 0,
  bound: 0,
  undone: 0,
  failed: 0,
  needs_attention: 0,
  resolved: 0,
  cancelled: 0,
  expired: 0,
  void: 0,
  dry_run: 0,
} satisfies Record<MigrationState, 0>) as MigrationState[];

/** Every kind of Adobe error, and whether a retry may succeed; the type keeps the list complete. */
export const TRANSIENT = {
  token_refused: false,
  not_allowed: false,
  no_such_path: false,
  refused: false,
  throttled: true,
  unavailable: true,
  unreachable: true,
  lost: true,
  bad_answer: false,
  no_such_organisation: false,
} satisfies Record<AdobeErrorKind, boolean>;
export const ERROR_KINDS = Object.keys(TRANSIENT) as AdobeErrorKind[];

/** Every action of the audit trail; the type keeps the list complete. */
export const AUDIT_ACTIONS: readonly AuditAction[] = [
  ...STATES,
  ...(Object.keys({
    continued: 0,
    refused: 0,
    start_answered: 0,
    checked_again: 0,
    started_outside: 0,
    migrated_outside: 0,
    snoozed: 0,
    snooze_ended: 0,
    exported: 0,
    took_over: 0,
    assigned: 0,
    gave_back: 0,
    owner_asked: 0,
    not_mine: 0,
    held: 0,
    hold_ended: 0,
    hold_overridden: 0,
    hold_expired: 0,
    failure_acknowledged: 0,
    reminders_paused: 0,
    reminders_resumed: 0,
    reminders_sent_by_hand: 0,
  } satisfies Record<Exclude<AuditAction, MigrationState>, 0>) as AuditAction[]),
];
