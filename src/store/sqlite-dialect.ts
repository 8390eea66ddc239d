import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type DialectAdapter, SqliteAdapter, SqliteDialect, type SqliteStatement } from 'kysely';

/** How long a statement waits for another process's write, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/** Kysely's SQLite dialect over the SQLite that comes with Node. */
export class NodeSqliteDialect extends SqliteDialect {
  constructor(path: string) {
    super({
      database: async () => {
        const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
        database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
        return {
          close: () => database.close(),
          prepare: (sql) => prepare(database, sql),
        };
      },
    });
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }
}

/** Without this, instances that start together would each run half of a schema change. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
  // A plain `begin` takes the write lock at the first write and fails there when another process was faster.
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
 * Only what SQLite stores as it stands. A Date or an object as first parameter would be taken for named
 * parameters and shift every column, silently; a plain number would be bound as REAL.
 */
function toSqlite(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  throw new TypeError(`A ${typeof value} cannot be stored: text, numbers and null only.`);
}
