import type { ListedCredential } from '../../credentials/credential.ts';
import { code, nameCode } from '../escaping.ts';
import { line, type Message, note, textMessage, toMessage } from './blocks.ts';
import { count } from './formatting.ts';
import { credentialLine, migrateButton } from './list.ts';

/** Several credentials match what was typed. */
export function severalMessage(
  typed: string,
  credentials: readonly ListedCredential[],
  total: number,
  mayMigrate: boolean,
  now: Date,
): Message {
  const rest = total - credentials.length;
  return toMessage([
    line(`${count(total, 'credential')} match ${code(typed)}. Which one?`),
    ...credentials.map((each) =>
      line(
        `${credentialLine(each, now)} · ${code(each.technicalAccountId)}`,
        mayMigrate ? migrateButton(each) : undefined,
      ),
    ),
    rest > 0 ? note(`${rest} more match. Type more of the name, or the technical account id.`) : null,
  ]);
}

/** No credential matches what was typed. */
export function noneMessage(typed: string, nearest: readonly string[]): Message {
  const hint =
    nearest.length === 0
      ? 'Run `/qs-creds list` to see them all.'
      : `Did you mean ${nearest.map(nameCode).join(', ')}?`;
  return textMessage(`No credential matches ${code(typed)}. ${hint}`);
}
