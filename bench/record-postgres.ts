/** Loaded before the bot: writes every SQL statement it sends to PostgreSQL to the file in RECORD_STATEMENTS, one JSON a line. */
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
