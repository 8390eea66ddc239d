import type { ListedCredential } from '../../credentials/credential.ts';
import { nameCode } from '../escaping.ts';
import { count } from './formatting.ts';

/** Names of a list that are shown; the rest is a number. */
export const NAMES_SHOWN = 3;

/** "5 credentials (`a`, `b`, `c` and 2 more)"; of a single one, its name. */
export function namesWords(credentials: readonly Pick<ListedCredential, 'name'>[]): string {
  return countAndNames(
    credentials.slice(0, NAMES_SHOWN).map(({ name }) => name),
    credentials.length,
  );
}

/** The same, of the first names and the number of all. */
export function countAndNames(names: readonly string[], total: number): string {
  const rest = total - names.length;
  if (total === 1) return names.map(nameCode).join('');
  return `${count(total, 'credential')} (${names.map(nameCode).join(', ')}${rest > 0 ? ` and ${rest} more` : ''})`;
}
