import type { Transaction } from 'kysely';
import { lockTrail, writeAudits } from '../audit/store.ts';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/tables.ts';
import { fromJson, inChunks, storable, toDate } from '../db/values.ts';
import type { MessageRef } from '../migrations/migration.ts';
import { writeNotice } from '../notices/store.ts';
import type { AssignmentRecord, AssignmentStore, PostedDigest, Takeover, Takeovers } from './assignment.ts';

export class SqlAssignmentStore implements AssignmentStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async takeovers(): Promise<Takeovers> {
    return readTakeovers(this.#db);
  }

  async assign(
    { userId, assignment, by, at }: Parameters<AssignmentStore['assign']>[0],
    recordOf: (before: Takeovers) => AssignmentRecord | null,
  ): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      // One after the other, so that the person who had them is known.
      await lockTrail(trx);
      const record = recordOf(await readTakeovers(trx));
      if (record === null) return false;
      const values = { user_id: userId, assignment, assigned_by: by, assigned_at: at.toISOString() };
      for await (const batch of inChunks(record.ids)) {
        await trx
          .insertInto('takeovers')
          .values(batch.map((id) => ({ technical_account_id: id, ...values })))
          .onConflict((conflict) => conflict.column('technical_account_id').doUpdateSet(values))
          .execute();
      }
      await write(trx, record, assignment, at);
      return true;
    });
  }

  async giveBack(
    userId: string,
    assignment: string,
    at: Date,
    recordOf: Parameters<AssignmentStore['giveBack']>[3],
  ): Promise<readonly string[]> {
    return this.#db.transaction().execute(async (trx) => {
      await lockTrail(trx);
      const given = await trx
        .deleteFrom('takeovers')
        .where('user_id', '=', userId)
        .where('assignment', '=', storable(assignment))
        .returning(['technical_account_id', 'assigned_by'])
        .execute();
      const ids = given.map((row) => row.technical_account_id).sort();
      if (ids.length === 0) return [];
      await write(trx, recordOf(ids, given[0]?.assigned_by ?? null), `${storable(assignment)}/given back`, at);
      return ids;
    });
  }

  async isRejected(userId: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('reminder_messages')
      .select('why')
      .where('recipient', '=', storable(userId))
      .where('closed_at', 'is not', null)
      .orderBy('closed_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row !== undefined && row.why !== null;
  }

  async pendingDigestEdit(): Promise<string | null> {
    const row = await this.#db
      .selectFrom('reminder_state')
      .select('value')
      .where('name', '=', 'digest_edit')
      .executeTakeFirst();
    return row?.value ?? null;
  }

  async latestDigest(): Promise<PostedDigest[]> {
    const latest = this.#db
      .selectFrom('reminder_messages')
      .select('round')
      .where('content', 'is not', null)
      .orderBy('closed_at', 'desc')
      .limit(1);
    const rows = await this.#db
      .selectFrom('reminder_messages')
      .select(['message', 'content'])
      .where('round', 'in', latest)
      .where('content', 'is not', null)
      .where('message', 'is not', null)
      .orderBy('recipient')
      .execute();
    return rows.map(({ message, content }) => ({
      message: fromJson<MessageRef>(message ?? ''),
      content: content ?? '',
    }));
  }

  async clearDigestEdit(edit: string): Promise<void> {
    await this.#db.deleteFrom('reminder_state').where('name', '=', 'digest_edit').where('value', '=', edit).execute();
  }
}

async function write(
  trx: Transaction<Tables>,
  record: Omit<AssignmentRecord, 'ids'>,
  edit: string,
  at: Date,
): Promise<void> {
  await writeAudits(trx, record.entries);
  for (const notice of record.notices) await writeNotice(trx, notice, at);
  await trx
    .insertInto('reminder_state')
    .values({ name: 'digest_edit', value: edit })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: edit }))
    .execute();
}

async function readTakeovers(db: Database | Transaction<Tables>): Promise<Map<string, Takeover>> {
  const rows = await db.selectFrom('takeovers').selectAll().execute();
  return new Map(
    rows.map(({ technical_account_id: id, user_id: userId, assignment, assigned_by: by, assigned_at }) => [
      id,
      { userId, assignment, by, at: toDate(assigned_at) },
    ]),
  );
}
