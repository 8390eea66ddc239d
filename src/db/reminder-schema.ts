import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Schema change 002: the tables of reminders. */
export async function addReminders({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('reminder_batches')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('days', 'integer', (c) => c.notNull())
    .addColumn('started_at', 'text', (c) => c.notNull())
    .addColumn('finished_at', 'text')
    .execute();
  await schema
    .createTable('reminder_messages')
    .addColumn('batch', 'text', (c) => c.notNull())
    .addColumn('recipient', 'text', (c) => c.notNull())
    .addColumn('claimed_until', 'text')
    .addColumn('closed_at', 'text')
    .addColumn('message', 'text')
    .addColumn('why', 'text')
    .addPrimaryKeyConstraint('reminder_messages_key', ['batch', 'recipient'])
    .execute();
  await schema
    .createTable('addressees')
    .addColumn('email', 'text', (c) => c.primaryKey())
    .addColumn('addressee', 'text', (c) => c.notNull())
    .addColumn('looked_up_at', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('snoozes')
    .addColumn('user_id', 'text', (c) => c.primaryKey())
    .addColumn('until', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('takeovers')
    .addColumn('technical_account_id', 'text', (c) => c.primaryKey())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('reminder_state')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}

/** The tables in between: new names, old values. */
type OldTables = Omit<Tables, 'reminder_messages' | 'reminder_state'> & {
  reminder_messages: Omit<Tables['reminder_messages'], 'why'> & { why: string | null };
  reminder_state: { name: string; value: string };
};

const MANUAL = 'by-hand/';
const ALL_DONE = 'done/';
/** The recipient whose message was the lock of a manual round, and how long it was claimed. Milliseconds. */
const LOCK = 'opening';
const LOCK_MS = 20_000;

/** Schema change 005: the kind of a round is a column, not a prefix of its key, and its lock is its own row. */
export async function addRoundKinds(kysely: Kysely<Tables>): Promise<void> {
  const db = kysely as unknown as Kysely<OldTables>;
  const { schema } = db;
  await schema.alterTable('reminder_batches').renameTo('reminder_rounds').execute();
  await schema
    .alterTable('reminder_rounds')
    .addColumn('kind', 'text', (c) => c.notNull().defaultTo('window'))
    .execute();
  await schema.alterTable('reminder_rounds').dropColumn('days').execute();
  await schema.alterTable('reminder_messages').renameColumn('batch', 'round').execute();
  await schema.alterTable('addressees').renameTo('recipients').execute();
  await schema.alterTable('recipients').renameColumn('addressee', 'recipient').execute();

  await db.updateTable('reminder_rounds').set({ kind: 'all_done' }).where('key', 'like', `${ALL_DONE}%`).execute();
  const rounds = await db.selectFrom('reminder_rounds').select('key').where('key', 'like', `${MANUAL}%`).execute();
  for (const { key } of rounds) {
    await db
      .updateTable('reminder_rounds')
      .set({ key: key.slice(MANUAL.length), kind: 'manual' })
      .where('key', '=', key)
      .execute();
  }
  const messages = await db.selectFrom('reminder_messages').selectAll().where('round', 'like', `${MANUAL}%`).execute();
  for (const { round, recipient, claimed_until, closed_at } of messages) {
    const key = round.slice(MANUAL.length);
    const message = () => db.updateTable('reminder_messages').where('round', '=', round);
    if (recipient !== LOCK) {
      await message().set({ round: key }).where('recipient', '=', recipient).execute();
      continue;
    }
    // Used before, for the window's round where there is no round of its own: it must not start another one.
    if (closed_at !== null) {
      const locked = claimed_until === null ? closed_at : earlier(claimed_until, LOCK_MS);
      await db
        .insertInto('reminder_rounds')
        .values({ key, kind: 'manual', started_at: locked, finished_at: closed_at })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
    }
  }
  await db.deleteFrom('reminder_messages').where('recipient', '=', LOCK).execute();
  await db.updateTable('reminder_messages').set({ why: 'rejected' }).where('why', '=', 'refused').execute();
  await db.updateTable('reminder_state').set({ name: 'channel_error' }).where('name', '=', 'fault').execute();
}

function earlier(time: string, ms: number): string {
  return new Date(Date.parse(time) - ms).toISOString();
}
