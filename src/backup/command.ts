import { parseArgs } from 'node:util';
import { ConfigError, EX_CONFIG, readDatabaseSettings } from '../config/config.ts';
import type { DatabaseSettings } from '../db/database.ts';
import type { Contents } from './store.ts';

/** The command was called incorrectly; its help says how to call it. */
export class UsageError extends Error {}

/** The work of a command, on the database in DATABASE_URL. @returns what the command prints when it is done */
type Work = (settings: DatabaseSettings, file: string | null) => Promise<string>;

/** Runs a command that takes at most one FILE. Sets the exit code: 0 done, 1 not done, 78 `DATABASE_URL` is invalid. */
export async function runCommand(help: string, work: Work): Promise<void> {
  try {
    const options = { help: { type: 'boolean', short: 'h', default: false } } as const;
    const { values, positionals } = parse(() => parseArgs({ options, allowPositionals: true }));
    const [file = null, ...others] = positionals;
    if (values.help) return say(help);
    if (others.length > 0) throw new UsageError('More than one FILE was given.');
    say(await work(readDatabaseSettings(), file));
  } catch (error) {
    // An AggregateError, for several addresses that did not respond, has a code but no message.
    const { message, code } = error as NodeJS.ErrnoException;
    process.stderr.write(`${message || code}\n${error instanceof UsageError ? `\n${help}` : ''}`);
    process.exitCode = error instanceof ConfigError ? EX_CONFIG : 1;
  }
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function say(text: string): void {
  process.stdout.write(text);
}

/** What a database holds, in a few lines. */
export function contentsInWords({ missing, migrations, lastEntry }: Contents): string {
  const counts = migrations.map(({ state, count }) => `${count} ${state.replaceAll('_', ' ')}`).join(', ');
  const until = lastEntry === null ? 'empty' : `up to ${lastEntry.slice(0, 19).replace('T', ' ')} UTC`;
  const schema = missing.length === 0 ? 'of this version' : `of an older version (without ${missing.join(', ')})`;
  return `Migrations: ${counts || 'none'}.\nHistory: ${until}.\nSchema: ${schema}.\n`;
}
