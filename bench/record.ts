/** Loaded before the bot: appends all SQL statements for SQLite to the file RECORD_STATEMENTS, one JSON a line. */
import { appendFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const file = process.env['RECORD_STATEMENTS'];
if (file !== undefined) {
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string) {
    const statement = prepare.call(this, sql);
    for (const method of ['all', 'run'] as const) {
      const original = statement[method];
      statement[method] = ((...parameters: never[]) => {
        const plain = parameters.map((each: unknown) => (typeof each === 'bigint' ? Number(each) : each));
        appendFileSync(file, `${JSON.stringify({ sql, parameters: plain })}\n`);
        return Reflect.apply(original, statement, parameters);
      }) as never;
    }
    return statement;
  };
}
