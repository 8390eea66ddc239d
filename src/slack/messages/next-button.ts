import type { Button } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import { namePlain } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { type ButtonOptions, button, MAX_LABEL } from './blocks.ts';

const WORDS = 'Migrate next';

/** What the button needs to know about a credential. */
export type Next = Pick<ListedCredential, 'technicalAccountId' | 'name'>;

/** Asks to migrate the next credential, and names it if it is known. `left`: how many are left; null: not shown. */
export function migrateNextButton(
  next: Next | null,
  left: number | null,
  { style }: Pick<ButtonOptions, 'style'> = {},
): Button {
  const options = style === undefined ? {} : { style };
  if (next === null) return button(WORDS, ACTIONS.migrateNext, options);
  const rest = left === null ? '' : ` (${left} left)`;
  const name = namePlain(next.name, MAX_LABEL - `${WORDS}: ${rest}`.length);
  return button(`${WORDS}: ${name}${rest}`, ACTIONS.migrateNext, { value: next.technicalAccountId, ...options });
}
