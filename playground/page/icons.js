import { el } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const COLOURS = 8;

/** SVG paths in a 24 by 24 view box. */
const PATHS = {
  key: 'M15 3a6 6 0 0 0-5.7 7.9L3 17.2V21h3.8v-2.6h2.6v-2.6h2l1.7-1.7A6 6 0 1 0 15 3Zm1.6 3.2a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4Z',
  send: 'M3 3.8 21.2 12 3 20.2l2.2-6.7L14 12 5.2 10.5Z',
  reply:
    'M4 4h16a1.5 1.5 0 0 1 1.5 1.5v10a1.5 1.5 0 0 1-1.5 1.5h-8l-5 4v-4H4a1.5 1.5 0 0 1-1.5-1.5v-10A1.5 1.5 0 0 1 4 4Zm3 4v1.6h10V8Zm0 3.6v1.6h6v-1.6Z',
  eye: 'M12 5c5 0 8.8 4.2 10 7-1.2 2.8-5 7-10 7s-8.8-4.2-10-7c1.2-2.8 5-7 10-7Zm0 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4Zm0 2a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4Z',
};

/** A decorative icon, hidden from screen readers. @param {keyof typeof PATHS} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** A person's avatar: initials on a colour. @param {string} id @param {string} name */
export function avatar(id, name) {
  const initials = name.split(/\s+/).map((word) => word.charAt(0));
  const sum = Array.from(id).reduce((total, letter) => (total * 2 + letter.charCodeAt(0)) % 101, 0);
  return el('span', {
    class: 'avatar',
    'aria-hidden': 'true',
    // In an attribute, so that it is not copied with the message's text.
    'data-initials': initials.slice(0, 2).join('').toUpperCase(),
    'data-colour': sum % COLOURS,
  });
}

/** The app's avatar. */
export function appAvatar() {
  return el('span', { class: 'avatar app', 'aria-hidden': 'true' }, icon('key'));
}
