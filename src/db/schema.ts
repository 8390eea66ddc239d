import { type Kysely, sql } from 'kysely';
import { type Migration as SchemaChange, Migrator as SchemaMigrator } from 'kysely/migration';
import { type AuditRow, BEGINNING, hashOf } from '../audit/chain.ts';
import { addReminders, addRoundKinds } from './reminder-schema.ts';
import type { Tables } from './tables.ts';

export type Engine = 'sqlite' | 'postgres';

const CHANGES_TABLE = 'schema_changes';

/** Every schema change, by name, in order. Never edit a released one; add the next. */
function changes(engine: Engine): Record<string, SchemaChange> {
  return {
    '001_first': { up: (db) => createFirstSchema(db, engine) },
    '002_reminders': { up: addReminders },
    '003_audit_chain': { up: chainAudit },
    '004_names': { up: renameColumns },
    '005_reminder_rounds': { up: addRoundKinds },
  };
}

/** Moves a database from one version of the schema to another. */
export function schemaMigratorFor(db: Kysely<Tables>, engine: Engine): SchemaMigrator {
  return new SchemaMigrator({
    db,
    provider: { getMigrations: async () => changes(engine) },
    migrationTableName: CHANGES_TABLE,
    migrationLockTableName: 'schema_changes_lock',
  });
}

/**
 * Brings the schema up to date. Safe when several instances start at the same moment.
 * @throws {Error} in words when a newer version has changed the database
 */
export async function updateSchema(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const { error } = await schemaMigratorFor(db, engine).migrateToLatest();
  if (error === undefined) return;
  const unknown = await unknownChanges(db, engine).catch(() => []);
  if (unknown.length > 0) throw newerVersionError(unknown, error);
  throw new Error('The database schema could not be brought up to date.', { cause: error });
}

/** @throws {Error} in words when a database does not have the schema of exactly this version */
export async function checkSchema(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === CHANGES_TABLE)) throw new Error('This is not a qs-creds database.');
  const applied = await appliedChanges(db);
  const unknown = await unknownChanges(db, engine);
  if (unknown.length > 0) throw newerVersionError(unknown, null);
  const missing = Object.keys(changes(engine)).filter((name) => !applied.includes(name));
  if (missing.length > 0) {
    throw new Error(
      `The database has the schema of an older version of qs-creds (without ${missing.join(', ')}): start this version once, or use the older one.`,
    );
  }
}

function newerVersionError(unknown: readonly string[], cause: unknown): Error {
  return new Error(
    `The database was changed by a newer version of qs-creds (${unknown.join(', ')}): start that version.`,
    { cause },
  );
}

async function appliedChanges(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(CHANGES_TABLE)}`.execute(db);
  return rows.map(({ name }) => name);
}

/** Changes applied to this database that this version does not know. */
async function unknownChanges(db: Kysely<Tables>, engine: Engine): Promise<string[]> {
  const known = changes(engine);
  return (await appliedChanges(db)).filter((name) => !Object.hasOwn(known, name));
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
    // Sorts by bytes on both engines; PostgreSQL would use the locale of the server.
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
  // The two rules that must hold even if the code is wrong; the database rejects a second row.
  await sql`create unique index one_open_per_credential on migrations (organisation, technical_account_id)
    where state in ('confirmed', 'submitted', 'running')`.execute(db);
  await sql`create unique index one_in_flight_per_organisation on migrations (organisation)
    where state in ('submitted', 'running')`.execute(db);
  await schema
    .createTable('audit')
    // SQLite numbers an integer primary key automatically; PostgreSQL needs `serial`.
    .addColumn('id', engine === 'sqlite' ? 'integer' : 'serial', (c) => c.primaryKey())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('technical_account_id', 'text')
    .addColumn('migration_id', 'text')
    .addColumn('detail', 'text')
    .execute();
  await schema.createIndex('audit_by_credential').on('audit').columns(['technical_account_id', 'id']).execute();
  await schema
    .createTable('leases')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('holder', 'text', (c) => c.notNull())
    .addColumn('until', 'text', (c) => c.notNull())
    .execute();
}

/** Rows per statement when the trail is copied. */
const COPY_CHUNK = 500;

/** Rewrites the trail with gapless numbers and a hash for every row, existing rows included. */
async function chainAudit(kysely: Kysely<Tables>): Promise<void> {
  const db = kysely.withTables<{ audit_chained: AuditRow }>();
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
      .limit(COPY_CHUNK)
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
  await schema.createIndex('audit_by_credential').on('audit').columns(['technical_account_id', 'id']).execute();
  await schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('count', 'integer', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await db.insertInto('audit_head').values({ id: 1, count, hash }).execute();
}

/** Renames columns to the terms of the field. */
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
