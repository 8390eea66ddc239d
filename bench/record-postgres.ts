/** Loaded before the bot: appends all SQL statements for PostgreSQL to the file RECORD_STATEMENTS, one JSON a line. */
import { appendFileSync } from 'node:fs';
import pg from 'pg';

const file = process.env['RECORD_STATEMENTS'];
if (file !== undefined) {
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, sql: string, ...rest: never[]) {
    appendFileSync(file, `${JSON.stringify({ sql, parameters: [] })}\n`);
    return Reflect.apply(query, this, [sql, ...rest]);
  } as never;
}
