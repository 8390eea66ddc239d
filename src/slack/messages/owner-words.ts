import type { ListedCredential } from '../../credentials/credential.ts';
import { type GroupContent, leftOf, NAMED_PER_OWNER, productionLeftOf } from '../../reminders/owner-group.ts';
import { nameCode } from '../escaping.ts';
import { heldMark, PRODUCTION_SIGN } from './terms.ts';
import { failingMark } from './usage.ts';

/** "@person · 5 left · 🔒 2: `a`, `b` and 3 more", failing and production ones first. `namesShown`: how many names. */
export function theirsWords(who: string, theirs: GroupContent, now: Date, namesShown = NAMED_PER_OWNER): string {
  const left = leftOf(theirs);
  const production = productionLeftOf(theirs);
  const head = `${who} · ${left} left${production === 0 ? '' : ` · ${PRODUCTION_SIGN} ${production}`}`;
  if (namesShown === 0) return head;
  const names = theirs.credentials
    .slice(0, namesShown)
    .map((credential) => `${nameCode(credential.name)}${marksOf(credential, now)}`);
  const rest = left - names.length;
  return `${head}: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Follows a credential in a reminder: unfinished, which is not migrated from here; on hold; failing. */
export function marksOf(credential: ListedCredential, now: Date): string {
  const unfinished = credential.status === 'unfinished' ? ' · *Unfinished*' : '';
  const held = credential.hold === null ? '' : ` · ${heldMark(credential)}`;
  return `${unfinished}${held}${failingMark(credential, now)}`;
}
