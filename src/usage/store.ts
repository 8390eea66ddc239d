import type { Database } from '../db/database.ts';
import { inChunks, toDate, toText } from '../db/values.ts';
import { fromUsageJson } from './json.ts';
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
    for await (const chunk of inChunks(rows)) {
      await this.#db
        .insertInto('credential_usage')
        .values(chunk)
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
    }
  }

  async latestAt(): Promise<Date | null> {
    const row = await this.#db
      .selectFrom('credential_usage')
      .select((eb) => eb.fn.max('read_at').as('at'))
      .executeTakeFirst();
    return toDate(row?.at ?? null);
  }
}

/** Reads the column that `save` wrote. */
export function toUsage(text: string | null): SandboxUsage[] {
  return text === null ? [] : fromUsageJson<SandboxUsage[]>(text);
}
