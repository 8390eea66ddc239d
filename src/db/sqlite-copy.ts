import { copyFile, open, rename, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { DatabaseError } from './database-error.ts';
import { resultCodeOf, toSqliteError } from './sqlite-errors.ts';
import { OWNER_ONLY } from './sqlite-file.ts';

const SQLITE_BUSY = 5;
/** Result codes for a file that is damaged, missing, or no database. Source: https://www.sqlite.org/rescode.html */
const UNREADABLE: readonly unknown[] = [11, 14, 26];
/** Files that stay beside an unused database only if it is damaged or gone. SQLite would apply them to another one. */
const SUFFIXES = ['-wal', '-shm'];
/** How long a copy waits for another process's lock. Milliseconds. */
const BUSY_LIMIT_MS = 5_000;

/**
 * Writes a consistent copy of a database, readable by its owner alone, even while other processes write to it.
 * @throws {Error} in words, also if `to` exists; leaves no copy then
 */
export async function copySqlite(from: string, to: string): Promise<void> {
  try {
    // SQLite writes the copy into an existing file if that is empty.
    await (await open(to, 'wx', OWNER_ONLY)).close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST' ? new Error(`${to} exists, and is not overwritten.`) : toSqliteError(error);
  }
  try {
    using database = new DatabaseSync(from, { readOnly: true, timeout: BUSY_LIMIT_MS });
    database.prepare('vacuum into ?').run(to);
    checkIntegrity(to);
    await persist(to);
  } catch (error) {
    await rm(to, { force: true });
    throw toSqliteError(error);
  }
}

/** Flushes to disk, which neither `vacuum into` nor closing the file does: https://www.sqlite.org/lang_vacuum.html */
async function persist(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

function checkIntegrity(path: string): void {
  using database = new DatabaseSync(path, { readOnly: true });
  if (database.prepare('pragma integrity_check').get()?.['integrity_check'] === 'ok') return;
  throw new DatabaseError('the database file is damaged', 'The copy is damaged: check the disk.');
}

/**
 * Replaces a database that no process has open by another one. The old one is kept at `keptPath`, with the files that
 * SQLite keeps beside it. If the process dies meanwhile, either one is in place, never none.
 * @returns whether there was an old one
 * @throws {Error} in words, also if a process has it open, as far as that can be known: for a damaged file it cannot
 */
export async function replaceSqlite(path: string, newPath: string, keptPath: string): Promise<boolean> {
  assertUnused(path);
  const hasOld = await succeedsUnlessMissing(copyFile(path, keptPath));
  try {
    if (hasOld) await persist(keptPath);
    // Checked again, since copying takes a while.
    assertUnused(path);
    for (const suffix of SUFFIXES) await succeedsUnlessMissing(rename(path + suffix, keptPath + suffix));
    await rename(newPath, path);
  } catch (error) {
    for (const suffix of SUFFIXES) await succeedsUnlessMissing(rename(keptPath + suffix, path + suffix));
    await rm(keptPath, { force: true });
    throw toSqliteError(error);
  }
  return hasOld;
}

/** False if the file does not exist. */
async function succeedsUnlessMissing(change: Promise<void>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw toSqliteError(error);
  }
}

function assertUnused(path: string): void {
  try {
    // Mode rw: a missing file is not created.
    const existing = pathToFileURL(path);
    existing.searchParams.set('mode', 'rw');
    using database = new DatabaseSync(existing, { timeout: 0 });
    // This needs exclusive access, and moves the content of the -wal file into the database.
    database.exec('pragma journal_mode = delete');
  } catch (error) {
    const code = resultCodeOf(error);
    if (code === SQLITE_BUSY) {
      throw new Error('The bot runs, or another program has the database open: stop every instance, then try again.');
    }
    if (!UNREADABLE.includes(code)) throw toSqliteError(error);
  }
}
