import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { onPostgres, open } from '../db/setup.ts';
import { ADMIN } from '../support/people.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const FAILED = 'a job failed; it will be retried';
const seed = seedOf(credential('airflow'));

/** Fails the database in the middle of a migration, and expects the end once it works again. */
async function migrateThrough(
  world: World,
  db: Database,
  outage: { begin(): Promise<void>; end(): Promise<void>; detail: string },
) {
  await world.migrate(ADMIN, 'airflow');
  await world.until(/Migrating/);
  // Adobe's response to the start is recorded outside the loops.
  const answered = db.selectFrom('audit').select('id').where('action', '=', 'start_answered');
  while ((await answered.executeTakeFirst()) === undefined) await setImmediate();
  // After this reply, the bot also knows that the record is committed.
  await world.say(ADMIN, 'status');
  const before = world.log.length;
  await outage.begin();
  await world.logged(FAILED);
  expect(await world.ready()).toMatchObject({
    status: 503,
    body: {
      checks: {
        database: { ok: false, detail: expect.stringContaining(outage.detail) },
        messages: { ok: true },
        sync: { ok: true },
      },
    },
  });
  // Adobe completes the migration meanwhile, and the loops continue to fail.
  world.clock.advance(60);
  await world.logged('a job failed again', 5);
  await outage.end();
  await world.until(MIGRATED);
  await world.logged('a job works again');
  expect(world.timesLogged(FAILED)).toBe(1);
  expect(world.timesLogged('a job works again')).toBe(1);
  const warned = world.log.slice(before).filter(({ level }) => level === 'warn' || level === 'error');
  // The second line is logged for the call of /readyz.
  expect(warned.map(({ msg }) => msg)).toEqual([FAILED, 'not ready']);
  expect(await world.ready()).toMatchObject({ status: 200 });
}

test('a database file that is missing for a while is logged once when it goes and once when it returns, and the migration’s end is shown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-app-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'qs-creds.db');
  const settings = { kind: 'sqlite', path } as const;
  const world = await startWorld({ seed, env: { DATABASE_URL: `file:${path}` }, errors: [FAILED] });
  await migrateThrough(world, await open(settings), {
    begin: () => rename(path, `${path}.moved`),
    end: () => rename(`${path}.moved`, path),
    detail: 'was deleted or replaced while the bot runs: put it back',
  });
});

test('people get replies while another process locks the database file, and the migration continues afterwards', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-app-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'qs-creds.db');
  const world = await startWorld({ seed, env: { DATABASE_URL: `file:${path}` } });
  await world.migrate(ADMIN, 'airflow');
  await world.until(/Migrating/);
  const other = new DatabaseSync(path, { timeout: 1_000 });
  other.exec('begin immediate');
  // A wait that blocked the process would exceed the timeout of every job, and be logged as its failure.
  expect((await world.say(ADMIN, 'list')).text).toContain('airflow');
  expect((await fetch(new URL('/healthz', world.slack.appUrl))).status).toBe(200);
  other.exec('rollback');
  other.close();
  await world.until(MIGRATED);
});

test('a stop while the database is missing ends everything else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-app-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'qs-creds.db');
  const world = await startWorld({ seed, env: { DATABASE_URL: `file:${path}` }, errors: [FAILED] });
  await rename(path, `${path}.moved`);
  await world.logged(FAILED);
  await world.stop();
  await expect(world.ready()).rejects.toThrow('fetch failed');
});

describe('PostgreSQL', () =>
  onPostgres((engine) => {
    test('an outage is logged once when it begins and once when it ends, and the migration’s end is shown', async () => {
      const settings = await engine.empty();
      if (settings.kind !== 'postgres') throw new Error('not PostgreSQL');
      const url = new URL(settings.url);
      const proxy = new TcpProxy(url.hostname, Number(url.port));
      onTestFinished(() => proxy.stop());
      url.port = String(await proxy.start());
      const world = await startWorld({ seed, env: { DATABASE_URL: url.href }, errors: [FAILED] });
      await migrateThrough(world, await open(settings), {
        begin: async () => {
          proxy.isDown = true;
          proxy.cut();
        },
        end: async () => {
          proxy.isDown = false;
        },
        detail: 'PostgreSQL cannot be reached, or did not respond in time: check DATABASE_URL and the network',
      });
    });
  }));
