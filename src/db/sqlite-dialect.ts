import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { type DialectAdapter, SqliteAdapter, SqliteDialect, type SqliteStatement } from 'kysely';

/** How long a statement waits for another process's write. Milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
const BUSY_RETRY_MS = 20;
const MAX_CACHED = 500;

/** Kysely's SQLite dialect over the SQLite that comes with Node. */
export class NodeSqliteDialect extends SqliteDialect {
  constructor(path: string, access: 'read-write' | 'read-only' = 'read-write') {
    super({
      database: async () => {
        const readOnly = access === 'read-only';
        const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, readOnly });
        if (!readOnly) {
          await useWal(database);
          database.exec('pragma synchronous = full; pragma foreign_keys = on');
        }
        return { close: () => database.close(), prepare: cached((sql) => prepare(database, sql)) };
      },
    });
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }
}

/**
 * Lets others read while one process writes. The mode is stored in the file and needs exclusive access to set: SQLite's
 * busy timeout does not cover that, so processes that start together would fail without retries.
 */
async function useWal(database: DatabaseSync): Promise<void> {
  const until = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      database.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error;
    }
    await setTimeout(BUSY_RETRY_MS);
  }
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY is 5; the higher bits hold the extended code.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

/** Makes Kysely run each schema change in a transaction, so that instances starting together do not interleave. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** SQLite takes longer to prepare most of our statements than to run them. */
function cached(prepare: (sql: string) => SqliteStatement): (sql: string) => SqliteStatement {
  const statements = new Map<string, SqliteStatement>();
  return (sql) => {
    const statement = statements.get(sql) ?? prepare(sql);
    // Lists of parameters come in every length: without a limit the cache would grow with them.
    if (statements.size >= MAX_CACHED) statements.clear();
    statements.set(sql, statement);
    return statement;
  };
}

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
  // A plain `begin` takes the write lock at the first write, and fails there if another process wrote meanwhile.
  const statement = database.prepare(sql === 'begin' ? 'begin immediate' : sql);
  const bound = (parameters: readonly unknown[]) => parameters.map(toSqlite);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    iterate: (parameters) => statement.iterate(...bound(parameters)),
  };
}

/**
 * Accepts only what SQLite stores unchanged. A Date or an object as first parameter would be taken for named parameters
 * and silently shift every column; a plain number would be bound as REAL.
 */
function toSqlite(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  throw new TypeError(`Cannot store a ${typeof value}: only text, numbers and null.`);
}
