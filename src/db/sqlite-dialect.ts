import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { noWalError, resultCodeOf, toSqliteError } from './sqlite-errors.ts';
import { FileWatch } from './sqlite-file.ts';
import { SqliteHandle } from './sqlite-handle.ts';

/** How long a statement or transaction waits for another process's write. Milliseconds. */
const BUSY_LIMIT_MS = 5_000;
const BUSY_RETRY_MS = 20;
const SQLITE_BUSY = 5;

/** Kysely's SQLite dialect over Node's own SQLite. It waits only between attempts: the event loop is never blocked. */
export class NodeSqliteDialect implements Dialect {
  readonly #path: string;
  readonly #isReadOnly: boolean;

  constructor(path: string, access: 'read-write' | 'read-only' = 'read-write') {
    this.#path = path;
    this.#isReadOnly = access === 'read-only';
  }

  createDriver(): SqliteFileDriver {
    return new SqliteFileDriver(this.#path, this.#isReadOnly);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new Adapter();
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }
}

class Adapter extends SqliteAdapter {
  /** Makes Kysely run each schema change in a transaction, so that instances starting together do not interleave. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  /** True, since the driver below serialises writes. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** One connection for writes and transactions, for one caller at a time, and another for reads, which never wait. */
class SqliteFileDriver implements Driver {
  readonly #path: string;
  readonly #isReadOnly: boolean;
  #parts: Parts | undefined;

  constructor(path: string, isReadOnly: boolean) {
    this.#path = path;
    this.#isReadOnly = isReadOnly;
  }

  async init(): Promise<void> {
    try {
      const isOnlyConnection = this.#isReadOnly || this.#path === ':memory:';
      const database = openWithoutWaiting(this.#path, { readOnly: this.#isReadOnly });
      if (!this.#isReadOnly) {
        if (!isOnlyConnection) await useWal(database);
        database.exec('pragma synchronous = full; pragma foreign_keys = on');
      }
      this.#parts = {
        writer: new SqliteHandle(database),
        reader: isOnlyConnection ? null : new SqliteHandle(openWithoutWaiting(this.#path, { readOnly: true })),
        file: isOnlyConnection ? null : new FileWatch(this.#path),
        queue: new Queue(),
      };
    } catch (error) {
      throw toSqliteError(error);
    }
  }

  async acquireConnection(): Promise<Connection> {
    if (this.#parts === undefined) throw new Error('the driver is not initialised');
    return new Connection(this.#parts);
  }

  beginTransaction(connection: DatabaseConnection): Promise<void> {
    return (connection as Connection).begin();
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    (connection as Connection).end('commit');
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    (connection as Connection).end('rollback');
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#parts?.reader?.close();
    this.#parts?.writer.close();
  }
}

interface Parts {
  readonly writer: SqliteHandle;
  /** Null: the writer reads as well. */
  readonly reader: SqliteHandle | null;
  readonly file: FileWatch | null;
  readonly queue: Queue;
}

class Connection implements DatabaseConnection {
  readonly #parts: Parts;
  /** Ends this connection's turn; only inside a transaction. */
  #endTurn: (() => void) | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { writer, reader, queue } = this.#parts;
    if (this.#endTurn !== null) return withSqliteErrorInWords(() => writer.run<R>(query));
    const until = performance.now() + BUSY_LIMIT_MS;
    if (reader !== null && SelectQueryNode.is(query.query)) return whileBusy(() => reader.run<R>(query), until);
    const endTurn = await queue.waitForTurn();
    try {
      return await whileBusy(() => this.#checkedWriter().run<R>(query), until);
    } finally {
      endTurn();
    }
  }

  async begin(): Promise<void> {
    const until = performance.now() + BUSY_LIMIT_MS;
    const endTurn = await this.#parts.queue.waitForTurn();
    try {
      // A plain `begin` takes the write lock at the first write, and fails there if another process wrote meanwhile.
      await whileBusy(() => this.#checkedWriter().exec('begin immediate'), until);
    } catch (error) {
      endTurn();
      throw error;
    }
    this.#endTurn = endTurn;
  }

  end(how: 'commit' | 'rollback'): void {
    const { writer } = this.#parts;
    // After a failed commit comes a rollback. Some errors, such as a full disk, have rolled back already.
    if (how === 'commit') withSqliteErrorInWords(() => writer.exec('commit'));
    try {
      if (writer.isInTransaction) writer.exec('rollback');
    } finally {
      // Otherwise every later write would wait forever.
      this.#endTurn?.();
      this.#endTurn = null;
    }
  }

  /** The writer, for a file that is still in place. @throws {DatabaseError} if it is gone */
  #checkedWriter(): SqliteHandle {
    this.#parts.file?.check();
    return this.#parts.writer;
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not supported');
  }
}

/** First come, first served. */
class Queue {
  #last: Promise<void> = Promise.resolve();

  /** Waits for its turn. @returns the function that ends the turn */
  async waitForTurn(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = promise;
    await before;
    return resolve;
  }
}

/** SQLite's own waiting would block the event loop. */
function openWithoutWaiting(path: string, { readOnly }: { readOnly: boolean }): DatabaseSync {
  return new DatabaseSync(path, { timeout: 0, readOnly });
}

/** Lets others read while one process writes. The mode is stored in the file; setting it needs exclusive access. */
async function useWal(database: DatabaseSync): Promise<void> {
  const set = () => database.prepare('pragma journal_mode = wal').get();
  const mode = await whileBusy(set, performance.now() + BUSY_LIMIT_MS);
  if (mode?.['journal_mode'] === 'wal') return;
  database.close();
  throw noWalError();
}

/** Tries at least once, and again while another process has the lock. `until`: a time of `performance.now()`. */
async function whileBusy<T>(attempt: () => T, until: number): Promise<T> {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (resultCodeOf(error) !== SQLITE_BUSY || performance.now() >= until) throw toSqliteError(error);
    }
    await setTimeout(BUSY_RETRY_MS);
  }
}

function withSqliteErrorInWords<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw toSqliteError(error);
  }
}
