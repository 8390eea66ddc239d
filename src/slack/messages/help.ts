import type { Migrators } from '../../access/access.ts';
import { code } from '../escaping.ts';
import { COMMAND } from '../ids.ts';
import { line, type Message, toMessage } from './blocks.ts';
import { migratorWords } from './denials.ts';

/**
 * Reply to `/qs-creds help` and to an unknown command. `unknown`: what was typed, if it was not understood, and the command most like it.
 * `migrators`: whom to ask, for a person who may not migrate.
 */
export function helpMessage(
  lines: readonly { usage: string; summary: string }[],
  unknown: { readonly typed: string; readonly nearest: string | null } | null,
  migrators: Migrators | null,
): Message {
  return toMessage([
    unknown === null ? null : line(unknownCommandWords(unknown)),
    line('*Query Service credentials: from JWT to OAuth Server-to-Server*'),
    line(lines.map(({ usage, summary }) => `\`${COMMAND} ${usage}\` — ${summary}`).join('\n')),
    migrators === null ? null : line(`To migrate, ask ${migratorWords(migrators)}.`),
  ]);
}

function unknownCommandWords({ typed, nearest }: { readonly typed: string; readonly nearest: string | null }): string {
  const hint = nearest === null ? '' : ` Did you mean \`${COMMAND} ${nearest}\`?`;
  return `Unknown command ${code(typed)}.${hint} These are the commands:`;
}
