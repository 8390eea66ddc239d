/** @import { PageActionResult, PageAction, PageConversation, PageState } from '../slack/contract.ts' */
/** @import { WithoutUser } from './inputs.js' */
import { address, HOME, here } from './address.js';
import { drawBlocks } from './blocks.js';
import { fillBox, offerCommands } from './completion.js';
import { setUpComposer } from './composer.js';
import { setClock } from './dates.js';
import { byId, el } from './dom.js';
import { events } from './events.js';
import { icon } from './icons.js';
import { End } from './stick-to-end.js';
import './keys.js';
import { drawMessages, messageList } from './messages.js';
import { showModal } from './modal.js';
import { newLine } from './new-divider.js';
import { drawNotices, say } from './notices.js';
import { drawSidebar } from './sidebar.js';
import { drawThread, repliesIn } from './thread.js';

const place = byId('place');
const end = new End(place);
const composer = /** @type {HTMLFormElement} */ (byId('composer'));
const box = /** @type {HTMLInputElement} */ (byId('command'));
const replyForm = /** @type {HTMLFormElement} */ (byId('reply-form'));
const replyBox = /** @type {HTMLInputElement} */ (byId('reply'));

/** @type {PageState | null} */
let state = null;
/** Where the next command goes, also when Home is open. */
let channel = '';

/** @type {Promise<void>} */
let reading = Promise.resolve();
/** @type {Promise<void> | null} */
let nextReading = null;

/** Reads and draws the state; one reading at a time, and every caller waits for one that began after the call. */
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
    const answer = await fetch(`/playground/state?${new URLSearchParams(user ? { user } : {})}`);
    // Somebody of an earlier workspace: the server picks whom to begin with.
    if (answer.status === 404 && user) return location.replace('#');
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const next = /** @type {PageState} */ (await answer.json());
    // The visitor became somebody else meanwhile; that reading is under way.
    if (user !== here().user) return;
    state = next;
    draw(next);
  } catch (error) {
    say(`The playground's state cannot be read: ${error}`);
  }
}

/**
 * @param {WithoutUser<PageAction>} what
 * @returns {Promise<PageActionResult>}
 */
async function perform(what) {
  const asking = what.kind === 'suggest';
  if (!asking) say('');
  const result = await send({ ...what, user: here().user || (state?.me.id ?? '') });
  if (!result.ok) say(result.error);
  if (!asking) await refresh();
  return result;
}

/**
 * @param {PageAction} body
 * @returns {Promise<PageActionResult>}
 */
async function send(body) {
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/playground/action', { method: 'POST', headers, body: JSON.stringify(body) });
    return await answer.json();
  } catch (error) {
    return { ok: false, error: `The playground did not answer: ${error}` };
  }
}

function draw(/** @type {PageState} */ now) {
  setClock(now.now);
  offerCommands(now);
  const { at } = here();
  const conversation =
    at === HOME ? undefined : (now.conversations.find(({ id }) => id === at) ?? now.conversations[0]);
  if (conversation) channel = conversation.id;
  drawSidebar(now, conversation?.id ?? HOME);
  drawNotices(now, fill);
  composer.hidden = !conversation;
  const title = conversation?.name ?? now.appName;
  byId('title').textContent = title;
  box.placeholder = `Message ${title}, or / for a command`;
  document.title = `${title} | ${now.workspace}`;

  const world = { perform, names: namesOf(now) };
  const shown = `${now.me.id} ${conversation?.id ?? HOME}`;
  const arrived = place.dataset['shown'] !== shown;
  if (arrived) {
    // A new list, so that a screen reader does not read out every message of a conversation one merely opens.
    place.replaceChildren(
      conversation ? listOf(conversation) : el('section', { class: 'blocks', 'aria-label': 'Home' }),
    );
    place.dataset['shown'] = shown;
  }
  const inside = /** @type {Element} */ (place.firstElementChild);
  if (conversation) {
    const { messages } = conversation;
    const replies = repliesIn(messages);
    const known = new Set(messages.map(({ ts }) => ts));
    drawMessages(
      inside,
      {
        channel: conversation.id,
        // A reply to what was deleted would stand nowhere else.
        messages: messages.filter(({ threadTs }) => !known.has(threadTs ?? '')),
        replies,
        newFrom: newLine(shown, conversation),
      },
      now,
      world,
    );
  } else {
    drawBlocks(inside, now.home?.blocks ?? [], { ...world, container: HOME });
  }
  if (!arrived) end.keep();
  else if (conversation) end.goTo();
  else end.goToTop();
  drawThread(conversation, now, world);
  showModal(now.modal, world);
  if (conversation?.unread && !document.hidden)
    void send({ kind: 'read', user: now.me.id, channel: conversation.id });
}

function listOf(/** @type {PageConversation} */ { id, name }) {
  return messageList(`Messages in ${name}`, { 'data-conversation': id });
}

function namesOf(/** @type {PageState} */ now) {
  return {
    people: new Map(now.users.map(({ id, name }) => [id, name])),
    channels: new Map(now.conversations.map(({ id, name }) => [id, name])),
  };
}

function fill(/** @type {string} */ command) {
  if (composer.hidden) location.hash = address(state?.me.id, channel);
  composer.hidden = false;
  fillBox(command);
  box.focus();
}

/** The address changed: somebody else, another conversation, a thread, or Home, which Slack asks the app for at every visit. */
async function arrive() {
  const { user, at } = here();
  // What another person sees is none of theirs.
  if (state?.me.id === user) draw(state);
  await refresh();
  if (state && at === HOME && here().at === HOME) await perform({ kind: 'home' });
}

setUpComposer(
  composer,
  box,
  (kind, text) => {
    end.goTo();
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

window.addEventListener('hashchange', arrive);
// What came meanwhile is read now.
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
void arrive();
