import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { BEGINNING, hashOf } from '../audit/chain.ts';
import { addReminders, addRoundKinds } from './reminder-schema.ts';
import type { AuditTable, Tables } from './tables.ts';

export type Engine = 'sqlite' | 'postgres';

const CHANGES_TABLE = 'schema_changes';

/** Every change of the schema, by name, in order. Never edit one that was released: add the next. */
function changes(engine: Engine): Record<string, Migration> {
  return {
    '001_first': { up: (db) => createFirstSchema(db, engine) },
    '002_reminders': { up: addReminders },
    '003_audit_chain': { up: chainAudit },
    '004_names': { up: renameColumns },
    '005_reminder_rounds': { up: addRoundKinds },
  };
}

/** Takes a database from one version of the schema to another. */
export function migratorFor(db: Kysely<Tables>, engine: Engine): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: async () => changes(engine) },
    migrationTableName: CHANGES_TABLE,
    migrationLockTableName: 'schema_changes_lock',
  });
}

/**
 * Brings the schema up to date. Safe when several instances start at the same moment; refuses a database
 * that a newer version has changed.
 */
export async function updateSchema(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const { error } = await migratorFor(db, engine).migrateToLatest();
  if (error === undefined) return;
  const unknown = await unknownChanges(db, engine).catch(() => []);
  if (unknown.length > 0) throw newer(unknown, error);
  throw new Error('The database schema could not be brought up to date.', { cause: error });
}

/** That a database has the schema of this version, neither an older nor a newer one. @throws {Error} in words */
export async function checkSchema(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === CHANGES_TABLE)) throw new Error('It is no database of qs-creds.');
  const made = await changesMade(db);
  const unknown = await unknownChanges(db, engine);
  if (unknown.length > 0) throw newer(unknown, null);
  const missing = Object.keys(changes(engine)).filter((name) => !made.includes(name));
  if (missing.length > 0) {
    throw new Error(
      `The database is of an older version of qs-creds (without ${missing.join(', ')}): start this version once, or use that one.`,
    );
  }
}

function newer(unknown: readonly string[], cause: unknown): Error {
  return new Error(
    `The database was changed by a newer version of qs-creds (${unknown.join(', ')}): start that version.`,
    { cause },
  );
}

async function changesMade(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(CHANGES_TABLE)}`.execute(db);
  return rows.map(({ name }) => name);
}

/** Changes that were made to this database and that this version does not have. */
async function unknownChanges(db: Kysely<Tables>, engine: Engine): Promise<string[]> {
  const known = changes(engine);
  return (await changesMade(db)).filter((name) => !Object.hasOwn(known, name));
}

async function createFirstSchema(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('credentials')
    .addColumn('technical_account_id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('owner', 'text')
    .addColumn('sandboxes', 'text', (c) => c.notNull())
    .addColumn('changed_at', 'text')
    .addColumn('adobe_status', 'text', (c) => c.notNull())
    .addColumn('unknown_because', 'text')
    .addColumn('console_id', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    // Sorted alike everywhere: SQLite compares bytes, PostgreSQL by the locale of the server.
    .addColumn('name_key', engine === 'sqlite' ? 'text' : sql`text collate "C"`, (c) => c.notNull())
    .addColumn('owner_key', 'text')
    .addColumn('search_text', 'text', (c) => c.notNull())
    .addColumn('gone_at', 'text')
    .execute();
  await schema
    .createTable('integrations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('technical_account_id', 'text')
    .execute();
  await schema
    .createTable('sync_state')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('tried_at', 'text', (c) => c.notNull())
    .addColumn('succeeded_at', 'text')
    .addColumn('problem', 'text')
    .execute();
  await schema
    .createTable('migrations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organisation', 'text', (c) => c.notNull())
    .addColumn('technical_account_id', 'text', (c) => c.notNull())
    .addColumn('console_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('shown', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('asked_by', 'text', (c) => c.notNull())
    .addColumn('asked_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'text')
    .addColumn('started_at', 'text')
    .addColumn('ended_at', 'text')
    .addColumn('told_at', 'text')
    .addColumn('start_problem', 'text')
    .addColumn('reason', 'text')
    .addColumn('message', 'text')
    .addColumn('question', 'text')
    .addColumn('question_url', 'text')
    .execute();
  await schema.createIndex('migrations_by_state').on('migrations').columns(['state', 'asked_at']).execute();
  // The two rules that must hold whatever the code does: the database refuses a second one.
  await sql`create unique index one_open_per_credential on migrations (organisation, technical_account_id)
    where state in ('confirmed', 'submitted', 'running')`.execute(db);
  await sql`create unique index one_in_flight_per_organisation on migrations (organisation)
    where state in ('submitted', 'running')`.execute(db);
  await schema
    .createTable('audit')
    // SQLite numbers an integer primary key by itself; PostgreSQL wants to be told.
    .addColumn('id', engine === 'sqlite' ? 'integer' : 'serial', (c) => c.primaryKey())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('technical_account_id', 'text')
    .addColumn('migration_id', 'text')
    .addColumn('detail', 'text')
    .execute();
  await schema
    .createIndex('audit_by_credential')
    .on('audit')
    .columns(['technical_account_id', 'id'])
    .execute();
  await schema
    .createTable('leases')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('holder', 'text', (c) => c.notNull())
    .addColumn('until', 'text', (c) => c.notNull())
    .execute();
}

/** Rows a statement when the trail is copied. */
const COPIED = 500;

/** The trail anew, with numbers without gaps and a hash for every row, those written before included. */
async function chainAudit(kysely: Kysely<Tables>): Promise<void> {
  const db = kysely.withTables<{ audit_chained: AuditTable }>();
  const { schema } = db;
  await schema
    .createTable('audit_chained')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('technical_account_id', 'text')
    .addColumn('migration_id', 'text')
    .addColumn('detail', 'text')
    .addColumn('previous_hash', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  let count = 0;
  let hash = BEGINNING;
  let copied = 0;
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .select(['id', 'at', 'actor', 'action', 'technical_account_id', 'migration_id', 'detail'])
      .where('id', '>', copied)
      .orderBy('id')
      .limit(COPIED)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) break;
    copied = last.id;
    const chained = rows.map((old) => {
      count += 1;
      const row = { ...old, id: count, previous_hash: hash };
      hash = hashOf(row);
      return { ...row, hash };
    });
    await db.insertInto('audit_chained').values(chained).execute();
  }
  await schema.dropTable('audit').execute();
  await schema.alterTable('audit_chained').renameTo('audit').execute();
  await schema
    .createIndex('audit_by_credential')
    .on('audit')
    .columns(['technical_account_id', 'id'])
    .execute();
  await schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('count', 'integer', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await db.insertInto('audit_head').values({ id: 1, count, hash }).execute();
}

/** The field's words for what these columns hold. */
async function renameColumns({ schema }: Kysely<Tables>): Promise<void> {
  const renames = [
    ['told_at', 'notified_at'],
    ['question', 'question_message'],
    ['question_url', 'response_url'],
  ] as const;
  for (const [from, to] of renames) {
    await schema.alterTable('migrations').renameColumn(from, to).execute();
  }
}
