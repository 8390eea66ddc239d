import type { Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { AuditTable, Tables } from '../db/tables.ts';
import { BEGINNING, hashOf } from './chain.ts';

/** A row of the trail that somebody noted elsewhere, by its number and hash. */
export interface NotedRow {
  readonly id: number;
  readonly hash: string;
}

export interface AuditVerdict {
  /** How many rows the trail says it has, and the hash of the last. */
  readonly head: { readonly count: number; readonly hash: string };
  /** What is wrong, in words, by number of row; empty for a trail as it was written. */
  readonly damage: readonly string[];
}

const PAGE = 1_000;
/** Whoever has seen so much need not see the rest. */
const MOST_DAMAGE = 100;
/** Rows. A row that was written with such a number is told as changed, not as swapped. */
const FAR_OFF = 1_000;

/** Looks at every row of the audit trail, and for the `noted` one, as they stood at one moment. Changes nothing. */
export async function verifyAudit(db: Database, noted: NotedRow | null): Promise<AuditVerdict> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((trx) => verify(trx, noted));
}

async function verify(trx: Transaction<Tables>, noted: NotedRow | null): Promise<AuditVerdict> {
  const head = await trx
    .selectFrom('audit_head')
    .select(['count', 'hash'])
    .where('id', '=', 1)
    .executeTakeFirst();
  if (head === undefined) {
    return { head: { count: 0, hash: BEGINNING }, damage: ['The row with the count of rows is missing.'] };
  }
  const damage: string[] = [];
  // A null hash: the row before is damaged, and what follows from it cannot be told.
  let last: { id: number; hash: string | null } = { id: 0, hash: BEGINNING };
  let found = noted === null || noted.id === 0;
  for await (const row of rowsOf(trx)) {
    if (damage.length >= MOST_DAMAGE) {
      damage.push('There may be more: only the first of it is told.');
      return { head, damage };
    }
    if (row.id < 1 || row.id > head.count) {
      damage.push(`Row ${row.id} is none of the ${head.count} rows that were counted: it was added.`);
      continue;
    }
    found ||= row.id === noted?.id && row.hash === noted.hash;
    if (row.id > last.id + 1) {
      damage.push(missing(last.id + 1, row.id - 1));
      last = { id: row.id - 1, hash: null };
    }
    const wrong = wrongWith(row, last.hash);
    if (wrong !== null) damage.push(wrong);
    last = { id: row.id, hash: wrong === null ? row.hash : null };
  }
  if (last.id < head.count) damage.push(`${missing(last.id + 1, head.count)} The end was cut off.`);
  else if (last.hash !== null && last.hash !== head.hash) {
    damage.push(
      `Row ${last.id} is not the one that was written last: it was replaced, or rows after it are missing.`,
    );
  }
  if (!found)
    damage.push(`Row ${noted?.id} is not the one that was noted: the trail was replaced or cut off.`);
  return { head, damage };
}

async function* rowsOf(trx: Transaction<Tables>): AsyncGenerator<AuditTable> {
  let after: number | null = null;
  for (;;) {
    let page = trx.selectFrom('audit').selectAll().orderBy('id').limit(PAGE);
    if (after !== null) page = page.where('id', '>', after);
    const rows: AuditTable[] = await page.execute();
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

function missing(from: number, to: number): string {
  return from === to ? `Row ${from} is missing.` : `Rows ${from} to ${to} are missing.`;
}

/** `before`: the hash of the row before, null when that is not to be relied on. */
function wrongWith(row: AuditTable, before: string | null): string | null {
  if (hashOf(row) !== row.hash) {
    const place = placeOf(row);
    return place === null
      ? `Row ${row.id} was changed.`
      : `Row ${row.id} holds what was written as row ${place}: rows were swapped, taken out or put in.`;
  }
  if (before === null || row.previous_hash === before) return null;
  return row.id === 1
    ? 'Row 1 is not the beginning of a trail: it was replaced.'
    : `Row ${row.id} does not follow row ${row.id - 1}: one of them was replaced.`;
}

/** The number a row was written with; null when none that is not far off gives its hash. */
function placeOf(row: AuditTable): number | null {
  for (let far = 1; far <= FAR_OFF; far++) {
    const place = [row.id - far, row.id + far].find((id) => hashOf({ ...row, id }) === row.hash);
    if (place !== undefined) return place;
  }
  return null;
}
