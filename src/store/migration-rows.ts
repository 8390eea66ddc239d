import type { AdobeProblem } from '../domain/errors.ts';
import type { MessageRef, Migration, Reason, Shown } from '../domain/migration.ts';
import type { MigrationChanges } from '../services/stores.ts';
import { fromJson, toDate, toJson, toText } from './rows.ts';
import type { MigrationsTable } from './tables.ts';

/** The row of a new question. */
export function toRow(migration: Migration, organisation: string): MigrationsTable {
  return {
    id: migration.id,
    organisation,
    technical_account_id: migration.technicalAccountId,
    console_id: migration.consoleId,
    state: migration.state,
    shown: JSON.stringify(migration.shown),
    channel: migration.channel,
    asked_by: migration.askedBy,
    asked_at: migration.askedAt.toISOString(),
    expires_at: migration.expiresAt.toISOString(),
    decided_by: migration.decidedBy,
    decided_at: toText(migration.decidedAt),
    started_at: toText(migration.startedAt),
    ended_at: toText(migration.endedAt),
    told_at: null,
    start_problem: toJson(migration.startProblem),
    reason: toJson(migration.reason),
    message: toJson(migration.message),
    question: toJson(migration.question),
    question_url: migration.questionUrl,
  };
}

export function toMigration(row: MigrationsTable): Migration {
  return {
    id: row.id,
    state: row.state,
    technicalAccountId: row.technical_account_id,
    consoleId: row.console_id,
    shown: fromJson<Shown>(row.shown),
    channel: row.channel,
    askedBy: row.asked_by,
    askedAt: toDate(row.asked_at),
    expiresAt: toDate(row.expires_at),
    decidedBy: row.decided_by,
    decidedAt: toDate(row.decided_at),
    startedAt: toDate(row.started_at),
    endedAt: toDate(row.ended_at),
    startProblem: fromJson<AdobeProblem>(row.start_problem),
    reason: fromJson<Reason>(row.reason),
    message: fromJson<MessageRef>(row.message),
    question: fromJson<MessageRef>(row.question),
    questionUrl: row.question_url,
  };
}

/** The columns an arrow changes besides the state. */
export function toColumns(changes: MigrationChanges): Partial<MigrationsTable> {
  return {
    ...(changes.decidedBy !== undefined && { decided_by: changes.decidedBy }),
    ...(changes.decidedAt !== undefined && { decided_at: toText(changes.decidedAt) }),
    ...(changes.startedAt !== undefined && { started_at: toText(changes.startedAt) }),
    // A new end has to be told, also where an earlier one was.
    ...(changes.endedAt !== undefined && { ended_at: toText(changes.endedAt), told_at: null }),
    ...(changes.reason !== undefined && { reason: toJson(changes.reason) }),
  };
}
