import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { connect, type Database, type DatabaseSettings, openDatabase } from '../../src/db/database.ts';
import { schemaMigratorFor } from '../../src/db/schema.ts';

/** One of the engines on which the stores must behave alike. */
export interface TestEngine {
  readonly kind: DatabaseSettings['kind'];
  /** A database without tables, for one test. */
  empty(): Promise<DatabaseSettings>;
  /** A database in its state after a first start, for one test. */
  fresh(): Promise<DatabaseSettings>;
}

const server = process.env['TEST_POSTGRES_URL'];
/** The SQLSTATE of a missing database. */
const NO_SUCH_DATABASE = '3D000';
/** The name of PostgreSQL's half of each suite; says when it is skipped. */
export const POSTGRES = server === undefined ? 'PostgreSQL: skipped, set TEST_POSTGRES_URL to run it' : 'PostgreSQL';

/** Runs one suite on each engine: SQLite in fresh files, PostgreSQL in a separate database. */
export function onBothEngines(suite: (engine: TestEngine) => void): void {
  describe('SQLite', () => suite(sqlite()));
  onPostgres(suite);
}

/** Runs a suite on PostgreSQL alone. */
export function onPostgres(suite: (engine: TestEngine) => void): void {
  describe.skipIf(server === undefined)(POSTGRES, () => suite(postgres(server ?? '')));
}

/** Runs a statement on the PostgreSQL server, outside the databases of tests. */
export async function onServer(sql: string): Promise<void> {
  await run(server ?? '', sql);
}

/** If the tests run behind PgBouncer, makes it replace its connections to PostgreSQL, to notice a failover. */
export async function reconnectPooler(): Promise<void> {
  const console = new URL(server ?? '');
  console.pathname = 'pgbouncer';
  await run(console.href, 'reconnect').catch((error: unknown) => {
    if ((error as { code?: string }).code !== NO_SUCH_DATABASE) throw error;
  });
}

/** A database in its state after a first start, closed when the test ends. */
export async function openFresh(
  engine: TestEngine,
): Promise<{ readonly db: Database; readonly settings: DatabaseSettings }> {
  const settings = await engine.fresh();
  return { db: await open(settings), settings };
}

/** Another connection to a database, closed when the test ends. */
export async function open(settings: DatabaseSettings): Promise<Database> {
  const db = await openDatabase(settings);
  onTestFinished(() => db.destroy());
  return db;
}

/** A database as an earlier version left it, with the schema after the change of this name. */
export async function openAt(
  engine: TestEngine,
  change: string,
): Promise<{ readonly db: Database; readonly settings: DatabaseSettings }> {
  const settings = await engine.empty();
  const db = await connect(settings);
  onTestFinished(() => db.destroy());
  const { error } = await schemaMigratorFor(db, engine.kind).migrateTo(change);
  if (error !== undefined) throw error;
  return { db, settings };
}

function sqlite(): TestEngine {
  let folder = '';
  let files = 0;
  let first: Promise<string> | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qs-creds-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const empty = async () => ({
    kind: 'sqlite' as const,
    path: join(folder, 'a folder', 'of its own', `${++files}.db`),
  });
  const firstStart = async () => {
    const settings = await empty();
    await (await openDatabase(settings)).destroy();
    return settings.path;
  };
  return {
    kind: 'sqlite',
    empty,
    // Every schema change for every test would take longer than the tests.
    fresh: async () => {
      first ??= firstStart();
      const settings = await empty();
      await mkdir(dirname(settings.path), { recursive: true });
      await copyFile(await first, settings.path);
      return settings;
    },
  };
}

function postgres(url: string): TestEngine {
  const name = `qs_creds_test_${randomBytes(8).toString('hex')}`;
  // This locale sorts linguistically, so that queries which need byte order must ask for it.
  const create = `create database ${name} template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US'`;
  beforeAll(() => run(url, create));
  afterAll(() => run(url, `drop database ${name} with (force)`));
  const empty = async () => {
    const own = new URL(url);
    own.pathname = name;
    await run(own.href, 'drop schema public cascade; create schema public');
    return { kind: 'postgres' as const, url: own.href };
  };
  return { kind: 'postgres', empty, fresh: empty };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
