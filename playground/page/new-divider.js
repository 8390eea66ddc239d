/** @import { PageConversation } from '../slack/contract.ts' */

let shownBefore = '';
/** @type {string | null} */
let newFrom = null;

/**
 * The message below the "New" divider: the first one that was unread when the conversation was opened, or that arrived
 * while the page was hidden; null without one.
 * @param {string} shown the person and the conversation
 * @param {PageConversation} conversation
 */
export function newDivider(shown, { firstUnread }) {
  if (shown !== shownBefore || (document.hidden && firstUnread)) newFrom = firstUnread;
  shownBefore = shown;
  return newFrom;
}
