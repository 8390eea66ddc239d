import { type GroupContent, leftOf, NAMED_PER_OWNER, productionLeftOf } from '../../reminders/owner-group.ts';
import { nameCode } from '../escaping.ts';
import { heldSuffix, unfinishedMark } from './reminders.ts';
import { PRODUCTION_SIGN } from './terms.ts';
import { failingMark } from './usage.ts';

/** "@person · 5 left · 🔒 2: `a`, `b` and 3 more", failing and production ones first. `shown`: how many names. */
export function theirsWords(who: string, theirs: GroupContent, now: Date, shown = NAMED_PER_OWNER): string {
  const left = leftOf(theirs);
  const production = productionLeftOf(theirs);
  const head = `${who} · ${left} left${production === 0 ? '' : ` · ${PRODUCTION_SIGN} ${production}`}`;
  if (shown === 0) return head;
  const names = theirs.credentials
    .slice(0, shown)
    .map((each) => `${nameCode(each.name)}${unfinishedMark(each)}${heldSuffix(each)}${failingMark(each, now)}`);
  const rest = left - names.length;
  return `${head}: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
