import { chmod, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { NodeSqliteDialect } from '../../src/db/sqlite-dialect.ts';
import type { Tables } from '../../src/db/tables.ts';
import { open } from './setup.ts';

async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'qs-creds.db');
}

async function newDatabase() {
  const path = await newPath();
  return { path, db: await open({ kind: 'sqlite', path }) };
}

const write = (db: Kysely<Tables>, name: string) =>
  db.insertInto('leases').values({ name, holder: 'me', until: '' }).execute();
const names = async (db: Kysely<Tables>) =>
  (await db.selectFrom('leases').select('name').execute()).map(({ name }) => name);

describe('a file that another process has locked', () => {
  async function locked() {
    const { db, path } = await newDatabase();
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec('begin immediate');
    return { db, other };
  }

  test('is read meanwhile, and written once the lock is released', async () => {
    const { db, other } = await locked();
    const written = [write(db, 'alone'), db.transaction().execute((trx) => write(trx, 'in a transaction'))];
    // This read does not wait for the writes, nor do they block the event loop.
    expect(await names(db)).toEqual([]);
    other.exec('rollback');
    await Promise.all(written);
    expect((await names(db)).sort()).toEqual(['alone', 'in a transaction']);
  });

  test('fails writes with an explanation after five seconds, however many wait', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { db, other } = await locked();
    const failing = [
      write(db, 'alone'),
      write(db, 'another'),
      db.transaction().execute((trx) => write(trx, 'in a transaction')),
    ];
    const ended = Promise.allSettled(failing);
    expect(await names(db)).toEqual([]);
    vi.advanceTimersByTime(5_000);
    const error = {
      name: 'DatabaseError',
      detail: 'the database is locked by another process',
      message: 'Another process keeps the SQLite file locked: end its transaction, or stop it.',
    };
    expect(await ended).toMatchObject(failing.map(() => ({ status: 'rejected', reason: error })));
    other.exec('rollback');
    await write(db, 'later');
    expect(await names(db)).toEqual(['later']);
  });
});

test('the error on a full disk names the disk, not the rollback, and the next write works once there is space', async () => {
  const { db } = await newDatabase();
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
  await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count)}`.execute(db);
  const large = 'x'.repeat(100_000);
  const full = {
    detail: 'the disk of the database is full',
    message: 'The disk of the SQLite file is full: free some space.',
  };
  await expect(db.transaction().execute((trx) => write(trx, large))).rejects.toMatchObject(full);
  await expect(write(db, large)).rejects.toMatchObject(full);
  await sql`pragma max_page_count = 100000`.execute(db);
  await db.transaction().execute((trx) => write(trx, large));
  expect(await names(db)).toEqual([large]);
});

test('an error inside a transaction is reported unchanged, and undoes the transaction', async () => {
  const { db } = await newDatabase();
  const failing = db.transaction().execute(async (trx) => {
    await write(trx, 'one');
    await write(trx, 'one');
  });
  await expect(failing).rejects.toThrow('UNIQUE constraint failed');
  expect(await names(db)).toEqual([]);
});

test('a file that was moved or deleted is not written to until it is back', async () => {
  const { db, path } = await newDatabase();
  await write(db, 'before');
  await rename(path, `${path}.moved`);
  const gone = {
    detail: 'the database file was deleted or replaced',
    message: expect.stringContaining('was deleted or replaced while the bot runs'),
  };
  await expect(write(db, 'lost')).rejects.toMatchObject(gone);
  await expect(db.transaction().execute((trx) => write(trx, 'lost'))).rejects.toMatchObject(gone);
  await writeFile(path, '');
  await expect(write(db, 'lost')).rejects.toMatchObject(gone);
  await rename(`${path}.moved`, path);
  await write(db, 'after');
  expect((await names(db)).sort()).toEqual(['after', 'before']);
});

test('a file system that does not support SQLite’s write-ahead log is rejected', async () => {
  // Without shared memory, like a network drive.
  const dialect = new NodeSqliteDialect(`file:${await newPath()}?vfs=unix-dotfile`);
  await expect(sql`select 1`.execute(new Kysely({ dialect }))).rejects.toThrow(
    'SQLite cannot write ahead there, as on a network drive: put the file on a local disk, or use PostgreSQL.',
  );
});

test('a file that is not a database is rejected with an explanation', async () => {
  const path = await newPath();
  await writeFile(path, 'a letter to a friend, long enough to be read as a header');
  await expect(openDatabase({ kind: 'sqlite', path })).rejects.toThrow(
    'The file in DATABASE_URL is not an SQLite database: give the path of another one, or restore a backup.',
  );
});

test('the database file and those beside it are readable only by their owner, even if the file existed before', async () => {
  const path = await newPath();
  const modes = async () =>
    Promise.all(['', '-wal', '-shm'].map(async (end) => ((await stat(`${path}${end}`)).mode & 0o777).toString(8)));
  const first = await openDatabase({ kind: 'sqlite', path });
  await write(first, 'one');
  expect(await modes()).toEqual(['600', '600', '600']);
  await first.destroy();
  await chmod(path, 0o644);
  await write(await open({ kind: 'sqlite', path }), 'two');
  expect(await modes()).toEqual(['600', '600', '600']);
});

// Root may write everywhere.
const NOBODY = 65_534;

test('a folder or file that is not writable is rejected with an explanation', async () => {
  const path = await newPath();
  const folder = join(path, '..');
  const db = await openDatabase({ kind: 'sqlite', path });
  await db.destroy();
  await chmod(folder, 0o555);
  await chmod(path, 0o444);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    for (const file of [path, `${path}.new`]) {
      await expect(openDatabase({ kind: 'sqlite', path: file }), file).rejects.toThrow(
        'The SQLite file or its folder is read-only: give the user of this process the right to write both.',
      );
    }
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(folder, 0o755);
  }
});
