import type { Button } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import { code, nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { button, line, type Message, note, type Row, textMessage, toMessage } from './blocks.ts';
import { credentialRows, migrateButton, type OwnerIds } from './credential-row.ts';
import { count } from './formatting.ts';

/** Maximum length of a description that is shown, in characters. */
const DESCRIPTION_LENGTH = 200;

/** The command that was typed, which continues with the chosen credential. */
export type Choosing = 'migrate' | 'status' | 'history';

const CHOICE_BUTTONS: Readonly<Record<Choosing, (credential: ListedCredential) => Button | undefined>> = {
  migrate: migrateButton,
  status: ({ technicalAccountId: value, name }) =>
    button('Status', ACTIONS.showStatus, { value, label: `Status of ${name}` }),
  history: ({ technicalAccountId: value, name }) =>
    button('History', ACTIONS.showHistory, { value, label: `History of ${name}` }),
};

/** One or more credentials match what was typed, but none for certain. `choosing`: null where nothing can be pressed. */
export function severalMessage(
  typed: string,
  credentials: readonly ListedCredential[],
  total: number,
  choosing: Choosing | null,
  now: Date,
  ownerIds?: OwnerIds,
): Message {
  const rest = total - credentials.length;
  const alike = alikeAmong(credentials);
  const words = typed.toLowerCase().split(/\s+/);
  return toMessage([
    line(
      `${count(total, 'credential')} ${total === 1 ? 'matches' : 'match'} ${code(typed)}. ${total === 1 ? 'Is it this one?' : 'Which one?'}`,
    ),
    ...credentials.flatMap((each) => [
      ...credentialRows(each, now, choosing === null ? undefined : CHOICE_BUTTONS[choosing](each), ownerIds),
      matchRow(each, words),
      alike.has(each) ? note(`Technical account ${code(each.technicalAccountId)}`) : null,
    ]),
    rest > 0 ? note(`${rest} more match. Type more of the name, or the technical account id.`) : null,
  ]);
}

/** Credentials that share their name with another one: only their ids distinguish them. */
export function alikeAmong(credentials: readonly ListedCredential[]): ReadonlySet<ListedCredential> {
  const byName = Map.groupBy(credentials, ({ name }) => name.toLowerCase());
  return new Set([...byName.values()].filter(({ length }) => length > 1).flat());
}

/** Where a credential matches, as far as its rows do not show it. */
function matchRow({ name, owner, sandboxes, description }: ListedCredential, words: readonly string[]): Row | null {
  const shown = [name, owner ?? '', ...sandboxes].join('\n').toLowerCase();
  const isElsewhere = words.some((word) => !shown.includes(word) && description.toLowerCase().includes(word));
  return isElsewhere ? note(`Matches in its description: ${code(description, DESCRIPTION_LENGTH)}`) : null;
}

/** No credential matches what was typed. */
export function noneMessage(typed: string, nearest: readonly string[]): Message {
  const hint =
    nearest.length === 0
      ? 'Run `/qs-creds list` to see them all.'
      : `Did you mean ${nearest.map(nameCode).join(', ')}?`;
  return textMessage(`No credential matches ${code(typed)}. ${hint}`);
}
