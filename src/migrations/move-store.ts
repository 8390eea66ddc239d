import type { Transaction } from 'kysely';
import type { AuditAction, AuditDetail } from '../audit/audit-entry.ts';
import { writeAudit } from '../audit/store.ts';
import { deriveStatusOf } from '../credentials/status-store.ts';
import type { Database } from '../db/database.ts';
import { toMigration } from '../db/migration-row.ts';
import type { MigrationsTable, Tables } from '../db/tables.ts';
import { toText } from '../db/values.ts';
import { isBlockedByHold } from '../holds/hold.ts';
import { writeDecisionNotice, writeEndNotice, writeMigrationNotice, writePressNotice } from '../notices/store.ts';
import { END_STATES, type Migration } from './migration.ts';
import type { AuditNote, ShownEnd } from './ports.ts';
import type { Step } from './steps.ts';
import { waitsForPerson } from './verdicts.ts';

/** Rolls a move back: the credential is on hold. */
export class OnHold extends Error {}

/**
 * What goes with a move, in its transaction: the audit row, the credential's status, and what people are notified of.
 * @throws {OnHold} when it leads to a start and the credential is on hold
 */
export async function recordMove(
  trx: Transaction<Tables>,
  row: MigrationsTable,
  action: AuditAction,
  note: AuditNote,
): Promise<Migration> {
  const { id: migrationId, technical_account_id: technicalAccountId, state } = row;
  const detail = withKind(note.detail, row.step, row.dry_run === 1);
  await writeAudit(trx, { ...note, action, technicalAccountId, migrationId, detail });
  // Read after the audit row, for which a concurrent hold waits: one of the two sees the other.
  const leadsToStart = (state === 'confirmed' || state === 'submitted') && isBlockedByHold(row);
  if ((await deriveStatusOf(trx, technicalAccountId)) && leadsToStart) throw new OnHold();
  const migration = toMigration(row);
  await writeMigrationNotice(trx, migration, note.at);
  await writeDecisionNotice(trx, migration, note.at);
  if (waitsForPerson(migration) && (await wasQueued(trx, migration)))
    await writePressNotice(trx, migration, 'turn', note.at);
  return migration;
}

/** What else an audit row says; nothing for a real start. */
export function withKind(detail: AuditDetail | null, step: Step, isDryRun: boolean): AuditDetail | null {
  if (step === 'start' && !isDryRun) return detail;
  return { ...detail, ...(step !== 'start' && { step }), ...(isDryRun && { isDryRun }) };
}

/** Whether another migration has ended since this one entered the queue. By the trail's order, which no clock disturbs. */
async function wasQueued(trx: Transaction<Tables>, { id, technicalAccountId }: Migration): Promise<boolean> {
  const entered = trx
    .selectFrom('audit')
    .select(({ fn }) => fn.max('id').as('id'))
    .where('technical_account_id', '=', technicalAccountId)
    .where('migration_id', '=', id)
    .where('action', 'in', ['confirmed', 'continued']);
  const ended = await trx
    .selectFrom('audit')
    .select('id')
    .where('id', '>', entered)
    .where('migration_id', '!=', id)
    .where('action', 'in', END_STATES)
    .limit(1)
    .executeTakeFirst();
  return ended !== undefined;
}

/** As `MigrationStore.recordReminder`. */
export async function recordReminder(db: Database, organisation: string, id: string, at: Date): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable('migrations')
      .set({ reminded_at: at.toISOString() })
      .where('id', '=', id)
      .where('organisation', '=', organisation)
      .where('state', '=', 'submitted')
      .where('method', '=', 'hand-off')
      .where('reminded_at', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) await writePressNotice(trx, toMigration(row), 'reminder', at);
    return row !== undefined;
  });
}

/** As `MigrationStore.markNotified`. */
export async function recordShownEnd(db: Database, organisation: string, shown: ShownEnd, at: Date): Promise<void> {
  const { id, endedAt, message } = shown;
  await db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable('migrations')
      .set({ notified_at: at.toISOString() })
      .where('id', '=', id)
      .where('organisation', '=', organisation)
      .where('ended_at', '=', toText(endedAt))
      .returningAll()
      .executeTakeFirst();
    // A message that was posted has notified people already.
    if (row !== undefined && message !== null && toMigration(row).message?.ts === message.ts)
      await writeEndNotice(trx, shown, at);
  });
}
