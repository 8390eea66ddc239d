import type { ListedCredential } from '../../credentials/credential.ts';
import { code, nameCode } from '../escaping.ts';
import { line, type Message, note, textMessage, toMessage } from './blocks.ts';
import { credentialRows, migrateButton } from './credential-row.ts';
import { count } from './formatting.ts';

/** Several credentials match what was typed. */
export function severalMessage(
  typed: string,
  credentials: readonly ListedCredential[],
  total: number,
  mayMigrate: boolean,
  now: Date,
): Message {
  const rest = total - credentials.length;
  const names = credentials.map(({ name }) => name.toLowerCase());
  const alike = ({ name }: ListedCredential) => names.filter((each) => each === name.toLowerCase()).length > 1;
  return toMessage([
    line(`${count(total, 'credential')} match ${code(typed)}. Which one?`),
    ...credentials.flatMap((each) => [
      ...credentialRows(each, now, mayMigrate ? migrateButton(each) : undefined),
      alike(each) ? note(`Technical account ${code(each.technicalAccountId)}`) : null,
    ]),
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
