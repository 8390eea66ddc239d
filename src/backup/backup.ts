import { connectReadOnly, type DatabaseSettings } from '../db/database.ts';
import { copySqlite } from '../db/sqlite-copy.ts';
import { contentsInWords, UsageError } from './command.ts';
import { readContents } from './store.ts';

export const BACKUP_HELP = `npm run backup -- FILE: copies the SQLite database in DATABASE_URL to FILE, also while the bot runs.
FILE must not exist. The copy is consistent, is checked, and may be read by its owner alone.

PostgreSQL has its own tool, while the bots run:
  pg_dump --format=custom --file=FILE "$DATABASE_URL"

  --help  print this

Exit code: 0 if the backup is there, 1 if not, 78 if DATABASE_URL is invalid.
`;

/**
 * Backs up an SQLite database.
 * @returns what the backup holds, in words
 * @throws {Error} in words; then it leaves no file
 */
export async function backUp(settings: DatabaseSettings, file: string | null): Promise<string> {
  if (settings.kind === 'postgres') throw new UsageError('Nothing was backed up: DATABASE_URL is a PostgreSQL.');
  if (settings.path === ':memory:') throw new Error('Nothing was backed up: the database is in memory.');
  if (file === null) throw new UsageError('The FILE to write is missing.');
  // Read first, since a file of another program must not be copied.
  const db = await connectReadOnly(settings);
  try {
    await readContents(db, 'sqlite');
  } finally {
    await db.destroy();
  }
  await copySqlite(settings.path, file);
  const copy = await connectReadOnly({ kind: 'sqlite', path: file });
  try {
    return `Backed up to ${file}.\n${contentsInWords(await readContents(copy, 'sqlite'))}`;
  } finally {
    await copy.destroy();
  }
}
