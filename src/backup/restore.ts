import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { connectReadOnly, type DatabaseSettings, openDatabase } from '../db/database.ts';
import { DatabaseError } from '../db/database-error.ts';
import { SqlLeases } from '../db/leases.ts';
import { copySqlite, moveSqlite } from '../db/sqlite-copy.ts';
import { RUNNER_LEASE, RUNNER_LEASE_MS } from '../migrations/runner.ts';
import { namePlain } from '../slack/escaping.ts';
import { UsageError } from './command.ts';
import { contentsInWords } from './contents.ts';
import { expireConfirmed, readContents } from './store.ts';

export const RESTORE_HELP = `npm run restore -- FILE: puts the backup FILE in the place of the SQLite database in DATABASE_URL.
Stop every instance first. The database that is there now is kept beside it, under a name with the date.

PostgreSQL: stop every instance, then
  pg_restore --clean --if-exists --no-owner --single-transaction --dbname="$DATABASE_URL" FILE
  npm run restore

Either way the schema is brought up to date, and what was confirmed in the backup and not sent expires: it may have been sent
since, and a confirmation counts once.

  --help  print this

Exit code: 0 if the backup is in place, 1 if not, 78 if DATABASE_URL is invalid.
`;

/** Restores a backup, or makes a PostgreSQL that was restored fit to be used. @returns what it holds now, in words */
export async function restore(settings: DatabaseSettings, file: string | null, now: Date): Promise<string> {
  if (settings.kind === 'postgres') {
    if (file !== null) throw new UsageError('Nothing was restored: DATABASE_URL is a PostgreSQL, so leave out FILE.');
    return prepareInPlace(settings, now);
  }
  if (settings.path === ':memory:') throw new Error('Nothing was restored: the database is in memory.');
  if (file === null) throw new UsageError('The FILE to restore is missing.');
  if (!existsSync(file)) throw new Error(`${file} does not exist.`);
  return restoreFile(settings.path, file, now);
}

async function restoreFile(given: string, file: string, now: Date): Promise<string> {
  // Of a symbolic link, the file it leads to is replaced, on its own disk.
  const path = existsSync(given) ? realpathSync(given) : given;
  const stamp = now.toISOString().replaceAll(':', '-');
  const [copy, replaced] = [`${path}.restoring-${stamp}`, `${path}.replaced-${stamp}`];
  try {
    await assertBackup(file);
    await mkdir(dirname(path), { recursive: true });
    await copySqlite(file, copy);
    const prepared = await prepare({ kind: 'sqlite', path: copy }, now);
    // As late as possible: an instance that starts before this is noticed.
    const wasThere = await moveSqlite(path, replaced);
    await rename(copy, path);
    return `Restored ${file}.\n${wasThere ? `The database that was there is kept as ${replaced}.\n` : ''}${prepared}`;
  } finally {
    for (const end of ['', '-wal', '-shm']) await rm(copy + end, { force: true });
  }
}

async function assertBackup(file: string): Promise<void> {
  const db = await connectReadOnly({ kind: 'sqlite', path: file });
  try {
    await readContents(db, 'sqlite');
  } catch (error) {
    // Its sentences are about DATABASE_URL.
    if (error instanceof DatabaseError) throw new Error(`${file} cannot be restored: ${error.detail}.`);
    throw error;
  } finally {
    await db.destroy();
  }
}

/** PostgreSQL: the backup is in place already. */
async function prepareInPlace(settings: DatabaseSettings, now: Date): Promise<string> {
  const db = await connectReadOnly(settings);
  try {
    await readContents(db, settings.kind);
    const leases = new SqlLeases(db, settings.kind, randomUUID());
    if (!(await leases.acquire(RUNNER_LEASE, now, RUNNER_LEASE_MS))) {
      throw new Error('The bot runs, or has ended this moment: stop every instance, then try again.');
    }
  } finally {
    await db.destroy();
  }
  return prepare(settings, now);
}

/** Brings a restored database up to date and expires what it has confirmed. @returns what it holds, in words */
async function prepare(settings: DatabaseSettings, now: Date): Promise<string> {
  const db = await openDatabase(settings);
  try {
    const names = (await expireConfirmed(db, now)).map((name) => namePlain(name));
    const expired =
      names.length === 0 ? '' : `Expired, to be asked for again if Adobe has not begun: ${names.join(', ')}.\n`;
    return `${contentsInWords(await readContents(db, settings.kind))}${expired}Next: npm run audit:verify, then start.\n`;
  } finally {
    await db.destroy();
  }
}
