import { DatabaseError } from './database-error.ts';

/** By SQLite's primary result code. Source: https://www.sqlite.org/rescode.html */
const BY_RESULT: Readonly<Record<number, readonly [detail: string, words: string]>> = {
  5: [
    'the database is locked by another process',
    'Another process keeps the SQLite file locked: end its transaction, or stop it.',
  ],
  8: [
    'the database file is read-only',
    'The SQLite file or its folder is read-only: give the user of this process the right to write both.',
  ],
  10: ['the disk of the database fails', 'The disk of the SQLite file returned an error: check it, and its space.'],
  11: ['the database file is damaged', 'The SQLite file is damaged: restore a backup.'],
  13: ['the disk of the database is full', 'The disk of the SQLite file is full: free some space.'],
  14: [
    'the database file cannot be opened',
    'The SQLite file cannot be opened: check the path in DATABASE_URL, and the right to write the folder.',
  ],
  15: noWal(),
  26: [
    'the database file is no database',
    'The file in DATABASE_URL is not an SQLite database: give the path of another one, or restore a backup.',
  ],
};

/** By Node's error code, for errors of creating the folder or the file. */
const BY_CODE: Readonly<Record<string, keyof typeof BY_RESULT>> = {
  EACCES: 8,
  EPERM: 8,
  EROFS: 8,
  ENOSPC: 13,
  EDQUOT: 13,
  EISDIR: 14,
  ENOTDIR: 14,
  EEXIST: 14,
  ENOENT: 14,
};

function noWal(): [string, string] {
  return [
    'the disk of the database cannot be shared',
    'SQLite cannot write ahead there, as on a network drive: put the file on a local disk, or use PostgreSQL.',
  ];
}

/** SQLite's write-ahead log is not available for this file. */
export function noWalError(): DatabaseError {
  return new DatabaseError(...noWal());
}

/** The file is gone or was replaced: what is written now is lost at the next start. */
export function fileReplacedError(): DatabaseError {
  return new DatabaseError(
    'the database file was deleted or replaced',
    'The SQLite file was deleted or replaced while the bot runs: put it back, or restart to go on with what is there now.',
  );
}

/** SQLite's primary result code; undefined for other errors. */
export function resultCodeOf(error: unknown): number | undefined {
  // The higher bits contain the extended code.
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}

/** Puts an error that is not the fault of a statement in words; others are returned unchanged. */
export function toSqliteError(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  const known = BY_RESULT[resultCodeOf(error) ?? BY_CODE[code] ?? 0];
  return known === undefined ? error : new DatabaseError(...known, error);
}
