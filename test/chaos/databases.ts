import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { AuditRow } from '../../src/audit/chain.ts';
import { verifyAudit } from '../../src/audit/store.ts';
import { type DatabaseSettings, openDatabase } from '../../src/db/database.ts';
import type { MigrationsTable } from '../../src/db/tables.ts';
import type { AtEnd } from '../process/world.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import type { Traces } from './faults.ts';
import type { DatabaseFault } from './plan.ts';

export type Engine = DatabaseSettings['kind'];

/** How long the process that locks the file waits for the lock. Milliseconds. */
const LOCK_WITHIN_MS = 2_000;
/** The interval at which connections are ended during the fault `killed`. Milliseconds. */
const KILL_EVERY_MS = 150;

export type MigrationRow = Pick<
  MigrationsTable,
  'id' | 'state' | 'step' | 'shown' | 'decided_at' | 'started_at' | 'notified_at'
>;

/** The database of one trial. */
export interface FreshDatabase {
  readonly settings: DatabaseSettings;
  /** For `DATABASE_URL`. */
  readonly url: string;
  /** Makes the database fail in this way for `forMs` milliseconds. @returns what the fault affected */
  disturb(fault: DatabaseFault, forMs: number): Promise<Traces['database'][number]>;
}

/** An empty database, dropped at the end. `server`: the URL of the PostgreSQL server on which to create it. */
export function freshDatabase(engine: Engine, server: string, atEnd: AtEnd): Promise<FreshDatabase> {
  return engine === 'sqlite' ? file(atEnd) : database(server, atEnd);
}

/** The audit trail, oldest first, and what its verification finds wrong. */
export interface Trail {
  readonly entries: readonly Pick<AuditRow, 'migration_id' | 'action' | 'actor'>[];
  readonly findings: readonly string[];
}

/** Every request and migration, and the audit trail. */
export async function recordsOf(settings: DatabaseSettings): Promise<{ rows: MigrationRow[]; trail: Trail }> {
  const db = await openDatabase(settings);
  try {
    const rows = await db
      .selectFrom('migrations')
      .select(['id', 'state', 'step', 'shown', 'decided_at', 'started_at', 'notified_at'])
      .execute();
    const entries = await db.selectFrom('audit').select(['migration_id', 'action', 'actor']).orderBy('id').execute();
    const { findings } = await verifyAudit(db, null);
    return { rows, trail: { entries, findings } };
  } finally {
    await db.destroy();
  }
}

async function file(atEnd: AtEnd): Promise<FreshDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-chaos-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'qs-creds.db');
  return {
    settings: { kind: 'sqlite', path },
    url: `file:${path}`,
    async disturb(_, forMs) {
      // Another process can only lock the file.
      const other = new DatabaseSync(path, { timeout: LOCK_WITHIN_MS });
      other.exec('begin immediate');
      await delay(forMs);
      other.exec('rollback');
      other.close();
      return { fault: 'locked', met: 1 };
    },
  };
}

async function database(server: string, atEnd: AtEnd): Promise<FreshDatabase> {
  const name = `qs_creds_chaos_${randomBytes(8).toString('hex')}`;
  await run(server, `create database ${name} template template0`);
  atEnd(async () => void (await run(server, `drop database ${name} with (force)`)));
  const direct = new URL(server);
  direct.pathname = name;
  const proxy = new TcpProxy(direct.hostname, Number(direct.port || 5432));
  const url = new URL(direct);
  url.hostname = '127.0.0.1';
  url.port = String(await proxy.start());
  atEnd(() => proxy.stop());
  return {
    settings: { kind: 'postgres', url: direct.href },
    url: url.href,
    async disturb(fault, forMs) {
      let met = proxy.connections;
      if (fault === 'silent') {
        proxy.silence();
        return { fault, met };
      }
      if (fault === 'killed') {
        const until = performance.now() + forMs;
        met = 0;
        do {
          met += await run(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
          await delay(KILL_EVERY_MS);
        } while (performance.now() < until);
        return { fault, met };
      }
      proxy.isDown = true;
      proxy.cut();
      await delay(forMs);
      proxy.isDown = false;
      return { fault, met };
    },
  };
}

/** @returns how many rows came */
async function run(server: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return (await client.query(sql)).rows.length;
  } finally {
    await client.end();
  }
}
