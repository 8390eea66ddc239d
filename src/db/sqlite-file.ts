import { statSync } from 'node:fs';
import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileReplacedError, toSqliteError } from './sqlite-errors.ts';

/** Nobody else on the machine may read the file. SQLite gives -wal and -shm the same mode. */
export const OWNER_ONLY = 0o600;

/**
 * Creates the file and its folder if needed, readable by the owner alone.
 * @throws {DatabaseError} in words
 */
export async function prepareFile(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await (await open(path, 'a', OWNER_ONLY)).close();
  } catch (error) {
    throw toSqliteError(error);
  }
  // Earlier versions left the files readable. Not every file system and owner allows the change, so errors are ignored.
  for (const file of [path, `${path}-wal`, `${path}-shm`]) await chmod(file, OWNER_ONLY).catch(() => {});
}

/** Tells whether the file at a path is still the one that was there at first. */
export class FileWatch {
  readonly #path: string;
  readonly #first: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#first = this.#identity();
  }

  /** @throws {DatabaseError} in words if it is not */
  check(): void {
    if (this.#identity() !== this.#first) throw fileReplacedError();
  }

  #identity(): string | undefined {
    const stats = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    return stats && `${stats.dev} ${stats.ino}`;
  }
}
