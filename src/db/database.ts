import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { checkSchema, type Engine, updateSchema } from './schema.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import type { Tables } from './tables.ts';

export type DatabaseSettings =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

export type Database = Kysely<Tables>;

/** How long PostgreSQL may take to connect or to answer, in milliseconds. */
const POSTGRES_TIMEOUT_MS = 10_000;

/** Opens the database, creates the file's folder where needed and brings the schema up to date. */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const database = await connect(settings);
  const engine: Engine = settings.kind;
  try {
    await updateSchema(database, engine);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return database;
}

/**
 * Opens a database to read it alone: changes and creates nothing.
 * @throws {Error} in words when it is not there, or of another version
 */
export async function openForReading(settings: DatabaseSettings): Promise<Database> {
  const database: Database =
    settings.kind === 'sqlite'
      ? new Kysely({ dialect: new NodeSqliteDialect(settings.path, 'read only') })
      : connectPostgres(settings.url);
  try {
    await checkSchema(database, settings.kind);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return database;
}

/** Opens a connection without looking at the schema. */
export async function connect(settings: DatabaseSettings): Promise<Database> {
  if (settings.kind === 'postgres') return connectPostgres(settings.url);
  if (settings.path !== ':memory:') await mkdir(dirname(settings.path), { recursive: true });
  return new Kysely({ dialect: new NodeSqliteDialect(settings.path) });
}

function connectPostgres(url: string): Database {
  // count(*) is a bigint there; ours fit a number.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: 5,
    connectionTimeoutMillis: POSTGRES_TIMEOUT_MS,
    statement_timeout: POSTGRES_TIMEOUT_MS,
    query_timeout: POSTGRES_TIMEOUT_MS,
  });
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {});
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}

/** Whether a statement was refused because another row already has what must be unique. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as Error & { code?: unknown; errcode?: unknown };
  // PostgreSQL's unique_violation; SQLite's SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY.
  return code === '23505' || errcode === 2067 || errcode === 1555;
}
