import { byId } from './dom.js';
import { placeLinks } from './sidebar.js';
import { closeThread } from './thread.js';

const STEPS = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1 });

/** Slack's keys: Alt and an arrow move between conversations, Escape closes the thread. "/" starts a command. */
document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || document.querySelector('dialog[open], :popover-open')) return;
  const isTyping = event.target instanceof Element && event.target.matches('input, select, textarea');
  const step = event.altKey && STEPS[event.key];
  if (step) move(step);
  else if (event.key === 'Escape') {
    if (!closeThread()) return;
  } else if (event.key === '/' && !isTyping) {
    // Not prevented, so that the slash is typed into the box.
    byId('command').focus();
    return;
  } else return;
  event.preventDefault();
});

function move(/** @type {number} */ step) {
  const links = placeLinks();
  const current = links.findIndex((link) => link.ariaCurrent);
  links[(current + step + links.length) % links.length]?.click();
}

byId('skip').addEventListener('click', () => byId('place').focus());
