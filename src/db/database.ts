import { Kysely, sql } from 'kysely';
import { DatabaseError } from './database-error.ts';
import { checkSchema, updateSchema } from './schema.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import { prepareFile } from './sqlite-file.ts';
import type { Tables } from './tables.ts';

/** Where the state is stored. `url` contains a password: never print it. */
export type DatabaseSettings =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

export type Database = Kysely<Tables>;

/** Opens the database, creating the folder of its file if needed, and brings the schema up to date. */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const database = await connect(settings);
  try {
    await updateSchema(database, settings.kind);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return database;
}

/**
 * Opens a database read-only; changes and creates nothing.
 * @throws {Error} in words if it does not exist or has another version's schema
 */
export async function openReadOnly(settings: DatabaseSettings): Promise<Database> {
  const database = await connectReadOnly(settings);
  try {
    await checkSchema(database, settings.kind);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return database;
}

/** Connects for reading, without checking the schema; creates nothing. On PostgreSQL, the caller must not write. */
export async function connectReadOnly(settings: DatabaseSettings): Promise<Database> {
  return settings.kind === 'sqlite'
    ? new Kysely({ dialect: new NodeSqliteDialect(settings.path, 'read-only') })
    : connectPostgres(settings.url);
}

/** Connects without checking the schema. */
export async function connect(settings: DatabaseSettings): Promise<Database> {
  if (settings.kind === 'postgres') return connectPostgres(settings.url);
  if (settings.path !== ':memory:') await prepareFile(settings.path);
  return new Kysely({ dialect: new NodeSqliteDialect(settings.path) });
}

/** The driver is loaded only where it is used. */
async function connectPostgres(url: string): Promise<Database> {
  return (await import('./postgres.ts')).connectPostgres(url);
}

/** Why the database cannot be read, and what to do; null: it can. */
export async function problemOfReading(database: Database): Promise<string | null> {
  try {
    await sql`select 1`.execute(database);
    return null;
  } catch (error) {
    if (error instanceof DatabaseError) return error.message;
    throw error;
  }
}

/** Whether a statement failed because another row already has a value that must be unique. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as Error & { code?: unknown; errcode?: unknown };
  // PostgreSQL's unique_violation; SQLite's SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY.
  return code === '23505' || errcode === 2067 || errcode === 1555;
}
