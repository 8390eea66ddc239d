import type { StoredMessage } from '../../playground/slack/state.ts';

/** No answer: what is said before it. */
const NO_ANSWER = /^⏳ Syncing with Adobe/;
/** In a confirmed question, the way to its progress, which is added when nobody has pressed anything. */
const ADDED_LINK = /<[^<>|]+\/archives\/\w+\/p\d+\|(A (?:direct|separate) message)>/;

/** Whether a message is new or changed since these were seen, by what someone did. */
export function newsSince(seen: readonly StoredMessage[]): (message: StoredMessage) => boolean {
  const before = new Map(seen.map((each) => [each.ts, each]));
  // An edit has new blocks; what a person chooses in a menu leaves them as they are.
  const known = new Set(seen.map(({ blocks }) => blocks));
  return ({ ts, text, blocks }) => {
    const old = before.get(ts)?.text;
    const isLinked = old !== text && old === text.replace(ADDED_LINK, '$1');
    return !known.has(blocks) && !NO_ANSWER.test(text) && !isLinked;
  };
}
