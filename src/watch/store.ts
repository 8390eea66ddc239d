import { sql } from 'kysely';
import { writeAudit } from '../audit/store.ts';
import type { Database } from '../db/database.ts';
import { toMigration } from '../db/migration-row.ts';
import type { MigrationsTable, WatchesTable } from '../db/tables.ts';
import { storable, toDate, toText } from '../db/values.ts';
import type { Page } from '../lib/page.ts';
import type { AddressedNotice } from '../notices/notice.ts';
import { writeNotice } from '../notices/store.ts';
import { fromUsageJson } from '../usage/usage.ts';
import type { WatchStore } from './ports.ts';
import { type Failure, newWatch, type SandboxWatch, type Watch, type WatchedMigration } from './watch.ts';

export class SqlWatchStore implements WatchStore {
  readonly #db: Database;
  readonly #organisation: string;

  constructor(db: Database, organisation: string) {
    this.#db = db;
    this.#organisation = organisation;
  }

  async begin(endedAfter: Date, lengthMs: number): Promise<void> {
    const rows = await this.#db
      .selectFrom('migrations')
      .leftJoin('watches', 'watches.migration_id', 'migrations.id')
      .select(['id', 'ended_at'])
      .where('organisation', '=', this.#organisation)
      .where('state', '=', 'migrated')
      .where('ended_at', '>', endedAfter.toISOString())
      .where('migration_id', 'is', null)
      .execute();
    for (const { id, ended_at } of rows) {
      if (ended_at === null) continue;
      await this.#db
        .insertInto('watches')
        .values(toRow(newWatch(id, toDate(ended_at), lengthMs)))
        .onConflict((conflict) => conflict.column('migration_id').doNothing())
        .execute();
    }
  }

  async due(now: Date): Promise<WatchedMigration | null> {
    const row = await this.#watched()
      .where('next_look_at', '<=', now.toISOString())
      .orderBy('next_look_at')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : toWatched(row);
  }

  async claim({ migrationId, looks }: Watch, retryAt: Date): Promise<boolean> {
    const claimed = await this.#db
      .updateTable('watches')
      .set({ looks: looks + 1, next_look_at: retryAt.toISOString() })
      .where('migration_id', '=', migrationId)
      .where('looks', '=', looks)
      .returning('migration_id')
      .executeTakeFirst();
    return claimed !== undefined;
  }

  async save(watch: Watch, { at, notices, hasNewFailure }: Parameters<WatchStore['save']>[1]): Promise<void> {
    const { migration_id, acknowledged_by, acknowledged_at, ...columns } = toRow(watch);
    await this.#db.transaction().execute(async (trx) => {
      const saved = await trx
        .updateTable('watches')
        .set({ ...columns, ...(hasNewFailure && { acknowledged_by, acknowledged_at }) })
        .where('migration_id', '=', migration_id)
        .where('looks', '=', watch.looks)
        .returning('migration_id')
        .executeTakeFirst();
      if (saved === undefined) return;
      for (const notice of notices) await writeNotice(trx, notice, at);
    });
  }

  async get(migrationId: string): Promise<Watch | null> {
    // From a button's value, so it may be any text.
    const row = await this.#db
      .selectFrom('watches')
      .selectAll()
      .where('migration_id', '=', storable(migrationId))
      .executeTakeFirst();
    return row === undefined ? null : toWatch(row);
  }

  async unacknowledged(atMost: number): Promise<Page<WatchedMigration>> {
    const rows = await this.#watched()
      .select(sql<number>`count(*) over ()`.as('total'))
      .where('failures', 'is not', null)
      .where('acknowledged_at', 'is', null)
      .orderBy('since', 'desc')
      .orderBy('id')
      // At least one row, since it carries the total.
      .limit(Math.max(1, atMost))
      .execute();
    return { rows: rows.slice(0, atMost).map(toWatched), total: Number(rows[0]?.total ?? 0) };
  }

  async acknowledge(
    { migration, watch }: WatchedMigration,
    by: string,
    at: Date,
    notice: AddressedNotice,
  ): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      const acknowledged = await trx
        .updateTable('watches')
        .set({ acknowledged_by: by, acknowledged_at: at.toISOString() })
        .where('migration_id', '=', watch.migrationId)
        .where('failures', 'is not', null)
        .where('acknowledged_at', 'is', null)
        .returning('migration_id')
        .executeTakeFirst();
      if (acknowledged === undefined) return false;
      const { technicalAccountId, id: migrationId } = migration;
      const action = 'failure_acknowledged';
      await writeAudit(trx, { at, actor: by, action, technicalAccountId, migrationId, detail: null });
      await writeNotice(trx, notice, at);
      return true;
    });
  }

  #watched() {
    return this.#db
      .selectFrom('watches')
      .innerJoin('migrations', 'migrations.id', 'watches.migration_id')
      .selectAll(['migrations', 'watches'])
      .where('organisation', '=', this.#organisation);
  }
}

function toRow(watch: Watch): WatchesTable {
  return {
    migration_id: watch.migrationId,
    since: watch.since.toISOString(),
    until: watch.until.toISOString(),
    looks: watch.looks,
    next_look_at: toText(watch.nextLookAt),
    found: JSON.stringify(watch.found),
    failures: watch.failures.length === 0 ? null : JSON.stringify(watch.failures),
    told: watch.told,
    acknowledged_by: watch.acknowledged?.by ?? null,
    acknowledged_at: toText(watch.acknowledged?.at ?? null),
  };
}

function toWatched(row: MigrationsTable & WatchesTable): WatchedMigration {
  return { migration: toMigration(row), watch: toWatch(row) };
}

function toWatch(row: WatchesTable): Watch {
  const { acknowledged_by: by, acknowledged_at: at } = row;
  return {
    migrationId: row.migration_id,
    since: toDate(row.since),
    until: toDate(row.until),
    looks: row.looks,
    nextLookAt: toDate(row.next_look_at),
    found: fromUsageJson<SandboxWatch[]>(row.found),
    failures: row.failures === null ? [] : fromUsageJson<Failure[]>(row.failures),
    told: row.told,
    acknowledged: by === null || at === null ? null : { by, at: toDate(at) },
  };
}
