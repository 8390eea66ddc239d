/** @import { PageConversation, PageMessage, PageState } from '../slack/contract.ts' */
/** @import { World } from './modal.js' */
import { here, showThread } from './address.js';
import { byId, focusOn } from './dom.js';
import { drawMessages, messageList } from './messages.js';
import { StickToEnd } from './stick-to-end.js';

const pane = byId('thread');
const place = byId('thread-place');
const end = new StickToEnd(place);

/** Replies, grouped by the message they reply to. @param {readonly PageMessage[]} messages */
export function repliesIn(messages) {
  const replies = messages.filter(({ threadTs }) => threadTs !== null);
  return Map.groupBy(replies, ({ threadTs }) => threadTs ?? '');
}

/**
 * Shows the thread named in the URL, or none.
 * @param {PageConversation | undefined} conversation
 * @param {PageState} state
 * @param {World} world
 */
export function drawThread(conversation, state, world) {
  const { thread } = here();
  const parent = conversation?.messages.find(({ ts }) => ts === thread);
  pane.hidden = !parent;
  if (!conversation || !parent) {
    delete pane.dataset['thread'];
    place.replaceChildren();
    return;
  }
  const isNew = pane.dataset['thread'] !== thread;
  byId('thread-of').textContent = conversation.name;
  if (isNew) {
    place.replaceChildren(messageList(`Thread in ${conversation.name}`));
    pane.dataset['thread'] = thread;
    byId('reply').focus();
  }
  const list = /** @type {Element} */ (place.firstElementChild);
  const messages = [parent, ...(repliesIn(conversation.messages).get(thread) ?? [])];
  const shown = { channel: conversation.id, messages, replies: new Map(), inThread: true };
  drawMessages(list, shown, state, world);
  if (isNew) end.show();
  else end.keep();
}

/** Closes the open thread and focuses its message; false when none is open. */
export function closeThread() {
  const { user, at, thread } = here();
  if (pane.hidden) return false;
  showThread(user, at);
  // Hidden now, not once the URL is read: a narrow page shows either the thread or its message.
  pane.hidden = true;
  focusOn(document.querySelector(`#place [data-ts="${CSS.escape(thread)}"] footer button`));
  return true;
}

byId('thread-close').addEventListener('click', closeThread);
