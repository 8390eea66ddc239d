import { type RawBuilder, sql } from 'kysely';
import { storable } from '../db/values.ts';

/** How much of a key is indexed, since PostgreSQL limits index entries. Characters. */
export const INDEXED_LENGTH = 400;

type KeyColumn = 'name_key' | 'owner_key';

/** Text in the form it is compared in: NFKC, lower case, trimmed. */
export function searchKey(text: string): string {
  return storable(text).normalize('NFKC').toLowerCase().trim();
}

/** Whether a key equals this one, using the index of its beginning. */
export function isKey(column: KeyColumn, key: string): RawBuilder<boolean> {
  return sql<boolean>`(${indexedColumn(column)} = ${indexedPart(key)} and ${sql.ref(column)} = ${key})`;
}

/** The part of a key that is indexed; in the order of keys, it is never before that of an earlier key. */
export function indexedPart(key: string): string {
  return [...key].slice(0, INDEXED_LENGTH).join('');
}

/** The beginning of a key, in the same form as in the index. */
export function indexedColumn(column: KeyColumn | `present.${KeyColumn}` | 'recipients.owner_key'): RawBuilder<string> {
  return sql<string>`substr(${sql.ref(column)}, 1, ${sql.lit(INDEXED_LENGTH)})`;
}

/** Pattern for `search_text like`: everything that contains this word. */
export function containing(word: string): RawBuilder<string> {
  const literal = searchKey(word).replace(/[!%_]/g, (character) => `!${character}`);
  return sql<string>`${`%${literal}%`} escape '!'`;
}
