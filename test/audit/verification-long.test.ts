import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { hashOf } from '../../src/audit/chain.ts';
import { SqlAuditTrail, verifyAudit } from '../../src/audit/store.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { minute } from '../support/samples.ts';

describe('verification of the audit trail', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  test('checks rows beyond one page, and lists at most a hundred findings', async () => {
    const { db } = await openFresh(engine);
    const entry = { actor: 'U1', action: 'asked', technicalAccountId: null, migrationId: null, detail: null } as const;
    await new SqlAuditTrail(db).record({ at: minute(0), ...entry });
    const { previous_hash } = await db
      .selectFrom('audit')
      .select('previous_hash')
      .where('id', '=', 1)
      .executeTakeFirstOrThrow();
    await sql`delete from audit`.execute(db);
    let hash = previous_hash;
    const rows = Array.from({ length: 2_100 }, (_, i) => {
      const row = {
        ...{ id: i + 1, at: minute(i).toISOString(), actor: 'U1', action: 'asked' as const },
        ...{ technical_account_id: null, migration_id: null, detail: null, previous_hash: hash },
      };
      hash = hashOf(row);
      return { ...row, hash };
    });
    for (let i = 0; i < rows.length; i += 700)
      await db
        .insertInto('audit')
        .values(rows.slice(i, i + 700))
        .execute();
    await db.updateTable('audit_head').set({ count: rows.length, hash }).execute();
    expect(await verifyAudit(db, null)).toEqual({ head: { count: 2_100, hash }, findings: [] });

    await sql`update audit set actor = 'U9' where id in (1001, 2001)`.execute(db);
    expect((await verifyAudit(db, null)).findings).toEqual(['Row 1001 was changed.', 'Row 2001 was changed.']);

    await sql`update audit set migration_id = 'm' where id > 50`.execute(db);
    const { findings } = await verifyAudit(db, null);
    expect(findings).toHaveLength(101);
    expect(findings.at(-1)).toBe('Only the first 100 findings are listed; there may be more.');
  });
}
