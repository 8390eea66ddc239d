import type { StoredMessage } from '../../playground/slack/state.ts';

/** Matches a message that precedes the answer but is not the answer. */
const NO_ANSWER = /^⏳ Syncing with Adobe/;
/** The link to the progress in a confirmed question, which is added without anyone pressing anything. */
const ADDED_LINK = /<[^<>|]+\/archives\/\w+\/p\d+\|(A (?:direct|separate) message)>/;

/** Whether someone's act made a message new or changed since these were seen. */
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
