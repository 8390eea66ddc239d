import type { AuditEntry } from '../audit/audit-entry.ts';
import { writeAudit } from '../audit/store.ts';
import type { Database } from '../db/database.ts';
import { storable, toDate } from '../db/values.ts';
import { IN_FLIGHT_STATES } from '../migrations/migration.ts';
import type { HoldNotice } from '../notices/notice.ts';
import { writeNotice } from '../notices/store.ts';
import type { Hold } from './hold.ts';
import type { HeldCredential, HoldStore } from './ports.ts';

export class SqlHoldStore implements HoldStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async set(technicalAccountId: string, { by, at, reason, lastDay }: Hold): Promise<'set' | 'in_flight' | 'held'> {
    const detail = { until: lastDay, note: storable(reason) };
    try {
      await this.#db.transaction().execute(async (trx) => {
        const about = { technicalAccountId, migrationId: null };
        await writeAudit(trx, { at, actor: by, action: 'held', ...about, detail });
        // Read after the audit row, for which a concurrent start waits: one of the two sees the other.
        const inFlight = await trx
          .selectFrom('migrations')
          .select('id')
          .where('technical_account_id', '=', technicalAccountId)
          .where('state', 'in', IN_FLIGHT_STATES)
          .executeTakeFirst();
        if (inFlight !== undefined) throw new NotSet('in_flight');
        const values = { held_by: by, held_at: at.toISOString(), reason: detail.note, last_day: lastDay };
        const set = await trx
          .insertInto('holds')
          .values({ technical_account_id: technicalAccountId, ...values })
          .onConflict((conflict) =>
            conflict.column('technical_account_id').doUpdateSet(values).where('holds.held_by', '=', by),
          )
          .returning('held_by')
          .executeTakeFirst();
        if (set === undefined) throw new NotSet('held');
      });
      return 'set';
    } catch (error) {
      if (error instanceof NotSet) return error.why;
      throw error;
    }
  }

  async end(
    { technicalAccountId, hold }: HeldCredential,
    entry: AuditEntry,
    notice: HoldNotice | null,
  ): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      const ended = await trx
        .deleteFrom('holds')
        .where('technical_account_id', '=', technicalAccountId)
        .where('held_by', '=', hold.by)
        .where('held_at', '=', hold.at.toISOString())
        .returning('held_by')
        .executeTakeFirst();
      if (ended === undefined) return false;
      await writeAudit(trx, entry);
      if (notice !== null) {
        const subject = `hold/${technicalAccountId}/${hold.at.toISOString()}`;
        await writeNotice(trx, { subject, address: hold.by, notice }, entry.at);
      }
      return true;
    });
  }

  async expired(today: string): Promise<HeldCredential[]> {
    const rows = await this.#db
      .selectFrom('holds')
      .leftJoin('credentials', 'credentials.technical_account_id', 'holds.technical_account_id')
      .selectAll('holds')
      .select('credentials.name')
      .where('last_day', '<', today)
      .orderBy('holds.technical_account_id')
      .execute();
    return rows.map((row) => ({
      technicalAccountId: row.technical_account_id,
      name: row.name ?? row.technical_account_id,
      hold: { by: row.held_by, at: toDate(row.held_at), reason: row.reason, lastDay: row.last_day },
    }));
  }
}

/** Thrown to roll a hold back. */
class NotSet extends Error {
  readonly why: 'in_flight' | 'held';

  constructor(why: 'in_flight' | 'held') {
    super(why);
    this.why = why;
  }
}
