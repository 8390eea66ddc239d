import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { connectReadOnly, type DatabaseSettings, openDatabase } from '../db/database.ts';
import { DatabaseError } from '../db/database-error.ts';
import { SqlLeases } from '../db/leases.ts';
import { copySqlite, replaceSqlite } from '../db/sqlite-copy.ts';
import { RUNNER_LEASE, RUNNER_LEASE_MS } from '../migrations/runner.ts';
import { namePlain } from '../slack/escaping.ts';
import { contentsInWords, UsageError } from './command.ts';
import { type Contents, expireConfirmed, readContents } from './store.ts';

export const RESTORE_HELP = `npm run restore -- FILE: puts the backup FILE in the place of the SQLite database in DATABASE_URL.
Stop every instance first. The database that is there now is kept beside it, under a name with the date. A backup of
another organisation than ADOBE_ORG_ID, or without that, than the database's, is refused.

PostgreSQL: stop every instance, then
  pg_restore --clean --if-exists --no-owner --single-transaction --dbname="$DATABASE_URL" FILE
  npm run restore

Either way the schema is brought up to date, and what was confirmed in the backup and not sent expires: it may have been sent
since, and a confirmation counts once.

  --help  print this

Exit code: 0 if the backup is in place, 1 if not, 78 if DATABASE_URL is invalid.
`;

/**
 * Restores a backup, or makes a restored PostgreSQL database ready for use. `organisation`: the one that the backup
 * must belong to; null: the one of the database that it replaces.
 * @returns what the database holds now, in words
 */
export async function restore(
  settings: DatabaseSettings,
  file: string | null,
  now: Date,
  organisation: string | null = null,
): Promise<string> {
  if (settings.kind === 'postgres') {
    if (file !== null) throw new UsageError('Nothing was restored: DATABASE_URL is a PostgreSQL, so leave out FILE.');
    return prepareInPlace(settings, now, organisation);
  }
  if (settings.path === ':memory:') throw new Error('Nothing was restored: the database is in memory.');
  if (file === null) throw new UsageError('The FILE to restore is missing.');
  if (!existsSync(file)) throw new Error(`${file} does not exist.`);
  return restoreFile(settings.path, file, now, organisation);
}

async function restoreFile(given: string, file: string, now: Date, organisation: string | null): Promise<string> {
  // A symbolic link stays: the file that it points to is replaced, on that file's own disk.
  const path = existsSync(given) ? realpathSync(given) : given;
  const stamp = now.toISOString().replaceAll(':', '-');
  const [copy, replaced] = [`${path}.restoring-${stamp}`, `${path}.replaced-${stamp}`];
  try {
    const { organisations } = await readBackup(file);
    const before = organisation === null ? await readContentsOf(path).catch(() => null) : null;
    assertSameOrganisation(file, organisations, organisation === null ? (before?.organisations ?? []) : [organisation]);
    await mkdir(dirname(path), { recursive: true });
    await copySqlite(file, copy);
    const prepared = await prepare({ kind: 'sqlite', path: copy }, now);
    // As late as possible, so that an instance that starts in the meantime is noticed.
    const wasThere = await replaceSqlite(path, copy, replaced);
    return `Restored ${file}.\n${wasThere ? `The database that was there is kept as ${replaced}.\n` : ''}${prepared}`;
  } finally {
    for (const end of ['', '-wal', '-shm']) await rm(copy + end, { force: true });
  }
}

async function readBackup(file: string): Promise<Contents> {
  try {
    return await readContentsOf(file);
  } catch (error) {
    // Only its detail, since its message is about DATABASE_URL.
    if (error instanceof DatabaseError) throw new Error(`${file} cannot be restored: ${error.detail}.`);
    throw error;
  }
}

async function readContentsOf(path: string): Promise<Contents> {
  const db = await connectReadOnly({ kind: 'sqlite', path });
  try {
    return await readContents(db, 'sqlite');
  } finally {
    await db.destroy();
  }
}

/** A database without migrations fits every organisation. @throws {Error} in words */
function assertSameOrganisation(what: string, held: readonly string[], expected: readonly string[]): void {
  if (held.length === 0 || expected.length === 0 || held.some((each) => expected.includes(each))) return;
  const [theirs, ours] = [held, expected].map((each) => each.map((id) => namePlain(id)).join(', '));
  throw new Error(
    `${what} holds the migrations of another organisation, ${theirs} instead of ${ours}: choose the right backup, or set ADOBE_ORG_ID to that organisation.`,
  );
}

/** For PostgreSQL, where the backup is already in place. */
async function prepareInPlace(settings: DatabaseSettings, now: Date, organisation: string | null): Promise<string> {
  const db = await connectReadOnly(settings);
  try {
    const { organisations } = await readContents(db, settings.kind);
    assertSameOrganisation('DATABASE_URL', organisations, organisation === null ? [] : [organisation]);
    const leases = new SqlLeases(db, settings.kind, randomUUID());
    if (!(await leases.acquire(RUNNER_LEASE, now, RUNNER_LEASE_MS))) {
      throw new Error('The bot runs, or has ended this moment: stop every instance, then try again.');
    }
  } finally {
    await db.destroy();
  }
  return prepare(settings, now);
}

/** Brings a restored database up to date and expires its confirmed migrations. @returns what it holds, in words */
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
