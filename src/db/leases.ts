import type { Leases } from '../lib/leases.ts';
import type { Database } from './database.ts';

export class SqlLeases implements Leases {
  readonly #db: Database;
  readonly #holder: string;

  /** @param holder identifies this process among all that share the database */
  constructor(db: Database, holder: string) {
    this.#db = db;
    this.#holder = holder;
  }

  async acquire(name: string, now: Date, ttlMs: number): Promise<boolean> {
    const holder = this.#holder;
    const until = new Date(now.getTime() + ttlMs).toISOString();
    const taken = await this.#db
      .insertInto('leases')
      .values({ name, holder, until })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ holder, until })
          .where((eb) => eb.or([eb('leases.holder', '=', holder), eb('leases.until', '<=', now.toISOString())])),
      )
      .returning('name')
      .executeTakeFirst();
    return taken !== undefined;
  }

  async release(name: string): Promise<void> {
    await this.#db.deleteFrom('leases').where('name', '=', name).where('holder', '=', this.#holder).execute();
  }
}
