import type { Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/tables.ts';
import { fromJson, storable, toDate, toJson } from '../db/values.ts';
import type { Page } from '../lib/page.ts';
import type { AuditDetail, AuditEntry, AuditTrail, HistoryEntry } from './audit-entry.ts';
import { hashOf } from './chain.ts';

export class SqlAuditTrail implements AuditTrail {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async record(entry: AuditEntry): Promise<void> {
    await this.#db.transaction().execute((trx) => writeAudit(trx, entry));
  }

  async history(
    technicalAccountId: string | null,
    offset: number,
    limit: number,
  ): Promise<Page<HistoryEntry>> {
    let rows = this.#db.selectFrom('audit');
    if (technicalAccountId !== null) rows = rows.where('audit.technical_account_id', '=', technicalAccountId);
    const { total } = await rows
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    const entries = await rows
      .leftJoin('credentials', 'credentials.technical_account_id', 'audit.technical_account_id')
      .selectAll('audit')
      .select('credentials.name as credential_name')
      .orderBy('audit.id', 'desc')
      .offset(offset)
      .limit(limit)
      .execute();
    return {
      total: Number(total),
      rows: entries.map((row) => ({
        at: toDate(row.at),
        actor: row.actor,
        action: row.action,
        technicalAccountId: row.technical_account_id,
        migrationId: row.migration_id,
        detail: fromJson<AuditDetail>(row.detail),
        credentialName: row.credential_name,
      })),
    };
  }
}

/**
 * Writes one audit row, in the transaction of the change it belongs to. The head of the trail is locked from here to
 * the end of the transaction: rows of all instances make one chain, and what is rolled back leaves no gap.
 */
export async function writeAudit(trx: Transaction<Tables>, entry: AuditEntry): Promise<void> {
  const { count, hash: previous_hash } = await trx
    .updateTable('audit_head')
    .set((eb) => ({ count: eb('count', '+', 1) }))
    .where('id', '=', 1)
    .returning(['count', 'hash'])
    .executeTakeFirstOrThrow();
  const row = {
    id: count,
    at: entry.at.toISOString(),
    actor: kept(entry.actor),
    action: entry.action,
    technical_account_id: entry.technicalAccountId === null ? null : kept(entry.technicalAccountId),
    migration_id: entry.migrationId === null ? null : kept(entry.migrationId),
    detail: toJson(entry.detail),
    previous_hash,
  };
  const hash = hashOf(row);
  await trx
    .insertInto('audit')
    .values({ ...row, hash })
    .execute();
  await trx.updateTable('audit_head').set({ hash }).where('id', '=', 1).execute();
}

/** Text as it will be read back: otherwise an honest row would look changed. */
function kept(text: string): string {
  return storable(text).toWellFormed();
}
