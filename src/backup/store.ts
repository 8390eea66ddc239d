import { ACTOR_BOT, RESTORED } from '../audit/audit-entry.ts';
import type { Database } from '../db/database.ts';
import { toColumns } from '../db/migration-row.ts';
import { newerVersionError, readSchemaState } from '../db/schema.ts';
import type { Engine } from '../db/tables.ts';
import { fromJson } from '../db/values.ts';
import type { MigrationState, Shown } from '../migrations/migration.ts';
import { recordMove } from '../migrations/move-store.ts';

/** The content of a database, as far as it tells one backup from another. */
export interface Contents {
  /** Schema changes of this version that the database lacks, because an older version wrote it. */
  readonly missing: readonly string[];
  readonly migrations: readonly { readonly state: MigrationState; readonly count: number }[];
  /** The organisations of the migrations, in the form of `ADOBE_ORG_ID`; empty before the first migration. */
  readonly organisations: readonly string[];
  /** When the last row of the history was written, as ISO 8601; null: the history is empty. */
  readonly lastEntry: string | null;
}

/**
 * Reads the content of a database of this version or an older one; changes nothing.
 * @throws {Error} in words if it is another program's, or a newer version's
 */
export async function readContents(db: Database, engine: Engine): Promise<Contents> {
  const { isOurs, missing, unknown } = await readSchemaState(db, engine);
  if (unknown.length > 0) throw newerVersionError(unknown, null);
  if (!isOurs) throw new Error('This is not a qs-creds database.');
  const migrations = await db
    .selectFrom('migrations')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .groupBy('state')
    .orderBy('state')
    .execute();
  const organisations = await db.selectFrom('migrations').select('organisation').distinct().execute();
  const last = await db.selectFrom('audit').select('at').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return {
    missing,
    migrations,
    organisations: organisations.map(({ organisation }) => organisation).sort(),
    lastEntry: last?.at ?? null,
  };
}

/**
 * Ends every confirmed migration, of all organisations: a confirmation counts once, and may have been used since the
 * backup. Migrations already sent stay, since the bot only reads Adobe's state for them. The bot posts each end when it
 * runs.
 * @returns the names of the credentials
 */
export async function expireConfirmed(db: Database, at: Date): Promise<string[]> {
  return db.transaction().execute(async (trx) => {
    const rows = await trx
      .updateTable('migrations')
      // The migration's earlier message may show how it ended after the backup, so this end is posted separately.
      .set({ state: 'failed', message: null, ...toColumns({ endedAt: at, reason: { code: RESTORED } }) })
      .where('state', '=', 'confirmed')
      .returningAll()
      .execute();
    for (const row of rows) await recordMove(trx, row, 'failed', { at, actor: ACTOR_BOT, detail: { why: RESTORED } });
    return rows.map(({ shown }) => fromJson<Shown>(shown).name).sort();
  });
}
