import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { connectReadOnly, type Database, type DatabaseSettings } from '../db/database.ts';
import { newerVersionError, readSchemaState } from '../db/schema.ts';
import { toSqliteError } from '../db/sqlite-errors.ts';
import type { Engine } from '../db/tables.ts';
import { waitAtMost } from '../lib/timeout.ts';
import type { CheckRun } from './check.ts';
import { sentenceFault } from './faults.ts';
import { good, type Outcome, open } from './outcome.ts';

/**
 * Checks whether the database can be opened, and its schema. Changes nothing in it.
 * @returns the database, to be destroyed by the caller; null if this version cannot read it
 */
export async function checkDatabase(run: CheckRun, settings: DatabaseSettings): Promise<Database | null> {
  let readable: Database | null = null;
  await run.run({ id: 'database', title: 'Database', settings: ['DATABASE_URL'] }, async () => {
    if (settings.kind === 'sqlite') {
      const outcome = fileOutcome(settings.path);
      if (outcome !== null) return outcome;
    }
    const db = await connectReadOnly(settings);
    try {
      const { outcome, isCurrent } = await schemaOutcome(db, settings.kind);
      if (isCurrent) readable = db;
      return outcome;
    } finally {
      if (readable === null) await db.destroy();
    }
  });
  return readable;
}

/** How long the database may take to close. Milliseconds. */
const CLOSE_MS = 2_000;

/** Closes within a time limit, since PostgreSQL may have stopped responding. */
export async function closeDatabase(db: Database): Promise<void> {
  await waitAtMost(db.destroy(), CLOSE_MS);
}

/** What is known without opening the file; null: it exists and may be written. @throws {DatabaseError} */
function fileOutcome(path: string): Outcome | null {
  if (path === ':memory:') return open('in memory: there is nothing to look at');
  const folder = dirname(resolve(path));
  if (!existsSync(path)) {
    assertNewFiles(nearestExisting(folder));
    return good('it does not exist yet; the first start creates it', { engine: 'sqlite', exists: false });
  }
  // SQLite writes files beside it.
  assertNewFiles(folder);
  assertWritable(path);
  return null;
}

function nearestExisting(folder: string): string {
  let each = folder;
  while (!existsSync(each) && each !== dirname(each)) each = dirname(each);
  return each;
}

/** Creates an empty file and removes it: nothing else detects read-only disks, full disks and missing rights alike. */
function assertNewFiles(folder: string): void {
  const file = join(folder, `.qs-creds-doctor-${process.pid}`);
  try {
    closeSync(openSync(file, 'wx'));
    rmSync(file);
  } catch (error) {
    throw toSqliteError(error);
  }
}

function assertWritable(file: string): void {
  try {
    closeSync(openSync(file, 'r+'));
  } catch (error) {
    throw toSqliteError(error);
  }
}

async function schemaOutcome(db: Database, engine: Engine): Promise<{ outcome: Outcome; isCurrent: boolean }> {
  const { isOurs, isEmpty, missing, unknown } = await readSchemaState(db, engine);
  const facts = { engine, missing: missing.length, unknown: unknown.length };
  if (unknown.length > 0) {
    const { message } = newerVersionError(unknown, null);
    return { outcome: sentenceFault(message, { ...facts, problem: 'newer version' }), isCurrent: false };
  }
  if (!isOurs) {
    const others = isEmpty ? 'it is empty' : 'it holds other tables, and none of qs-creds';
    return { outcome: good(`${others}; the first start creates what it needs`, facts), isCurrent: false };
  }
  if (missing.length === 0) return { outcome: good('it opens, and its schema is current', facts), isCurrent: true };
  const older = `it opens; the next start brings its schema up to date (${missing.join(', ')})`;
  return { outcome: good(older, facts), isCurrent: false };
}
