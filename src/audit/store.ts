import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/tables.ts';
import { fromJson, inChunks, storable, toDate, toJson } from '../db/values.ts';
import type { Page } from '../lib/page.ts';
import type { AuditDetail, AuditEntry, AuditHead, AuditTrail, HistoryEntry } from './audit-entry.ts';
import { type AuditRow, hashOf } from './chain.ts';
import { type AuditVerdict, type NotedRow, verifyTrail } from './verification.ts';

export class SqlAuditTrail implements AuditTrail {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async record(entry: AuditEntry): Promise<void> {
    await this.#db.transaction().execute((trx) => writeAudit(trx, entry));
  }

  async head(): Promise<AuditHead> {
    return this.#db.selectFrom('audit_head').select(['count', 'hash']).where('id', '=', 1).executeTakeFirstOrThrow();
  }

  async history(
    technicalAccountId: string | null,
    offset: number,
    limit: number,
    since: Date | null = null,
  ): Promise<Page<HistoryEntry>> {
    let rows = this.#db.selectFrom('audit');
    if (technicalAccountId !== null) rows = rows.where('audit.technical_account_id', '=', technicalAccountId);
    if (since !== null) rows = rows.where('audit.at', '>=', since.toISOString());
    // The head has the number of all rows.
    const isAll = technicalAccountId === null && since === null;
    const counted = isAll
      ? this.#db.selectFrom('audit_head').select('count as total').where('id', '=', 1)
      : rows.select((eb) => eb.fn.countAll<number>().as('total'));
    const entries = await rows
      .leftJoin('credentials', 'credentials.technical_account_id', 'audit.technical_account_id')
      .selectAll('audit')
      .select(['credentials.name as credential_name', sql<number>`(${counted})`.as('total')])
      .orderBy('audit.id', 'desc')
      .offset(offset)
      .limit(limit)
      .execute();
    // Beyond the last page, there is no row that carries the total.
    const total = entries[0]?.total ?? (offset === 0 ? 0 : (await counted.executeTakeFirstOrThrow()).total);
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
 * Writes one audit row in the transaction of the change it belongs to. The head of the trail stays locked until the
 * transaction ends: all instances write one chain, and a rollback leaves no gap.
 */
export async function writeAudit(trx: Transaction<Tables>, entry: AuditEntry): Promise<void> {
  await writeAudits(trx, [entry]);
}

/** The same for several rows, in their order. */
export async function writeAudits(trx: Transaction<Tables>, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const { count, hash } = await takeNumbers(trx, entries.length);
  const rows: AuditRow[] = [];
  for (const entry of entries)
    rows.push(toRow(entry, count - entries.length + rows.length + 1, rows.at(-1)?.hash ?? hash));
  for await (const chunk of inChunks(rows)) await trx.insertInto('audit').values(chunk).execute();
  await trx
    .updateTable('audit_head')
    .set({ hash: rows.at(-1)?.hash ?? hash })
    .where('id', '=', 1)
    .execute();
}

/** Locks the trail until the transaction ends, for work that depends on what others write together with it. */
export async function lockTrail(trx: Transaction<Tables>): Promise<void> {
  await takeNumbers(trx, 0);
}

/** Reserves the numbers of `count` more rows. Returns the last number, and the hash of the row before them. */
async function takeNumbers(trx: Transaction<Tables>, count: number): Promise<AuditHead> {
  return trx
    .updateTable('audit_head')
    .set((eb) => ({ count: eb('count', '+', count) }))
    .where('id', '=', 1)
    .returning(['count', 'hash'])
    .executeTakeFirstOrThrow();
}

function toRow(entry: AuditEntry, id: number, previous_hash: string): AuditRow {
  const row = {
    id,
    at: entry.at.toISOString(),
    actor: toStorable(entry.actor),
    action: entry.action,
    technical_account_id: entry.technicalAccountId === null ? null : toStorable(entry.technicalAccountId),
    migration_id: entry.migrationId === null ? null : toStorable(entry.migrationId),
    detail: toJson(entry.detail),
    previous_hash,
  };
  return { ...row, hash: hashOf(row) };
}

/** Text exactly as it will be read back: otherwise an untouched row would fail verification. */
function toStorable(text: string): string {
  return storable(text).toWellFormed();
}

/** Rows read per query. */
const PAGE = 1_000;

/** Verifies every audit row, and the `noted` one, as of one moment. Changes nothing. */
export async function verifyAudit(db: Database, noted: NotedRow | null): Promise<AuditVerdict> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const head = await trx.selectFrom('audit_head').select(['count', 'hash']).where('id', '=', 1).executeTakeFirst();
      return verifyTrail(head, rowsOf(trx), noted);
    });
}

async function* rowsOf(trx: Transaction<Tables>): AsyncGenerator<AuditRow> {
  let after: number | null = null;
  for (;;) {
    let page = trx.selectFrom('audit').selectAll().orderBy('id').limit(PAGE);
    if (after !== null) page = page.where('id', '>', after);
    const rows: AuditRow[] = await page.execute();
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
