import type { Transaction } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { inChunks } from '../db/values.ts';
import { ACTIVE_STATES, type MigrationState } from '../migrations/migration.ts';
import { adjustCounts, lockCounts } from './counts-store.ts';
import { type OurMigrationStatus, statusOf } from './credential.ts';
import { sortKeyWithStatus } from './order-store.ts';

/**
 * Updates the `status` of one credential after it or its migrations changed, in the same transaction.
 * @returns whether it is on hold
 */
export async function deriveStatusOf(trx: Transaction<Tables>, technicalAccountId: string): Promise<boolean> {
  // Locked before reading: what is read below is the latest.
  await lockCounts(trx);
  const rows = await trx
    .selectFrom('credentials')
    .leftJoin(relevantMigrations(trx).as('ours'), 'ours.technical_account_id', 'credentials.technical_account_id')
    .leftJoin('holds', 'holds.technical_account_id', 'credentials.technical_account_id')
    .select(['adobe_status', 'status', 'sort_key', 'triage', 'gone_at', 'ours.state', 'held_by'])
    .where('credentials.technical_account_id', '=', technicalAccountId)
    .execute();
  const [row] = rows;
  if (row === undefined) return false;
  const isHeld = row.held_by !== null;
  const status = statusOf(row.adobe_status, ourMigrationStatus(rows.flatMap(({ state }) => state ?? [])));
  if (status === row.status) return isHeld;
  await trx
    .updateTable('credentials')
    .set({ status, sort_key: sortKeyWithStatus(status, row.sort_key) })
    .where('technical_account_id', '=', technicalAccountId)
    .execute();
  if (row.gone_at !== null) return isHeld;
  const cell = { triage: row.triage, production: row.sort_key.charAt(2), count: 1 };
  await adjustCounts(trx, [{ ...cell, status: row.status }], [{ ...cell, status }]);
  return isHeld;
}

/**
 * Updates the `status` of every credential after all were replaced, in the same transaction. The caller then updates
 * sort keys and counts.
 */
export async function rederiveAll(trx: Transaction<Tables>): Promise<void> {
  const migrations = Map.groupBy(await relevantMigrations(trx).execute(), (row) => row.technical_account_id);
  const rows = await trx
    .selectFrom('credentials')
    .select(['technical_account_id as id', 'adobe_status', 'status'])
    .execute();
  const changed = rows.flatMap(({ id, adobe_status, status: before }) => {
    const status = statusOf(adobe_status, ourMigrationStatus((migrations.get(id) ?? []).map(({ state }) => state)));
    return status === before ? [] : [{ id, status }];
  });
  for (const [status, credentials] of Map.groupBy(changed, (row) => row.status)) {
    for await (const chunk of inChunks(credentials)) {
      const ids = chunk.map(({ id }) => id);
      await trx.updateTable('credentials').set({ status }).where('technical_account_id', 'in', ids).execute();
    }
  }
}

/** The migrations that affect the status of their credential. */
function relevantMigrations(trx: Transaction<Tables>) {
  return trx
    .selectFrom('migrations')
    .select(['technical_account_id', 'state'])
    .where('state', 'in', [...ACTIVE_STATES, 'needs_attention']);
}

function ourMigrationStatus(relevant: readonly MigrationState[]): OurMigrationStatus | null {
  if (relevant.length === 0) return null;
  return relevant.every((state) => state === 'needs_attention') ? 'needs_attention' : 'active';
}
