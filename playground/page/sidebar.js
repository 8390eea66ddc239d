/** @import { PageState, PageUser } from '../slack/contract.ts' */
import { address, HOME, here } from './address.js';
import { byId, el, reconcile } from './dom.js';
import { appAvatar, avatar, icon } from './icons.js';

const LISTS = ['channels', 'directs', 'apps'];

const personSelect = /** @type {HTMLSelectElement} */ (byId('person'));

// On a phone it covers the conversation that was chosen in it.
byId('sidebar').addEventListener('click', ({ target }) => {
  if (target instanceof Element && target.closest('a')) byId('sidebar').hidePopover();
});

personSelect.addEventListener('change', () => {
  location.hash = address(personSelect.value, here().at);
});

/** @param {PageState} now @param {string} current a conversation's id, or HOME */
export function drawSidebar(now, current) {
  byId('workspace').textContent = now.workspace;
  const people = now.users.map((user) => ({ key: user.id, data: user }));
  reconcile(personSelect, [{ key: 'chosen', data: null }, ...people], (user) =>
    user ? personOption(user) : el('button', {}, document.createElement('selectedcontent')),
  );
  personSelect.value = now.me.id;

  const places = now.conversations.map(({ id, name, kind, unread }) => ({
    id,
    name,
    list: `${kind}s`,
    // The visible conversation has nothing unread, even before the local Slack is notified.
    unread: id === current && !document.hidden ? 0 : unread,
  }));
  places.push({ id: HOME, name: now.appName, list: 'apps', unread: 0 });
  for (const list of LISTS) {
    const items = places
      .filter((each) => each.list === list)
      .map(({ id, name, unread }) => ({ key: id, data: { name, list, unread, href: address(now.me.id, id) } }));
    reconcile(byId(list), items, (data) => el('li', {}, placeLink(data)));
  }
  for (const link of placeLinks()) {
    link.ariaCurrent = link.hash === address(now.me.id, current) ? 'page' : null;
  }
}

/** Readable as plain text too, for browsers that show nothing else in a menu. @param {PageUser} user */
function personOption({ id, name, role }) {
  return el('option', { value: id }, avatar(id, name), `${name} `, el('span', { class: 'role' }, `(${role})`));
}

/** @param {{name: string, list: string, unread: number, href: string}} place */
function placeLink({ name, list, unread, href }) {
  const drawing = list === 'channels' ? undefined : list === 'apps' ? icon('home') : appAvatar();
  const label = el('span', { class: 'name' }, name);
  if (unread === 0) return el('a', { href }, drawing, label);
  return el(
    'a',
    { href, 'data-unread': unread, 'aria-label': `${name}, ${unread} unread` },
    drawing,
    label,
    el('span', { class: 'count', 'aria-hidden': 'true' }, String(unread)),
  );
}

/** The links to every conversation and to Home, from top to bottom. @returns {HTMLAnchorElement[]} */
export function placeLinks() {
  return LISTS.flatMap((list) => [...byId(list).querySelectorAll('a')]);
}
