import { type RawBuilder, sql } from 'kysely';
import { LEFT } from '../credentials/credential.ts';
import type { Database } from '../db/database.ts';
import { inChunks, toDate } from '../db/values.ts';
import type { AuditedMigrations, KnownCounts, TrendStore } from './ports.ts';
import type { DailyCount } from './trend.ts';

const FAILING_LEFT = LEFT.map((status) => `failing_${status}`);

function sqlSumOf(columns: readonly string[]): RawBuilder<number> {
  return sql<number>`${sql.join(
    columns.map((column) => sql.ref(`now.${column}`)),
    sql` + `,
  )}`;
}

export class SqlTrendStore implements TrendStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async known(since: string): Promise<KnownCounts | null> {
    const rows = await this.#db
      .selectFrom('credential_counts as now')
      .innerJoin('sync_state', 'sync_state.id', 'now.id')
      .leftJoin('daily_counts', (join) => join.on('day', '>=', since))
      .select([sqlSumOf(LEFT).as('left_now'), 'now.migrated as migrated_now', sqlSumOf(FAILING_LEFT).as('failing_now')])
      .select(['day', 'daily_counts.left', 'daily_counts.migrated', 'daily_counts.failing'])
      .where('succeeded_at', 'is not', null)
      .orderBy('day')
      .execute();
    const [first] = rows;
    if (first === undefined) return null;
    return {
      now: { left: Number(first.left_now), migrated: first.migrated_now, failing: Number(first.failing_now) },
      days: rows.flatMap(({ day, left, migrated, failing }) =>
        day === null || left === null || migrated === null ? [] : [{ day, left, migrated, failing }],
      ),
    };
  }

  async note(count: DailyCount): Promise<void> {
    await this.#db
      .insertInto('daily_counts')
      .values(count)
      .onConflict((conflict) =>
        conflict
          .column('day')
          .doUpdateSet((eb) => ({
            left: eb.ref('excluded.left'),
            migrated: eb.ref('excluded.migrated'),
            failing: eb.ref('excluded.failing'),
          })),
      )
      .execute();
  }

  async addMissing(counts: readonly DailyCount[]): Promise<void> {
    for await (const chunk of inChunks(counts)) {
      await this.#db
        .insertInto('daily_counts')
        .values(chunk)
        .onConflict((conflict) => conflict.column('day').doNothing())
        .execute();
    }
  }

  async auditedMigrations(): Promise<AuditedMigrations | null> {
    const first = await this.#db.selectFrom('audit').select('at').orderBy('id').limit(1).executeTakeFirst();
    if (first === undefined) return null;
    const migrated = await this.#db
      .selectFrom('audit')
      .innerJoin('credentials', 'credentials.technical_account_id', 'audit.technical_account_id')
      .select((eb) => eb.fn.min('audit.at').as('at'))
      .where('audit.action', 'in', ['migrated', 'migrated_outside'])
      .where('credentials.status', '=', 'migrated')
      .where('credentials.gone_at', 'is', null)
      .groupBy('audit.technical_account_id')
      .execute();
    return { since: toDate(first.at), migratedAt: migrated.map(({ at }) => toDate(at)) };
  }
}
