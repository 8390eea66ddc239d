import type { AdobeProblem } from '../credentials/adobe-error.ts';
import { productionAmong } from '../credentials/credential.ts';
import type { MessageLink, MessageRef, Migration, Reason, Shown } from '../migrations/migration.ts';
import type { MigrationChanges } from '../migrations/ports.ts';
import type { Impact } from '../usage/impact.ts';
import { fromUsageJson } from '../usage/usage.ts';
import type { MigrationsTable } from './tables.ts';
import { fromJson, toDate, toJson, toText } from './values.ts';

/** The row of a new request. */
export function toMigrationRow(migration: Migration, organisation: string): MigrationsTable {
  return {
    id: migration.id,
    organisation,
    technical_account_id: migration.technicalAccountId,
    console_id: migration.consoleId,
    state: migration.state,
    method: migration.method,
    step: migration.step,
    dry_run: Number(migration.isDryRun),
    shown: JSON.stringify(migration.shown),
    impact: toJson(migration.impact),
    impact_before: toJson(migration.impactBefore),
    channel: migration.channel,
    asked_by: migration.askedBy,
    asked_at: migration.askedAt.toISOString(),
    expires_at: migration.expiresAt.toISOString(),
    decided_by: migration.decidedBy,
    decided_at: toText(migration.decidedAt),
    started_at: toText(migration.startedAt),
    ended_at: toText(migration.endedAt),
    notified_at: null,
    reminded_at: toText(migration.remindedAt),
    start_problem: toJson(migration.startProblem),
    start_refusal: null,
    reason: toJson(migration.reason),
    message: toJson(migration.message),
    message_link: toJson(migration.messageLink),
    question_message: toJson(migration.questionMessage),
    response_url: migration.responseUrl,
  };
}

export function toMigration(row: MigrationsTable): Migration {
  return {
    id: row.id,
    state: row.state,
    method: row.method,
    step: row.step,
    isDryRun: row.dry_run === 1,
    technicalAccountId: row.technical_account_id,
    consoleId: row.console_id,
    shown: shownIn(row),
    impact: toImpact(row.impact),
    impactBefore: toImpact(row.impact_before),
    channel: row.channel,
    askedBy: row.asked_by,
    askedAt: toDate(row.asked_at),
    expiresAt: toDate(row.expires_at),
    decidedBy: row.decided_by,
    decidedAt: toDate(row.decided_at),
    startedAt: toDate(row.started_at),
    endedAt: toDate(row.ended_at),
    remindedAt: toDate(row.reminded_at),
    startProblem: fromJson<AdobeProblem>(row.start_problem),
    reason: fromJson<Reason>(row.reason),
    message: fromJson<MessageRef>(row.message),
    messageLink: fromJson<MessageLink>(row.message_link),
    questionMessage: fromJson<MessageRef>(row.question_message),
    responseUrl: row.response_url,
  };
}

function toImpact(text: string | null): Impact | null {
  return text === null ? null : fromUsageJson<Impact>(text);
}

function shownIn(row: MigrationsTable): Shown {
  const shown = fromJson<Omit<Shown, 'production'> & Partial<Shown>>(row.shown);
  // Questions of older versions did not say which sandboxes are production.
  return { ...shown, production: shown.production ?? productionAmong(shown.sandboxes, null) };
}

/** The columns that a move changes besides the state. */
export function toColumns(changes: MigrationChanges): Partial<MigrationsTable> {
  return {
    ...(changes.decidedBy !== undefined && { decided_by: changes.decidedBy }),
    ...(changes.decidedAt !== undefined && { decided_at: toText(changes.decidedAt) }),
    ...(changes.startedAt !== undefined && { started_at: toText(changes.startedAt) }),
    // People are notified of a new end even if they were notified of an earlier one.
    ...(changes.endedAt !== undefined && { ended_at: toText(changes.endedAt), notified_at: null }),
    ...(changes.reason !== undefined && { reason: toJson(changes.reason) }),
  };
}
