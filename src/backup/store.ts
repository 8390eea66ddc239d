import { ACTOR_BOT, RESTORED } from '../audit/audit-entry.ts';
import type { Database } from '../db/database.ts';
import { toColumns } from '../db/migration-row.ts';
import { newerVersionError, readSchemaState } from '../db/schema.ts';
import type { Engine } from '../db/tables.ts';
import { fromJson } from '../db/values.ts';
import type { MigrationState, Shown } from '../migrations/migration.ts';
import { recordMove } from '../migrations/move-store.ts';

/** What a database holds, as far as a backup is told apart by it. */
export interface Contents {
  /** Schema changes of this version that it lacks: an older version wrote it. */
  readonly missing: readonly string[];
  readonly migrations: readonly { readonly state: MigrationState; readonly count: number }[];
  /** Whose migrations these are, as `ADOBE_ORG_ID` names them; none before the first one. */
  readonly organisations: readonly string[];
  /** When the history's last row was written, as ISO 8601; null: it has none. */
  readonly lastEntry: string | null;
}

/**
 * Reads what a database of this version or an older one holds; changes nothing.
 * @throws {Error} in words when it is another program's, or a newer version's
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
 * Ends every confirmed migration, of all organisations: a confirmation counts once, and since the backup it may have
 * been used. Those already sent stay, since the bot only reads Adobe's state for them. The bot posts each end when it runs.
 * @returns the names of the credentials
 */
export async function expireConfirmed(db: Database, at: Date): Promise<string[]> {
  return db.transaction().execute(async (trx) => {
    const rows = await trx
      .updateTable('migrations')
      // Its earlier message may have said since how it ended, so this end is posted beside it.
      .set({ state: 'failed', message: null, ...toColumns({ endedAt: at, reason: { code: RESTORED } }) })
      .where('state', '=', 'confirmed')
      .returningAll()
      .execute();
    for (const row of rows) await recordMove(trx, row, 'failed', { at, actor: ACTOR_BOT, detail: { why: RESTORED } });
    return rows.map(({ shown }) => fromJson<Shown>(shown).name).sort();
  });
}
