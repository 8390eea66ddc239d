import { parseArgs } from 'node:util';

export interface Options {
  readonly json: boolean;
  readonly post: boolean;
  /** The file that the report is written to; null: none. */
  readonly bundle: string | null;
  readonly help: boolean;
}

export const HELP = `npm run doctor [-- OPTIONS]: checks the settings, Slack, Adobe and the database.
It starts no migration and writes nothing to the database.

  --post         also post one short message in REMINDER_CHANNEL
  --json         print one JSON document instead of lines
  --bundle FILE  also write a report to share: versions, settings by name, checks, counts, last errors;
                 no secret, name, email or id. FILE must not exist
  --help         print this

Exit code: 0 if nothing is wrong, 1 if something is, 78 if a setting is.
`;

/** @throws {Error} in words, for anything that is not an option */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      post: { type: 'boolean', default: false },
      bundle: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { json, post, help, bundle = null } = values;
  if (bundle?.trim() === '') throw new Error('--bundle needs the name of a file.');
  return { json, post, help, bundle };
}
