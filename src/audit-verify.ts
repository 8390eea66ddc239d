import { parseArgs } from 'node:util';
import { type NotedRow, verifyAudit } from './audit/verification.ts';
import { environmentSchema } from './config/schema.ts';
import { openForReading } from './db/database.ts';

/** The trail is damaged. */
const DAMAGED = 1;
/** Nothing could be verified. */
const NOT_VERIFIED = 2;
/** As the app itself says that a setting has to be changed: sysexits' EX_CONFIG. */
const EX_CONFIG = 78;

/** Verifies the audit trail of the database in DATABASE_URL: `npm run audit:verify [-- --expect <row>:<hash>]`. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { expect: { type: 'string' } } });
  const noted = values.expect === undefined ? null : readNoted(values.expect);
  const url = environmentSchema.shape.DATABASE_URL.safeParse(
    process.env['DATABASE_URL']?.trim() || undefined,
  );
  if (!url.success) {
    process.stderr.write(`DATABASE_URL ${url.error.issues[0]?.message}\n`);
    return EX_CONFIG;
  }
  const db = await openForReading(url.data);
  try {
    const { head, damage } = await verifyAudit(db, noted);
    if (damage.length > 0) {
      process.stdout.write(`The audit trail is not as it was written.\n${damage.join('\n')}\n`);
      return DAMAGED;
    }
    process.stdout.write(
      `Rows verified: ${head.count}. None is changed, missing, added or swapped.\nLast row, to be noted elsewhere: ${head.count}:${head.hash}\n`,
    );
    return 0;
  } finally {
    await db.destroy();
  }
}

function readNoted(text: string): NotedRow {
  const [, id, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (id === undefined || hash === undefined) {
    throw new Error('--expect wants <row>:<hash> as an earlier verification printed it.');
  }
  return { id: Number(id), hash };
}

try {
  process.exitCode = await main();
} catch (error) {
  // Several addresses that did not answer come as one error without words.
  const { message, code } = error as NodeJS.ErrnoException;
  process.stderr.write(`The audit trail could not be verified: ${message || code}\n`);
  process.exitCode = NOT_VERIFIED;
}
