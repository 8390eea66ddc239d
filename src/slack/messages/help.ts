import { code } from '../escaping.ts';
import { COMMAND } from '../ids.ts';
import { type Message, message } from './blocks.ts';

export interface HelpLine {
  /** What to type after the command. */
  readonly usage: string;
  readonly summary: string;
}

/** Answer to `/qs-creds help`, and to what is not understood; lists only what this person may do. */
export function helpMessage(
  lines: readonly HelpLine[],
  unknown: string | null,
  note: string | null,
): Message {
  return message([
    ...(unknown === null ? [] : [`${code(unknown)} is not a command here. These are:`]),
    '*Query Service credentials: from JWT to OAuth Server-to-Server*',
    lines.map(({ usage, summary }) => `\`${COMMAND} ${usage}\` — ${summary}`).join('\n'),
    ...(note === null ? [] : [note]),
  ]);
}
