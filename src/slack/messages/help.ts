import type { Migrators } from '../../access/access.ts';
import { code } from '../escaping.ts';
import { COMMAND } from '../ids.ts';
import { line, type Message, toMessage } from './blocks.ts';
import { migratorWords } from './denials.ts';

/**
 * Reply to `/qs-creds help` and to an unknown command. `unknown`: what was typed, if it was not understood.
 * `migrators`: whom to ask, for a person who may not migrate.
 */
export function helpMessage(
  lines: readonly { usage: string; summary: string }[],
  unknown: string | null,
  migrators: Migrators | null,
): Message {
  return toMessage([
    unknown === null ? null : line(`Unknown command ${code(unknown)}. These are the commands:`),
    line('*Query Service credentials: from JWT to OAuth Server-to-Server*'),
    line(lines.map(({ usage, summary }) => `\`${COMMAND} ${usage}\` — ${summary}`).join('\n')),
    migrators === null ? null : line(`To migrate, ask ${migratorWords(migrators)}.`),
  ]);
}
