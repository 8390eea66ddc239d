import { type RawBuilder, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { AuditRow } from '../../src/audit/chain.ts';
import { hashOf } from '../../src/audit/chain.ts';
import { SqlAuditTrail, verifyAudit } from '../../src/audit/store.ts';
import type { Database } from '../../src/db/database.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, minute } from '../support/samples.ts';

describe('verification of the audit trail', () => onBothEngines(suite));

const COUNT = 8;

/** Every column of a row, with a forged value. */
const CHANGES = {
  at: minute(99).toISOString(),
  actor: 'U9',
  action: 'cancelled',
  technical_account_id: null,
  migration_id: 'm9',
  detail: '{"why":"another"}',
  previous_hash: 'f'.repeat(64),
  hash: 'e'.repeat(64),
} satisfies Partial<AuditRow>;

function suite(engine: TestEngine) {
  /** An intact trail of eight rows. */
  async function trail(count = COUNT): Promise<Database> {
    const { db } = await openFresh(engine);
    const audit = new SqlAuditTrail(db);
    for (let i = 1; i <= count; i++) {
      await audit.record({
        at: minute(i),
        actor: `U${i % 3}`,
        action: 'asked',
        technicalAccountId: accountId(i),
        migrationId: `m${i}`,
        detail: i % 2 === 0 ? null : { why: 'guest' },
      });
    }
    expect((await verifyAudit(db, null)).findings).toEqual([]);
    return db;
  }

  /** The findings after these statements changed the eight rows. */
  async function findingsAfter(...acts: RawBuilder<unknown>[]): Promise<readonly string[]> {
    const db = await trail();
    for (const act of acts) await act.execute(db);
    return (await verifyAudit(db, null)).findings;
  }

  test.each(Object.entries(CHANGES))('finds a changed %s in any row', async (column, value) => {
    const db = await trail();
    const intact = await db.selectFrom('audit').selectAll().orderBy('id').execute();
    for (const row of intact) {
      await sql`update audit set ${sql.ref(column)} = ${value} where id = ${row.id}`.execute(db);
      expect((await verifyAudit(db, null)).findings).toEqual([`Row ${row.id} was changed.`]);
      await db.updateTable('audit').set(row).where('id', '=', row.id).execute();
    }
    expect((await verifyAudit(db, null)).findings).toEqual([]);
  });

  test('finds a null that was replaced by text', async () => {
    expect(await findingsAfter(sql`update audit set detail = 'null' where id = 2`)).toEqual(['Row 2 was changed.']);
    expect(await findingsAfter(sql`update audit set detail = '' where id = 2`)).toEqual(['Row 2 was changed.']);
  });

  test.each([
    ['the first row', sql`id = 1`, ['Row 1 is missing.']],
    ['a row in the middle', sql`id = 4`, ['Row 4 is missing.']],
    ['several rows', sql`id in (2, 3, 6)`, ['Rows 2 to 3 are missing.', 'Row 6 is missing.']],
    ['the last row', sql`id = 8`, ['Row 8 is missing. The end was cut off.']],
    ['the last rows', sql`id > 5`, ['Rows 6 to 8 are missing. The end was cut off.']],
    ['all rows', sql`true`, ['Rows 1 to 8 are missing. The end was cut off.']],
  ])('finds the removal of %s', async (_, which, found) => {
    expect(await findingsAfter(sql`delete from audit where ${which}`)).toEqual(found);
  });

  test('finds a removed row when the later ones were renumbered', async () => {
    const moves = [5, 6, 7, 8].map((id) => sql`update audit set id = ${id - 1} where id = ${id}`);
    expect(await findingsAfter(sql`delete from audit where id = 4`, ...moves)).toEqual([
      ...[4, 5, 6, 7].map(
        (id) => `Row ${id} was originally written as row ${id + 1}: rows were swapped, removed or inserted.`,
      ),
      'Row 8 is missing. The end was cut off.',
    ]);
  });

  test('finds a cut-off end when the count was adjusted', async () => {
    const cut = [sql`delete from audit where id > 5`, sql`update audit_head set count = 5`];
    expect(await findingsAfter(...cut)).toEqual([
      'Row 5 is not the last row that was written: it was replaced, or rows after it are missing.',
    ]);
  });

  test.each([
    [1, 2],
    [2, 7],
    [7, 8],
  ])('finds rows %i and %i swapped', async (one, other) => {
    const swap = [
      [one, 100],
      [other, one],
      [100, other],
    ].map(([from, to]) => sql`update audit set id = ${to} where id = ${from}`);
    expect(await findingsAfter(...swap)).toEqual([
      `Row ${one} was originally written as row ${other}: rows were swapped, removed or inserted.`,
      `Row ${other} was originally written as row ${one}: rows were swapped, removed or inserted.`,
    ]);
  });

  test('finds two rows whose content was swapped', async () => {
    const db = await trail();
    const [, second, third] = await db.selectFrom('audit').selectAll().orderBy('id').execute();
    if (second === undefined || third === undefined) throw new Error('no rows');
    for (const [to, { at, actor, technical_account_id, migration_id, detail }] of [
      [2, third],
      [3, second],
    ] as const) {
      const content = { at, actor, technical_account_id, migration_id, detail };
      await db.updateTable('audit').set(content).where('id', '=', to).execute();
    }
    expect((await verifyAudit(db, null)).findings).toEqual(['Row 2 was changed.', 'Row 3 was changed.']);
  });

  test.each([9, 42, 0, -5])('finds a row inserted with number %i', async (id) => {
    const put = sql`insert into audit select ${sql.lit(id)}, at, actor, action, technical_account_id, migration_id,
      detail, previous_hash, hash from audit where id = 3`;
    expect(await findingsAfter(put)).toEqual([`Row ${id} is outside the 8 rows that were counted: it was added.`]);
  });

  test('finds an inserted row that was counted', async () => {
    const db = await trail();
    const last = await db.selectFrom('audit').selectAll().where('id', '=', 8).executeTakeFirstOrThrow();
    const row = { ...last, id: 9, previous_hash: last.hash };
    await db
      .insertInto('audit')
      .values({ ...row, hash: hashOf(row) })
      .execute();
    await db.updateTable('audit_head').set({ count: 9 }).execute();
    expect((await verifyAudit(db, null)).findings).toEqual([
      'Row 9 is not the last row that was written: it was replaced, or rows after it are missing.',
    ]);
  });

  test.each([
    [1, 'Row 2 does not follow row 1: one of them was replaced.'],
    [5, 'Row 6 does not follow row 5: one of them was replaced.'],
    [8, 'Row 8 is not the last row that was written: it was replaced, or rows after it are missing.'],
  ])('finds row %i changed and rehashed', async (id, found) => {
    const db = await trail();
    const row = await db.selectFrom('audit').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const forged = { ...row, actor: 'U9' };
    const hash = hashOf(forged);
    await db
      .updateTable('audit')
      .set({ ...forged, hash })
      .where('id', '=', id)
      .execute();
    expect((await verifyAudit(db, null)).findings).toEqual([found]);
  });

  test('finds a trail with another beginning', async () => {
    const db = await trail(1);
    const row = await db.selectFrom('audit').selectAll().executeTakeFirstOrThrow();
    const forged = { ...row, previous_hash: 'f'.repeat(64) };
    const hash = hashOf(forged);
    await db
      .updateTable('audit')
      .set({ ...forged, hash })
      .execute();
    await db.updateTable('audit_head').set({ hash }).execute();
    expect((await verifyAudit(db, null)).findings).toEqual(['Row 1 is not the beginning of a trail: it was replaced.']);
  });

  test('finds a wrong or missing count', async () => {
    expect(await findingsAfter(sql`update audit_head set count = 10`)).toEqual([
      'Rows 9 to 10 are missing. The end was cut off.',
    ]);
    expect(await findingsAfter(sql`update audit_head set count = 7`)).toEqual([
      'Row 8 is outside the 7 rows that were counted: it was added.',
      'Row 7 is not the last row that was written: it was replaced, or rows after it are missing.',
    ]);
    expect(await findingsAfter(sql`delete from audit_head`)).toEqual(['The record of the row count is missing.']);
  });

  test('finds a completely rewritten trail by comparing it with a row noted earlier', async () => {
    const db = await trail();
    const rows = await db.selectFrom('audit').selectAll().orderBy('id').execute();
    const noted = rows[5];
    if (noted === undefined) throw new Error('no row');
    expect((await verifyAudit(db, noted)).findings).toEqual([]);
    let hash = '0'.repeat(64);
    for (const row of rows) {
      const forged = { ...row, actor: row.id === 3 ? 'U9' : row.actor, previous_hash: hash };
      hash = hashOf(forged);
      await db
        .updateTable('audit')
        .set({ ...forged, hash })
        .where('id', '=', row.id)
        .execute();
    }
    await db.updateTable('audit_head').set({ hash }).execute();
    expect((await verifyAudit(db, null)).findings).toEqual([]);
    expect((await verifyAudit(db, noted)).findings).toEqual([
      'Row 6 is not the row that was noted: the trail was replaced or cut off.',
    ]);
    // Number 0, the beginning, matches every trail.
    expect((await verifyAudit(db, { id: 0, hash: 'f'.repeat(64) })).findings).toEqual([]);
  });
}
