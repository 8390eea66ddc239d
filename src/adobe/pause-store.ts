import type { Database } from '../db/database.ts';
import { toDate } from '../db/values.ts';
import type { PauseStore, StoredPause } from './pauses.ts';

/** A stored pause noted further in the future than this is due to a wrong clock, and is replaced. Milliseconds. */
const CLOCK_AHEAD_MS = 60_000;

export class SqlPauseStore implements PauseStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async pauseOf(host: string): Promise<StoredPause | null> {
    const row = await this.#db.selectFrom('adobe_pauses').selectAll().where('host', '=', host).executeTakeFirst();
    return row === undefined ? null : { notedAt: toDate(row.noted_at), until: toDate(row.until) };
  }

  /** The end of the latest pause that one of these addresses asked for; null: none did. */
  async latestOf(urls: readonly string[]): Promise<Date | null> {
    const row = await this.#db
      .selectFrom('adobe_pauses')
      .select((eb) => eb.fn.max('until').as('until'))
      .where('host', 'in', [...new Set(urls.map((url) => new URL(url).host))])
      .executeTakeFirst();
    return toDate(row?.until ?? null);
  }

  async keep(host: string, { notedAt, until }: StoredPause): Promise<void> {
    const values = { noted_at: notedAt.toISOString(), until: until.toISOString() };
    await this.#db
      .insertInto('adobe_pauses')
      .values({ host, ...values })
      .onConflict((conflict) =>
        conflict
          .column('host')
          .doUpdateSet(values)
          .where((eb) =>
            eb.or([
              eb('adobe_pauses.until', '<', values.until),
              eb('adobe_pauses.noted_at', '>', new Date(notedAt.getTime() + CLOCK_AHEAD_MS).toISOString()),
            ]),
          ),
      )
      .execute();
  }
}
