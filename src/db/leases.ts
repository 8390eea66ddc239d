import { type RawBuilder, sql } from 'kysely';
import type { Leases } from '../lib/leases.ts';
import type { Database } from './database.ts';
import type { Engine } from './tables.ts';

export class SqlLeases implements Leases {
  readonly #db: Database;
  readonly #engine: Engine;
  readonly #holder: string;

  /** @param holder identifies this process among all that share the database */
  constructor(db: Database, engine: Engine, holder: string) {
    this.#db = db;
    this.#engine = engine;
    this.#holder = holder;
  }

  async acquire(name: string, now: Date, ttlMs: number): Promise<boolean> {
    const holder = this.#holder;
    const until = this.#at(now, ttlMs);
    const acquired = await this.#db
      .insertInto('leases')
      .values({ name, holder, until })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ holder, until })
          .where((eb) =>
            eb.or([
              eb('leases.holder', '=', holder),
              eb('leases.until', '<=', this.#at(now, 0)),
              // Written by a clock that was ahead. Twice, since a renewal may overtake an attempt with an older `now`.
              eb('leases.until', '>', this.#at(now, 2 * ttlMs)),
            ]),
          ),
      )
      .returning('name')
      .executeTakeFirst();
    return acquired !== undefined;
  }

  async release(name: string): Promise<void> {
    await this.#db.deleteFrom('leases').where('name', '=', name).where('holder', '=', this.#holder).execute();
  }

  /** How long ago it was last acquired or renewed, each time for `ttlMs`. Milliseconds; null: nobody has it. */
  async ageMs(name: string, now: Date, ttlMs: number): Promise<number | null> {
    const row = await this.#db
      .selectFrom('leases')
      .select(['until', sql<string>`${this.#at(now, 0)}`.as('now')])
      .where('name', '=', name)
      .executeTakeFirst();
    if (row === undefined) return null;
    const ageMs = Date.parse(row.now) - Date.parse(row.until) + ttlMs;
    // Written by a clock that was ahead: any process may acquire it.
    return ageMs < -ttlMs ? null : Math.max(0, ageMs);
  }

  /** `ms` milliseconds from now. PostgreSQL's own clock is used, since the clocks of several machines differ. */
  #at(now: Date, ms: number): string | RawBuilder<string> {
    if (this.#engine === 'sqlite') return new Date(now.getTime() + ms).toISOString();
    const time = sql`clock_timestamp() at time zone 'UTC' + ${ms}::float8 * interval '1 millisecond'`;
    return sql<string>`to_char(${time}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  }
}
