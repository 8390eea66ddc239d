import { Kysely, PostgresAdapter, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { toPostgresError } from './postgres-errors.ts';
import type { Tables } from './tables.ts';

/** Limit for opening a connection, or for waiting until one is free. Milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Limit for one statement. Milliseconds. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** How long a connection that was lost without notice can keep its locks. Milliseconds. */
const IDLE_IN_TRANSACTION_MS = 15_000;

/** SQLSTATE of a write on a standby. */
const READ_ONLY = '25006';

/**
 * The server's limits, set for each transaction: PgBouncer rejects a startup packet that contains them, and in its
 * transaction mode a session's setting would affect other clients.
 */
const LIMITS = `set local statement_timeout = ${STATEMENT_TIMEOUT_MS}; set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`;

/** Connects to PostgreSQL, or to PgBouncer in any mode. Uses no session state: no named statement, no session lock. */
export function connectPostgres(url: string): Kysely<Tables> {
  // PostgreSQL's count(*) is a bigint, which would arrive as text; our counts fit a number.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new Pool(url);
  return new Kysely({ dialect: new Dialect({ pool }) });
}

class Dialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new Adapter();
  }
}

/** `updateSchema` locks instead: Kysely's lock belongs to the session, and outlives PgBouncer's transactions. */
class Adapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/** pg's pool, but dead connections are dropped. */
class Pool implements PostgresPool {
  /** Only needed for cancelling queries, which we do not do. */
  readonly options = {};
  readonly #pool: pg.Pool;
  readonly #idle = new Set<pg.PoolClient>();

  constructor(url: string) {
    this.#pool = new pg.Pool({
      connectionString: withoutDeprecatedModes(url),
      max: 5,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    // The next query replaces a broken connection; without a listener the error would end the process.
    this.#pool.on('error', () => {});
    // The pool does not listen to a connection that is in use.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#pool.on('remove', (client) => this.#idle.delete(client));
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw toPostgresError(error);
    });
    this.#idle.delete(client);
    return {
      query: (sql: string, parameters: unknown[]) => this.#query(client, sql, parameters),
      release: (isBroken: boolean) => {
        this.#idle.add(client);
        client.release(isBroken);
      },
    } as unknown as PostgresPoolClient;
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  async #query(client: pg.PoolClient, sql: string, parameters: unknown[]) {
    const limit = setTimeout(() => {
      this.#replaceAll(client);
    }, STATEMENT_TIMEOUT_MS);
    try {
      return await client.query(/^(begin|start transaction)\b/.test(sql) ? `${sql}; ${LIMITS}` : sql, parameters);
    } catch (error) {
      // After a failover, these connections lead to the former primary: a new connection finds the current one.
      if (error instanceof pg.DatabaseError && error.code === READ_ONLY) this.#replaceAll(client);
      if (sql !== 'rollback') throw toPostgresError(error);
      // The error before the rollback is the one to report, and without its connection the server rolls back.
      destroy(client);
      return { command: 'ROLLBACK', rowCount: null, rows: [] };
    } finally {
      clearTimeout(limit);
    }
  }

  /** Connections are lost together: if the network or the server has dropped one, it has dropped the idle ones too. */
  #replaceAll(client: pg.PoolClient): void {
    for (const lost of [client, ...this.#idle]) destroy(lost);
  }
}

/** Queries that wait for the connection fail at once, and the pool drops it. */
function destroy(client: pg.ClientBase): void {
  const { stream } = (client as pg.ClientBase & { connection: pg.Connection }).connection;
  stream.destroy(new Error('timeout'));
}

/**
 * pg treats these modes as `verify-full`, and warns about it in plain text on stderr. With `uselibpqcompat=true` they
 * mean what they mean to psql.
 */
function withoutDeprecatedModes(url: string): string {
  const { searchParams } = new URL(url);
  if (searchParams.get('uselibpqcompat') === 'true') return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}
