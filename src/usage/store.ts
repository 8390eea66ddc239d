import type { Transaction } from 'kysely';
import { adjustCounts, cellsOf, lockCounts } from '../credentials/counts-store.ts';
import { writeSortKeys } from '../credentials/order-store.ts';
import type { Database } from '../db/database.ts';
import type { CredentialUsageTable, Tables } from '../db/tables.ts';
import { fromJson, inChunks, toDate, toText } from '../db/values.ts';
import type { UsageReading, UsageStore } from './ports.ts';
import { triageOf, urgencyOf } from './triage.ts';
import type { SandboxUsage } from './usage.ts';

export class SqlUsageStore implements UsageStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async save(readings: readonly UsageReading[], at: Date): Promise<void> {
    const rows = readings.map((reading) => {
      const triage = triageOf(reading, at);
      const { failingSince, nextRunAt } = urgencyOf(triage);
      return {
        technical_account_id: reading.technicalAccountId,
        read_at: at.toISOString(),
        usage: JSON.stringify(reading.usage),
        failing_since: toText(failingSince),
        next_run_at: toText(nextRunAt),
        triage: triage.kind,
        as_of: toText('asOf' in triage ? triage.asOf : null),
      };
    });
    for await (const chunk of inChunks(rows)) await this.#db.transaction().execute((trx) => saveSome(trx, chunk));
  }

  async latestAt(): Promise<Date | null> {
    const row = await this.#db
      .selectFrom('credential_usage')
      .select((eb) => eb.fn.max('read_at').as('at'))
      .executeTakeFirst();
    return toDate(row?.at ?? null);
  }
}

/** Also updates the sort keys of these credentials, and the counts. */
async function saveSome(trx: Transaction<Tables>, rows: readonly CredentialUsageTable[]): Promise<void> {
  const ids = rows.map(({ technical_account_id }) => technical_account_id);
  await lockCounts(trx);
  const before = await cellsOf(trx, ids);
  await trx
    .insertInto('credential_usage')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column('technical_account_id')
        .doUpdateSet((eb) => ({
          read_at: eb.ref('excluded.read_at'),
          usage: eb.ref('excluded.usage'),
          failing_since: eb.ref('excluded.failing_since'),
          next_run_at: eb.ref('excluded.next_run_at'),
          triage: eb.ref('excluded.triage'),
          as_of: eb.ref('excluded.as_of'),
        })),
    )
    .execute();
  await writeSortKeys(trx, ids);
  await adjustCounts(trx, before, await cellsOf(trx, ids));
}

/** A type as it is in JSON: dates are text. */
type Stored<T> = T extends Date ? string : T extends object ? { readonly [Key in keyof T]: Stored<T[Key]> } : T;

/** Reads the column that `save` wrote. Dates are converted by name, since searching for them takes twice as long. */
export function toUsage(text: string | null): SandboxUsage[] {
  if (text === null) return [];
  return fromJson<Stored<SandboxUsage>[]>(text).map((usage) => ({
    ...usage,
    readAt: toDate(usage.readAt),
    // Missing in what earlier versions wrote.
    askedAt: toDate(usage.askedAt ?? null),
    schedules: usage.schedules.map((schedule) => ({ ...schedule, nextRunAt: toDate(schedule.nextRunAt) })),
    lastQuery: usage.lastQuery && { ...usage.lastQuery, at: toDate(usage.lastQuery.at) },
    failing: usage.failing && { ...usage.failing, since: toDate(usage.failing.since) },
  }));
}
