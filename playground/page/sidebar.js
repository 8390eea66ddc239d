/** @import { PageState, PageUser } from '../slack/contract.ts' */
import { address, HOME, here } from './address.js';
import { byId, el, reconcile } from './dom.js';
import { appAvatar, avatar } from './icons.js';

const LISTS = ['channels', 'apps'];

const personSelect = /** @type {HTMLSelectElement} */ (byId('person'));

// On a phone the sidebar covers the conversation that was chosen in it.
byId('sidebar').addEventListener('click', ({ target }) => {
  if (target instanceof Element && target.closest('a')) byId('sidebar').hidePopover();
});

personSelect.addEventListener('change', () => {
  location.hash = address(personSelect.value, here().at);
});

/** @param {PageState} state @param {string} current a conversation's id, or HOME */
export function drawSidebar(state, current) {
  byId('workspace').textContent = state.workspace;
  const people = state.users.map((user) => ({ key: user.id, data: user }));
  reconcile(personSelect, [{ key: 'chosen', data: null }, ...people], (user) =>
    user ? personOption(user) : el('button', {}, document.createElement('selectedcontent')),
  );
  personSelect.value = state.me.id;

  const places = state.conversations.map(({ id, name, kind, unread }) => ({
    id,
    name,
    list: kind === 'direct' ? 'apps' : 'channels',
    // The visible conversation has nothing unread, even before the local Slack is notified.
    unread: id === current && !document.hidden ? 0 : unread,
  }));
  for (const list of LISTS) {
    const items = places
      .filter((each) => each.list === list)
      .map(({ id, name, unread }) => {
        // As in Slack, an app is listed once: its Home and its messages are tabs. Unread messages open first.
        const at = list === 'apps' && unread === 0 && id !== current ? HOME : id;
        const isHere = id === current || (list === 'apps' && current === HOME);
        return { key: id, data: { name, list, unread, isHere, href: address(state.me.id, at) } };
      });
    reconcile(byId(list), items, (data) => el('li', {}, placeLink(data)));
  }
  drawTabs(state, current);
}

/** The tabs of the app, while one of them is open. @param {PageState} state @param {string} current */
function drawTabs(state, current) {
  const direct = state.conversations.find(({ kind }) => kind === 'direct')?.id ?? '';
  const tabs = byId('app-tabs');
  tabs.hidden = current !== HOME && current !== direct;
  const items = [
    { id: HOME, name: 'Home' },
    { id: direct, name: 'Messages' },
  ].map(({ id, name }) => ({ key: name, data: { name, isHere: id === current, href: address(state.me.id, id) } }));
  reconcile(tabs, items, ({ name, isHere, href }) =>
    el('li', {}, el('a', { href, 'aria-current': isHere && 'page' }, name)),
  );
}

/** Readable as plain text too, for browsers that show nothing else in a menu. @param {PageUser} user */
function personOption({ id, name, role }) {
  return el('option', { value: id }, avatar(id, name), `${name} `, el('span', { class: 'role' }, `(${role})`));
}

/** @param {{name: string, list: string, unread: number, isHere: boolean, href: string}} place */
function placeLink({ name, list, unread, isHere, href }) {
  const drawing = list === 'channels' ? undefined : appAvatar();
  const label = el('span', { class: 'name' }, name);
  const current = { href, 'aria-current': isHere && 'page' };
  if (unread === 0) return el('a', current, drawing, label);
  return el(
    'a',
    { ...current, 'data-unread': unread, 'aria-label': `${name}, ${unread} unread` },
    drawing,
    label,
    el('span', { class: 'count', 'aria-hidden': 'true' }, String(unread)),
  );
}

/** The links to every channel and to the app, from top to bottom. @returns {HTMLAnchorElement[]} */
export function placeLinks() {
  return LISTS.flatMap((list) => [...byId(list).querySelectorAll('a')]);
}
