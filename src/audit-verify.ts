import { parseArgs } from 'node:util';
import { verifyAudit } from './audit/store.ts';
import type { NotedRow } from './audit/verification.ts';
import { ConfigError, EX_CONFIG, readDatabaseSettings } from './config/config.ts';
import { openReadOnly } from './db/database.ts';

/** Exit code: the trail was altered. */
const ALTERED = 1;
/** Exit code: nothing could be verified. */
const NOT_VERIFIED = 2;

/** Verifies the audit trail of the database in DATABASE_URL: `npm run audit:verify [-- --head <row>:<hash>]`. */
async function main(): Promise<number> {
  // Earlier versions called this option `--expect`.
  const { values } = parseArgs({ options: { head: { type: 'string' }, expect: { type: 'string' } } });
  const given = values.head ?? values.expect;
  const noted = given === undefined ? null : parseNotedRow(given);
  const db = await openReadOnly(readDatabaseSettings());
  try {
    const { head, findings } = await verifyAudit(db, noted);
    if (findings.length > 0) {
      process.stdout.write(`The audit trail was altered.\n${findings.join('\n')}\n`);
      return ALTERED;
    }
    process.stdout.write(
      `Rows verified: ${head.count}. None was changed, removed, added or swapped.\nLast row, to note elsewhere: ${head.count}:${head.hash}\n`,
    );
    return 0;
  } finally {
    await db.destroy();
  }
}

function parseNotedRow(text: string): NotedRow {
  const [, id, hash] = /^(\d{1,15}):([0-9a-f]{16,64})$/.exec(text) ?? [];
  if (id === undefined || hash === undefined) {
    throw new Error('--head must be <row>:<hash>, as in a digest or as printed by an earlier verification.');
  }
  return { id: Number(id), hash };
}

try {
  process.exitCode = await main();
} catch (error) {
  // An AggregateError, of several addresses that did not respond, has a code but no message.
  const { message, code } = error as NodeJS.ErrnoException;
  const isConfigError = error instanceof ConfigError;
  const prefix = isConfigError ? '' : 'The audit trail could not be verified: ';
  process.stderr.write(`${prefix}${message || code}\n`);
  process.exitCode = isConfigError ? EX_CONFIG : NOT_VERIFIED;
}
