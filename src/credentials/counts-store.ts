import { type RawBuilder, type Selectable, sql, type Transaction } from 'kysely';
import type { CountedTrait, CredentialCountsTable, CredentialsTable, Tables } from '../db/tables.ts';
import { type Counts, CREDENTIAL_STATUSES, type CredentialStatus } from './credential.ts';

const COUNTED_TRAITS: readonly CountedTrait[] = ['failing', 'in_use', 'idle', 'production'];

/** How many credentials have this status and usage, in production or elsewhere. */
interface Cell {
  readonly status: CredentialStatus;
  readonly triage: CredentialsTable['triage'];
  /** '0' in production, as in `sort_key`. */
  readonly production: string;
  readonly count: number;
}

/**
 * A transaction that changes a credential's status, existence or usage takes this lock first, after the audit trail's.
 * So the counts match the rows, and no two transactions deadlock.
 */
export async function lockCounts(trx: Transaction<Tables>): Promise<Selectable<CredentialCountsTable>> {
  return trx
    .updateTable('credential_counts')
    .set((eb) => ({ id: eb.ref('id') }))
    .where('id', '=', 1)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Counts these credentials, or all, in the transaction that holds the lock. */
export async function cellsOf(trx: Transaction<Tables>, ids?: readonly string[]): Promise<Cell[]> {
  const production = sql<string>`substr(sort_key, 3, 1)`;
  let rows = trx
    .selectFrom('credentials')
    .select((eb) => ['status', 'triage', production.as('production'), eb.fn.countAll<number>().as('count')])
    .where('gone_at', 'is', null)
    .groupBy(['status', 'triage', production]);
  if (ids !== undefined) rows = rows.where('technical_account_id', 'in', ids);
  return rows.execute();
}

/** Recomputes the counts from the rows. `orderSetting`: the setting with which all sort keys were written. */
export async function recount(trx: Transaction<Tables>, orderSetting: string): Promise<void> {
  const counts = sumsOf(await cellsOf(trx));
  const columns = CREDENTIAL_STATUSES.flatMap((status) => [
    status,
    ...COUNTED_TRAITS.map((trait): Column => `${trait}_${status}`),
  ]);
  const values = Object.fromEntries(columns.map((column) => [column, counts.get(column) ?? 0]));
  await trx
    .updateTable('credential_counts')
    .set({ ordered_by: orderSetting, ...values })
    .where('id', '=', 1)
    .execute();
}

/** Updates the counts by the difference between what these credentials were and are. */
export async function adjustCounts(
  trx: Transaction<Tables>,
  before: readonly Cell[],
  after: readonly Cell[],
): Promise<void> {
  const sums = sumsOf([...after, ...before.map((cell) => ({ ...cell, count: -cell.count }))]);
  const changed = [...sums].filter(([, count]) => count !== 0);
  if (changed.length === 0) return;
  await trx
    .updateTable('credential_counts')
    .set((eb) => Object.fromEntries(changed.map(([column, count]) => [column, eb(column, '+', count)])))
    .where('id', '=', 1)
    .execute();
}

/** SQL expression: how many credentials have one of these statuses, or how many of those also have this trait. */
export function storedTotal(statuses: readonly CredentialStatus[], trait: CountedTrait | null): RawBuilder<number> {
  const columns = [...new Set(statuses)].map((status) => sql.ref(trait === null ? status : `${trait}_${status}`));
  if (columns.length === 0) return sql<number>`0`;
  return sql<number>`(select ${sql.join(columns, sql` + `)} from credential_counts where id = 1)`;
}

/** The counts by status from a row of `credential_counts`. */
export function toCounts(row: Record<CredentialStatus, number>): Counts {
  return Object.fromEntries(CREDENTIAL_STATUSES.map((status) => [status, Number(row[status])])) as Counts;
}

type Column = CredentialStatus | `${CountedTrait}_${CredentialStatus}`;

function sumsOf(cells: readonly Cell[]): Map<Column, number> {
  const sums = new Map<Column, number>();
  for (const { status, triage, production, count } of cells) {
    const columns: Column[] = [status];
    if (triage !== 'unread') columns.push(`${triage}_${status}`);
    if (production === '0') columns.push(`production_${status}`);
    for (const column of columns) sums.set(column, (sums.get(column) ?? 0) + Number(count));
  }
  return sums;
}
