/** @import { PageFile, PageMessage, PageState } from '../slack/contract.ts' */
/** @import { World } from './modal.js' */
import { showThread } from './address.js';
import { drawBlocks } from './blocks.js';
import { date } from './dates.js';
import { el, reconcile } from './dom.js';
import { appAvatar, avatar, icon } from './icons.js';
import { broadcast, broadcastsIn } from './mrkdwn.js';

/**
 * @typedef {object} Shown  the content of a list of messages
 * @property {string} channel
 * @property {readonly PageMessage[]} messages
 * @property {ReadonlyMap<string, readonly PageMessage[]>} replies  grouped by parent message; empty within a thread
 * @property {boolean} [inThread]  the first message is the parent of the others
 * @property {string | null} [newFrom]  the first message that was unread on arrival
 */

/** @typedef {{day?: number, replies?: number, message?: PageMessage, author: string, thread?: {count: number, last: string} | undefined}} Item */

/** Each message's content when it was last drawn. @type {WeakMap<Element, string>} */
const lastContent = new WeakMap();

export function messageList(/** @type {string} */ label, attributes = {}) {
  return el('div', { role: 'log', 'aria-live': 'polite', 'aria-label': label, class: 'messages', ...attributes });
}

/** "1 reply" */
function replyCount(/** @type {number} */ replies) {
  return replies === 1 ? '1 reply' : `${replies} replies`;
}

/** @param {Element} list @param {Shown} shown @param {PageState} state @param {World} world */
export function drawMessages(list, shown, state, world) {
  /** @type {{key: string, data: Item}[]} */
  const items = [];
  let before = '';
  for (const [index, message] of shown.messages.entries()) {
    const seconds = Number(message.ts);
    const day = new Date(seconds * 1000).toDateString();
    if (day !== before) items.push({ key: day, data: { day: seconds, author: '' } });
    before = day;
    if (message.ts === shown.newFrom) items.push({ key: 'new', data: { author: '' } });
    if (shown.inThread && index === 1)
      items.push({ key: 'replies', data: { replies: shown.messages.length - 1, author: '' } });
    const replies = shown.replies.get(message.ts) ?? [];
    const last = replies.at(-1)?.ts;
    const thread = last ? { count: replies.length, last } : undefined;
    items.push({ key: message.ts, data: { message, author: authorOf(message, state, world), thread } });
  }
  reconcile(list, items, (item, node) => {
    const { message, day, replies } = item;
    if (day !== undefined) return divider('day', date(day, '{day_divider_pretty}'));
    if (replies !== undefined) return divider('reply-count', replyCount(replies));
    if (!message) return divider('new', 'New');
    return drawMessage(node, { ...item, message }, shown, state, world);
  });
}

/** @param {PageMessage} message @param {PageState} state @param {World} world */
function authorOf({ userId, isBot }, state, { names }) {
  return names.people.get(userId) ?? (isBot ? state.appName : userId);
}

/** @param {string} kind @param {Node | string} words */
function divider(kind, words) {
  return el('div', { class: `divider ${kind}`, 'data-divider': kind }, el('span', {}, words));
}

/**
 * @param {HTMLElement | undefined} before
 * @param {Item & {message: PageMessage}} item
 * @param {Shown} shown
 * @param {PageState} state
 * @param {World} world
 */
function drawMessage(before, { message, author, thread }, shown, state, world) {
  const { ts, userId, isBot, ephemeral, edited } = message;
  const face = isBot ? appAvatar() : avatar(userId, author);
  const node = before ?? el('article', {}, face, el('header'), el('div', { class: 'blocks' }), el('footer'));
  const [, head, body, foot] = /** @type {[Element, Element, Element, Element]} */ ([...node.children]);
  drawHead(head, message, author, shown.inThread);
  node.ariaLabel = `Message from ${author}`;
  node.dataset['ts'] = ts;
  node.toggleAttribute('data-ephemeral', ephemeral);
  const text = { type: 'section', text: { type: 'mrkdwn', text: message.text } };
  const container = { channel: shown.channel, ts };
  const shownText = message.text === '' ? [] : [text];
  drawBlocks(body, message.blocks.length > 0 ? message.blocks : shownText, { ...world, container });
  for (const file of message.files) body.append(drawFile(file));
  highlightChange(node, JSON.stringify([message.text, message.blocks]));

  const open = () => showThread(state.me.id, shown.channel, message.threadTs ?? ts);
  const mayReply = !ephemeral && !shown.inThread;
  foot.replaceChildren(
    edited ? el('span', { class: 'edited' }, '(edited)') : '',
    thread
      ? el(
          'button',
          { type: 'button', class: 'replies', click: open },
          el('b', {}, replyCount(thread.count)),
          el('span', {}, ' Last reply ', date(Number(thread.last), '\u200b{date_pretty} at {time}')),
        )
      : '',
    mayReply
      ? el(
          'button',
          { type: 'button', class: 'reply', 'aria-label': 'Reply in thread', title: 'Reply in thread', click: open },
          icon('reply'),
        )
      : '',
  );
  return node;
}

/** A file's name and size; a click downloads it. @param {PageFile} file */
function drawFile({ id, name, size }) {
  const sizeText = size < 1024 ? `${size} bytes` : `${Math.round(size / 1024)} kB`;
  const link = { class: 'file', href: `/playground/file/${id}`, download: name };
  return el('a', link, el('b', {}, name), el('span', { class: 'file-size' }, sizeText));
}

/** Highlights a message that changed while shown. @param {HTMLElement} node @param {string} content */
function highlightChange(node, content) {
  const before = lastContent.get(node);
  lastContent.set(node, content);
  if (before === undefined || before === content) return;
  node.removeAttribute('data-changed');
  // Reading a measure makes the browser apply the removal, so that the animation restarts.
  void node.offsetWidth;
  node.setAttribute('data-changed', '');
}

/** @param {Element} head @param {PageMessage} message @param {string} author @param {boolean | undefined} inThread */
function drawHead(head, message, author, inThread) {
  const hiddenBroadcasts = message.blocks.length > 0 ? broadcastsIn(message.text) : [];
  head.replaceChildren(
    message.isBroadcast && !inThread ? el('em', {}, 'Replied to a thread') : '',
    message.ephemeral ? el('em', {}, icon('eye'), 'Only visible to you') : '',
    el('b', {}, author),
    message.isBot ? el('span', { class: 'badge' }, 'APP') : '',
    date(Number(message.ts), '{time}'),
    ...hiddenBroadcasts.map((range) => el('span', {}, 'notification text contains ', broadcast(range))),
  );
}
