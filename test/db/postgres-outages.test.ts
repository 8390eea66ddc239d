import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { connect, type Database } from '../../src/db/database.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { onPostgres, onServer, open, openFresh, reconnectPooler, type TestEngine } from './setup.ts';

describe('a failing PostgreSQL', () => onPostgres(suite));

const UNREACHABLE = {
  name: 'DatabaseError',
  detail: 'PostgreSQL cannot be reached',
  message: expect.stringMatching(/^PostgreSQL cannot be reached, or did not respond in time/),
};

function suite(engine: TestEngine) {
  /** A database, opened directly and through a proxy. */
  async function throughProxy() {
    const { db: direct, settings } = await openFresh(engine);
    if (settings.kind !== 'postgres') throw new Error('not PostgreSQL');
    const url = new URL(settings.url);
    const proxy = new TcpProxy(url.hostname, Number(url.port));
    url.port = String(await proxy.start());
    onTestFinished(() => proxy.stop());
    return { direct, proxy, db: await open({ kind: 'postgres', url: url.href }) };
  }

  /** A database whose existing connections lead to a read-only standby after its failover; new connections do not. */
  async function beforeFailover() {
    const { settings } = await openFresh(engine);
    if (settings.kind !== 'postgres') throw new Error('not PostgreSQL');
    const name = new URL(settings.url).pathname.slice(1);
    const alter = (change: string) => onServer(`alter database ${name} ${change}`);
    const failOver = () => alter('reset default_transaction_read_only');
    onTestFinished(async () => {
      await failOver();
      await reconnectPooler();
    });
    await alter('set default_transaction_read_only = on');
    await reconnectPooler();
    const db = await connect(settings);
    onTestFinished(() => db.destroy());
    return { db, failOver };
  }

  const ask = async (db: Database) => (await sql<{ one: number }>`select 1 as one`.execute(db)).rows;
  const WORKS = [{ one: 1 }];

  test('that ends a connection inside a transaction fails the transaction, and the next one works', async () => {
    const { db, settings } = await openFresh(engine);
    const other = await open(settings);
    const failing = db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(other);
      await sql`select 1`.execute(trx);
    });
    await expect(failing).rejects.toMatchObject(UNREACHABLE);
    expect(await ask(db)).toEqual(WORKS);
  });

  test('that falls silent on every connection is usable again after one timeout', async () => {
    const { db, direct, proxy } = await throughProxy();
    await Promise.all(Array.from({ length: 5 }, () => sql`select pg_sleep(0.05)`.execute(db)));
    proxy.silence();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const lost = expect(
      db.transaction().execute((trx) => trx.selectFrom('leases').selectAll().execute()),
    ).rejects.toMatchObject(UNREACHABLE);
    await vi.advanceTimersByTimeAsync(10_000);
    await lost;
    // These queries must not need a timeout: no time passes for them.
    expect(await Promise.all(Array.from({ length: 5 }, () => ask(db)))).toEqual(Array(5).fill(WORKS));
    expect(await ask(direct)).toEqual(WORKS);
  });

  test('that has failed over and left a read-only primary fails one write, and the next reaches the new primary', async () => {
    const { db, failOver } = await beforeFailover();
    await Promise.all(Array.from({ length: 5 }, () => sql`select pg_sleep(0.05)`.execute(db)));
    await failOver();
    const write = () => db.insertInto('leases').values({ name: 'x', holder: 'x', until: 'x' }).execute();
    await expect(write()).rejects.toMatchObject({ detail: 'PostgreSQL is read-only' });
    await reconnectPooler();
    await write();
    await Promise.all(
      Array.from({ length: 5 }, () => db.transaction().execute((trx) => trx.deleteFrom('leases').execute())),
    );
  });

  test('is set to end a transaction, with its locks, when its connection is lost', async () => {
    const { db } = await openFresh(engine);
    const limits = await db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ name: string; setting: string }>`select name, setting from pg_settings
        where name in ('statement_timeout', 'idle_in_transaction_session_timeout') order by name`.execute(trx);
      return rows.map(({ setting }) => setting);
    });
    expect(limits).toEqual(['15000', '10000']);
    const { rows } = await sql<{ statement_timeout: string }>`show statement_timeout`.execute(db);
    expect(rows).toEqual([{ statement_timeout: '0' }]);
  });

  test('that refuses connections for a while fails every request with that reason, and the first one afterwards works', async () => {
    const { db, proxy } = await throughProxy();
    proxy.isDown = true;
    proxy.cut();
    await expect(ask(db)).rejects.toMatchObject(UNREACHABLE);
    await expect(ask(db)).rejects.toMatchObject(UNREACHABLE);
    proxy.isDown = false;
    expect(await ask(db)).toEqual(WORKS);
  });
}
