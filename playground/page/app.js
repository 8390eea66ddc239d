/** @import { PageActionResult, PageAction, PageConversation, PageState } from '../slack/contract.ts' */
/** @import { WithoutUser } from './inputs.js' */
/** @import { World } from './modal.js' */
import { address, HOME, here } from './address.js';
import { drawBlocks } from './blocks.js';
import { fillBox, offerCommand } from './completion.js';
import { setUpComposer } from './composer.js';
import { setClock } from './dates.js';
import { byId, el } from './dom.js';
import { withoutForgotten } from './ephemeral.js';
import { events } from './events.js';
import { icon } from './icons.js';
import { StickToEnd } from './stick-to-end.js';
import './keys.js';
import { drawMessages, messageList } from './messages.js';
import { showModal } from './modal.js';
import { newDivider } from './new-divider.js';
import { drawNotices, showError } from './notices.js';
import { drawSidebar } from './sidebar.js';
import { drawThread, repliesIn } from './thread.js';

const place = byId('place');
const end = new StickToEnd(place);
const composer = /** @type {HTMLFormElement} */ (byId('composer'));
const box = /** @type {HTMLInputElement} */ (byId('command'));
const replyForm = /** @type {HTMLFormElement} */ (byId('reply-form'));
const replyBox = /** @type {HTMLInputElement} */ (byId('reply'));

/** @type {PageState | null} */
let state = null;
/** The conversation for the next command; stays the same while Home is open. */
let channel = '';

/** @type {Promise<void>} */
let reading = Promise.resolve();
/** @type {Promise<void> | null} */
let nextReading = null;

/** Reads and draws the state, one read at a time; every caller waits for a read that started after the call. */
function refresh() {
  nextReading ??= reading.then(() => {
    reading = nextReading ?? reading;
    nextReading = null;
    return readState();
  });
  return nextReading;
}

async function readState() {
  const { user } = here();
  try {
    const response = await fetch(`/playground/state?${new URLSearchParams(user ? { user } : {})}`);
    // A person of an earlier workspace: let the server choose.
    if (response.status === 404 && user) return location.replace('#');
    if (!response.ok) throw new Error(`status ${response.status}`);
    const next = /** @type {PageState} */ (await response.json());
    // The visitor has switched persons meanwhile; another read is in progress.
    if (user !== here().user) return;
    state = withoutForgotten(next, state?.version);
    draw(state);
  } catch (error) {
    showError(`The playground's state cannot be read: ${error}`);
  }
}

/**
 * @param {WithoutUser<PageAction>} what
 * @returns {Promise<PageActionResult>}
 */
async function perform(what) {
  const isSuggestion = what.kind === 'suggest';
  if (!isSuggestion) showError('');
  const result = await send({ ...what, user: here().user || (state?.me.id ?? '') });
  if (!result.ok) showError(result.error);
  if (!isSuggestion) await refresh();
  return result;
}

/**
 * @param {PageAction} body
 * @returns {Promise<PageActionResult>}
 */
async function send(body) {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch('/playground/action', { method: 'POST', headers, body: JSON.stringify(body) });
    return await response.json();
  } catch (error) {
    return { ok: false, error: `The playground did not respond: ${error}` };
  }
}

function draw(/** @type {PageState} */ pageState) {
  setClock(pageState.now);
  offerCommand(pageState);
  const { at } = here();
  const conversation =
    at === HOME ? undefined : (pageState.conversations.find(({ id }) => id === at) ?? pageState.conversations[0]);
  const isReadOnly = pageState.isMessagesTabReadOnly && conversation?.kind === 'direct';
  if (conversation && !isReadOnly) channel = conversation.id;
  drawSidebar(pageState, conversation?.id ?? HOME);
  drawNotices(pageState, fill);
  composer.hidden = !conversation || isReadOnly;
  replyForm.hidden = isReadOnly;
  byId('read-only').hidden = !isReadOnly;
  const title = conversation?.name ?? pageState.appName;
  byId('title').textContent = title;
  box.placeholder = `Message ${title} or /command`;
  document.title = `${title} | ${pageState.workspace}`;

  const world = { perform, names: namesOf(pageState) };
  drawPlace(conversation, pageState, world);
  drawThread(conversation, pageState, world);
  showModal(pageState.modal, world);
  if (conversation?.unread && !document.hidden)
    void send({ kind: 'read', user: pageState.me.id, channel: conversation.id });
}

/**
 * Draws the conversation, or Home without one.
 * @param {PageConversation | undefined} conversation
 * @param {PageState} pageState
 * @param {World} world
 */
function drawPlace(conversation, pageState, world) {
  const shown = `${pageState.me.id} ${conversation?.id ?? HOME}`;
  const isNew = place.dataset['shown'] !== shown;
  if (isNew) {
    // A new list, so that screen readers do not announce every message of a conversation when it is opened.
    place.replaceChildren(
      conversation ? listOf(conversation) : el('section', { class: 'blocks', 'aria-label': 'Home' }),
    );
    place.dataset['shown'] = shown;
  }
  const inside = /** @type {Element} */ (place.firstElementChild);
  if (conversation) {
    const { messages } = conversation;
    const replies = repliesIn(messages);
    const timestamps = new Set(messages.map(({ ts }) => ts));
    drawMessages(
      inside,
      {
        channel: conversation.id,
        // Replies to a deleted message are shown in the conversation.
        messages: messages.filter(({ threadTs, isBroadcast }) => isBroadcast || !timestamps.has(threadTs ?? '')),
        replies,
        newFrom: newDivider(shown, conversation),
      },
      pageState,
      world,
    );
  } else {
    drawBlocks(inside, pageState.home?.blocks ?? [], { ...world, container: HOME });
  }
  if (!isNew) end.keep();
  else if (conversation) end.show();
  else end.showTop();
}

function listOf(/** @type {PageConversation} */ { id, name }) {
  return messageList(`Messages in ${name}`, { 'data-conversation': id });
}

function namesOf(/** @type {PageState} */ { users, conversations }) {
  return {
    people: new Map(users.map(({ id, name }) => [id, name])),
    channels: new Map(conversations.map(({ id, name }) => [id, name])),
  };
}

function fill(/** @type {string} */ command) {
  if (composer.hidden) location.hash = address(state?.me.id, channel);
  composer.hidden = false;
  byId('read-only').hidden = true;
  fillBox(command);
  box.focus();
}

/** Handles a new URL fragment. At every visit of Home, Slack asks the app for it. */
async function navigate() {
  const { user, at } = here();
  // Never draw one person's state for another.
  if (state?.me.id === user) draw(state);
  await refresh();
  if (state && at === HOME && here().at === HOME) await perform({ kind: 'home' });
}

setUpComposer(
  composer,
  box,
  (kind, text) => {
    end.show();
    return perform({ kind, channel, text });
  },
  fillBox,
);
setUpComposer(
  replyForm,
  replyBox,
  (kind, text) => perform({ kind, channel, text, threadTs: here().thread }),
  (text) => {
    replyBox.value = text;
  },
);
for (const form of [composer, replyForm]) form.querySelector('button')?.append(icon('send'));

window.addEventListener('hashchange', navigate);
// Messages that arrived while the page was hidden are now read.
document.addEventListener('visibilitychange', () => state && draw(state));

events.addEventListener('open', () => {
  byId('connection').textContent = '';
  void refresh();
});
events.addEventListener('message', ({ data }) => {
  if (Number(data) !== state?.version) void refresh();
});
events.addEventListener('error', () => {
  byId('connection').textContent = 'The playground is not reachable; trying again.';
});
void navigate();
