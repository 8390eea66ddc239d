import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { CompiledQuery, QueryResult } from 'kysely';

const MAX_CACHED = 500;

interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

/** A connection of `node:sqlite` that runs Kysely's queries synchronously, on the event loop. */
export class SqliteHandle {
  readonly #database: DatabaseSync;
  /** SQLite takes longer to prepare most of our statements than to run them. */
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const { statement, returnsRows } = this.#prepare(sql);
    const bound = parameters.map(toSqlite);
    if (returnsRows) return { rows: statement.all(...bound) as R[] };
    const { changes, lastInsertRowid } = statement.run(...bound);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#database.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    // Lists of parameters come in every length: without a limit the cache would grow with them.
    if (this.#prepared.size >= MAX_CACHED) this.#prepared.clear();
    this.#prepared.set(sql, prepared);
    return prepared;
  }
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
