/** @import { PageConversation } from '../slack/contract.ts' */

let shownBefore = '';
/** @type {string | null} */
let newFrom = null;

/**
 * Where the line "New" stands: before what was unread on arrival, or came while nobody looked.
 * @param {string} shown who sees what
 * @param {PageConversation} conversation
 */
export function newLine(shown, { firstUnread }) {
  if (shown !== shownBefore || (document.hidden && firstUnread)) newFrom = firstUnread;
  shownBefore = shown;
  return newFrom;
}
