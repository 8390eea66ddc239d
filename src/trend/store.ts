import { type CredentialStatus, LEFT } from '../credentials/credential.ts';
import type { Database } from '../db/database.ts';
import { inChunks, toDate } from '../db/values.ts';
import type { TrendStore } from './ports.ts';
import type { DailyCount } from './trend.ts';

export class SqlTrendStore implements TrendStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async counts(): Promise<Omit<DailyCount, 'day'> | null> {
    const state = await this.#db.selectFrom('sync_state').select('succeeded_at').executeTakeFirst();
    if (state?.succeeded_at == null) return null;
    const rows = await this.#db
      .selectFrom('credentials')
      .leftJoin('credential_usage as usage', 'usage.technical_account_id', 'credentials.technical_account_id')
      .select((eb) => [
        'status',
        eb.fn.countAll<number>().as('count'),
        eb.fn.count('usage.failing_since').as('failing'),
      ])
      .where('gone_at', 'is', null)
      .groupBy('status')
      .execute();
    const sum = (statuses: readonly CredentialStatus[], what: 'count' | 'failing') =>
      rows.filter(({ status }) => statuses.includes(status)).reduce((total, row) => total + Number(row[what]), 0);
    return { left: sum(LEFT, 'count'), migrated: sum(['migrated'], 'count'), failing: sum(LEFT, 'failing') };
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

  async add(counts: readonly DailyCount[]): Promise<void> {
    for await (const chunk of inChunks(counts)) {
      await this.#db
        .insertInto('daily_counts')
        .values(chunk)
        .onConflict((conflict) => conflict.column('day').doNothing())
        .execute();
    }
  }

  async since(day: string): Promise<DailyCount[]> {
    return this.#db.selectFrom('daily_counts').selectAll().where('day', '>=', day).orderBy('day').execute();
  }

  async trail(): Promise<{ since: Date; ends: Date[] } | null> {
    const first = await this.#db.selectFrom('audit').select('at').orderBy('id').limit(1).executeTakeFirst();
    if (first === undefined) return null;
    const ends = await this.#db
      .selectFrom('audit')
      .innerJoin('credentials', 'credentials.technical_account_id', 'audit.technical_account_id')
      .select((eb) => eb.fn.min('audit.at').as('at'))
      .where('audit.action', 'in', ['migrated', 'migrated_outside'])
      .where('credentials.status', '=', 'migrated')
      .where('credentials.gone_at', 'is', null)
      .groupBy('audit.technical_account_id')
      .execute();
    return { since: toDate(first.at), ends: ends.map(({ at }) => toDate(at)) };
  }
}
