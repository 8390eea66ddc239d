import { wordsOf } from '../credentials/catalogue.ts';
import { CREDENTIAL_STATUSES } from '../credentials/credential.ts';
import { LIST_TRAITS, type ListView } from '../slack/messages/list-view.ts';
import type { Mentions } from './typed-text.ts';

/** Maximum length of what is read, since words travel in button values of 2000 characters; no real search is longer. */
const MAX_CHARACTERS = 200;

/**
 * Converts "`production unknown @owner etl`" to what the list shows: filters by their names on screen and a mentioned
 * person, in any order; the rest is searched for.
 */
export function parseListView(args: string, mentions: Mentions): ListView {
  const words = wordsOf(args.slice(0, MAX_CHARACTERS));
  const statuses = new Set<(typeof CREDENTIAL_STATUSES)[number]>();
  const traits = new Set<(typeof LIST_TRAITS)[number]>();
  const rest: string[] = [];
  const scopes = new Set<string>();
  let owner: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const oneWord = (words[at] ?? '').toLowerCase();
    const twoWords = `${oneWord}_${(words[at + 1] ?? '').toLowerCase()}`;
    const isTwoWords = isOneOf(CREDENTIAL_STATUSES, twoWords) || isOneOf(LIST_TRAITS, twoWords);
    const name = isTwoWords ? twoWords : oneWord.replaceAll('-', '_');
    if (isTwoWords) at += 1;
    const mentioned = mentions.get(words[at] ?? '');
    if (mentioned !== undefined) owner = mentioned;
    else if (isOneOf(CREDENTIAL_STATUSES, name)) statuses.add(name);
    else if (isOneOf(LIST_TRAITS, name)) traits.add(name);
    else if (name === 'mine' || name === 'left' || name === 'all') scopes.add(name);
    // Without `should_escape` in the manifest, a mention arrives as it was typed, and is searched for in emails.
    else rest.push((words[at] ?? '').replace(/^@(?=.)/, ''));
  }
  return {
    ...(statuses.size > 0 && { statuses: [...statuses] }),
    ...(traits.size > 0 && { traits: [...traits] }),
    ...(owner !== undefined && { owner }),
    ...(owner === undefined && scopes.has('mine') && { mine: true }),
    ...(scopes.has('left') && { left: true }),
    ...(scopes.has('all') && { all: true }),
    ...(rest.length > 0 && { words: rest }),
    offset: 0,
  };
}

function isOneOf<T extends string>(all: readonly T[], name: string): name is T {
  return (all as readonly string[]).includes(name);
}
