import type { AuditDetail, AuditEntry, HistoryEntry } from '../domain/audit.ts';
import type { AuditTrail, Page } from '../services/stores.ts';
import type { Database } from './database.ts';
import { fromJson, toDate, toJson } from './rows.ts';

export class SqlAuditTrail implements AuditTrail {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async record(entry: AuditEntry): Promise<void> {
    await writeAudit(this.#db, entry);
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

/** Writes one audit row; inside a transaction when it belongs to a change. */
export async function writeAudit(db: Database, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      at: entry.at.toISOString(),
      actor: entry.actor,
      action: entry.action,
      technical_account_id: entry.technicalAccountId,
      migration_id: entry.migrationId,
      detail: toJson(entry.detail),
    })
    .execute();
}
