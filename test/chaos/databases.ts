import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type DatabaseSettings, openDatabase } from '../../src/db/database.ts';
import type { MigrationsTable } from '../../src/db/tables.ts';
import type { AtEnd } from '../process/world.ts';

export type Engine = DatabaseSettings['kind'];

export type MigrationRow = Pick<MigrationsTable, 'id' | 'state' | 'shown' | 'decided_at' | 'notified_at'>;

/** The database of one trial. */
export interface FreshDatabase {
  readonly settings: DatabaseSettings;
  /** For `DATABASE_URL`. */
  readonly url: string;
}

/** An empty database, dropped at the end. `server`: the URL of the PostgreSQL server on which to create it. */
export async function freshDatabase(engine: Engine, server: string, atEnd: AtEnd): Promise<FreshDatabase> {
  const settings = engine === 'sqlite' ? await file(atEnd) : await database(server, atEnd);
  return { settings, url: settings.kind === 'sqlite' ? `file:${settings.path}` : settings.url };
}

/** Every request and migration. */
export async function rowsOf(settings: DatabaseSettings): Promise<MigrationRow[]> {
  const db = await openDatabase(settings);
  try {
    return await db.selectFrom('migrations').select(['id', 'state', 'shown', 'decided_at', 'notified_at']).execute();
  } finally {
    await db.destroy();
  }
}

async function file(atEnd: AtEnd): Promise<DatabaseSettings> {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-chaos-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return { kind: 'sqlite', path: join(folder, 'qs-creds.db') };
}

async function database(server: string, atEnd: AtEnd): Promise<DatabaseSettings> {
  const name = `qs_creds_chaos_${randomBytes(8).toString('hex')}`;
  await run(server, `create database ${name} template template0`);
  atEnd(() => run(server, `drop database ${name} with (force)`));
  const url = new URL(server);
  url.pathname = name;
  return { kind: 'postgres', url: url.href };
}

async function run(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
