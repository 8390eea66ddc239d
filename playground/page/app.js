/** @import { PageActResult, PageAct, PageConversation, PageMessage, PageState } from '../slack/contract.ts' */
/** @import { WithoutUser } from './inputs.js' */
import { drawBlocks } from './blocks.js';
import { byId, el, reconcile, whileBusy } from './dom.js';
import { showModal } from './modal.js';
import { broadcast, broadcastsIn, date } from './mrkdwn.js';

const HOME = 'home';
const CLOSE_TO_END = 60;

const place = byId('place');
const composer = /** @type {HTMLFormElement} */ (byId('composer'));
const box = /** @type {HTMLInputElement} */ (byId('command'));
const personSelect = /** @type {HTMLSelectElement} */ (byId('person'));

/** @type {PageState | null} */
let state = null;
/** Where the next command goes, also when Home is open. */
let channel = '';
/** @type {string[]} */
const history = [];
let recalled = 0;

/**
 * Who and what is shown stands in the address: two windows can be two people, and reload and back work.
 * @param {string | undefined} user
 * @param {string} at a conversation's id, or HOME
 */
function address(user, at) {
  return `#${new URLSearchParams({ user: user ?? '', at })}`;
}

function here() {
  const where = new URLSearchParams(location.hash.slice(1));
  return { user: where.get('user') ?? '', at: where.get('at') ?? '' };
}

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
 * @param {WithoutUser<PageAct>} what
 * @returns {Promise<PageActResult>}
 */
async function act(what) {
  const asking = what.kind === 'suggest';
  if (!asking) say('');
  const result = await send({ ...what, user: state?.me.id ?? '' });
  if (!result.ok) say(result.problem);
  if (!asking) await refresh();
  return result;
}

/**
 * @param {PageAct} body
 * @returns {Promise<PageActResult>}
 */
async function send(body) {
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/playground/act', { method: 'POST', headers, body: JSON.stringify(body) });
    return await answer.json();
  } catch (error) {
    return { ok: false, problem: `The playground did not answer: ${error}` };
  }
}

function say(/** @type {string} */ problem) {
  byId('problem').textContent = problem;
}

function draw(/** @type {PageState} */ now) {
  const { at } = here();
  const conversation = now.conversations.find(({ id }) => id === at) ?? now.conversations[0];
  const home = at === HOME || !conversation;
  if (!home) channel = conversation.id;
  drawSidebar(now, home ? HOME : conversation.id);
  drawNotices(now);
  composer.hidden = home;
  const title = home ? now.appName : conversation.name;
  byId('title').textContent = title;
  document.title = `${title} | ${now.workspace}`;

  const world = { act, names: namesOf(now) };
  const shown = `${now.me.id} ${home ? HOME : conversation.id}`;
  const atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < CLOSE_TO_END;
  const arrived = place.dataset['shown'] !== shown;
  if (arrived) {
    // A new list, so that a screen reader does not read out every message of a conversation one merely opens.
    place.replaceChildren(home ? el('section', { 'aria-label': 'Home' }) : messageList(conversation));
    place.dataset['shown'] = shown;
  }
  const inside = /** @type {Element} */ (place.firstElementChild);
  if (home) {
    drawBlocks(inside, now.home?.blocks ?? [], { ...world, container: HOME });
  } else {
    drawMessages(inside, conversation, now, world);
  }
  if (home && arrived) place.scrollTop = 0;
  if (!home && (arrived || atEnd)) place.scrollTop = place.scrollHeight;
  showModal(now.modal, world);
}

function namesOf(/** @type {PageState} */ now) {
  return {
    people: new Map(now.users.map(({ id, name }) => [id, name])),
    channels: new Map(now.conversations.map(({ id, name }) => [id, name])),
  };
}

function drawSidebar(/** @type {PageState} */ now, /** @type {string} */ current) {
  byId('workspace').textContent = now.workspace;
  const people = now.users.map((user) => ({ key: user.id, data: user }));
  reconcile(personSelect, people, ({ id, name, role }) => el('option', { value: id }, `${name} (${role})`));
  personSelect.value = now.me.id;

  const places = now.conversations.map(({ id, name, kind }) => ({ id, name, list: `${kind}s` }));
  places.push({ id: HOME, name: now.appName, list: 'apps' });
  for (const list of ['channels', 'directs', 'apps']) {
    const items = places
      .filter((each) => each.list === list)
      .map(({ id, name }) => ({ key: id, data: { name, href: address(now.me.id, id) } }));
    reconcile(byId(list), items, ({ name, href }) => el('li', {}, el('a', { href }, name)));
    for (const link of byId(list).querySelectorAll('a')) {
      link.ariaCurrent = link.hash === address(now.me.id, current) ? 'page' : null;
    }
  }
}

function messageList(/** @type {PageConversation} */ { id, name }) {
  const label = `Messages in ${name}`;
  return el('div', { role: 'log', 'aria-live': 'polite', 'aria-label': label, 'data-conversation': id });
}

/**
 * @param {Element} list
 * @param {PageConversation} conversation
 * @param {PageState} now
 * @param {import('./modal.js').World} world
 */
function drawMessages(list, conversation, now, world) {
  const items = conversation.messages.map((message) => {
    const author = world.names.people.get(message.userId) ?? (message.isBot ? now.appName : message.userId);
    return { key: message.ts, data: { message, author } };
  });
  reconcile(list, items, ({ message, author }, before) => {
    const node = before ?? el('article', {}, el('header'), el('div', { class: 'blocks' }));
    const [head, body] = /** @type {[Element, Element]} */ ([...node.children]);
    drawMessageHead(head, message, author);
    node.ariaLabel = `Message of ${author}`;
    node.dataset['ts'] = message.ts;
    node.toggleAttribute('data-ephemeral', message.ephemeral);
    const text = { type: 'section', text: { type: 'mrkdwn', text: message.text } };
    const container = { channel: conversation.id, ts: message.ts };
    drawBlocks(body, message.blocks.length > 0 ? message.blocks : [text], { ...world, container });
    return node;
  });
}

/** @param {Element} head @param {PageMessage} message @param {string} author */
function drawMessageHead(head, message, author) {
  const unseen = message.blocks.length > 0 ? broadcastsIn(message.text) : [];
  head.replaceChildren(
    el('b', {}, author),
    message.isBot ? el('span', { class: 'badge' }, 'APP') : '',
    date(Number(message.ts), '{time}'),
    message.edited ? el('span', {}, '(edited)') : '',
    message.ephemeral ? el('em', {}, 'Only visible to you') : '',
    ...unseen.map((range) => el('span', {}, 'its text for notifications says ', broadcast(range))),
  );
}

function drawNotices(/** @type {PageState} */ now) {
  // Keyed by place in time: the same refusal twice is two lines.
  const refused = now.refused.map((text, index) => ({ key: String(index), data: text }));
  const list = byId('refused');
  const before = list.childElementCount;
  reconcile(list, refused, (text) => el('li', {}, text));
  if (list.childElementCount > before) list.scrollTop = list.scrollHeight;
  byId('refused-title').hidden = refused.length === 0;

  const hints = now.hints.map((text) => ({ key: text, data: text }));
  reconcile(byId('hints'), hints, (text) => el('li', {}, hint(text)));
}

/** A hint that is a command fills the box, without the words after a dash; any other one is advice. */
function hint(/** @type {string} */ text) {
  if (!text.startsWith('/')) return text;
  return el('button', { type: 'button', click: () => fill(text.split(/\s+[—–]\s+/)[0] ?? text) }, text);
}

function fill(/** @type {string} */ command) {
  if (composer.hidden) location.hash = address(state?.me.id, channel);
  composer.hidden = false;
  box.value = command;
  box.focus();
}

/** The address changed: somebody else, another conversation, or Home, which Slack asks the app for at every visit. */
async function arrive() {
  if (state) draw(state);
  await refresh();
  if (state && here().at === HOME) await act({ kind: 'home' });
}

composer.addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (!text || !channel || composer.ariaBusy) return;
  if (history.at(-1) !== text) history.push(text);
  recalled = history.length;
  box.value = '';
  place.scrollTop = place.scrollHeight;
  await whileBusy(composer, () => act({ kind: 'command', channel, text }));
});

box.addEventListener('keydown', (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  recalled = Math.max(0, Math.min(history.length, recalled + step));
  box.value = history[recalled] ?? '';
});

personSelect.addEventListener('change', () => {
  location.hash = address(personSelect.value, here().at);
});
window.addEventListener('hashchange', arrive);

const events = new EventSource('/playground/events');
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
