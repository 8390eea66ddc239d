/** @import { PageState } from '../slack/contract.ts' */
import { byId, el, reconcile } from './dom.js';

/** Shows why the visitor's last action failed; an empty string clears it. */
export function showError(/** @type {string} */ error) {
  byId('problem').textContent = error;
}

/**
 * Draws what Slack would have rejected, and the hints.
 * @param {PageState} state
 * @param {(command: string) => void} fill puts a command into the box
 */
export function drawNotices(state, fill) {
  // Keyed by position: the same rejection twice is two lines.
  const rejected = state.rejected.map((text, index) => ({ key: String(index), data: text }));
  const list = byId('rejected');
  const before = list.childElementCount;
  reconcile(list, rejected, (text) => el('li', {}, text));
  if (list.childElementCount > before) list.scrollTop = list.scrollHeight;
  byId('rejected-title').hidden = rejected.length === 0;

  const hints = state.hints.map((text) => ({ key: text, data: text }));
  reconcile(byId('hints'), hints, (text) => el('li', {}, hint(text, fill)));
}

/**
 * A hint that is a command fills the box with its part before the dash; any other is plain text.
 * @param {string} text
 * @param {(command: string) => void} fill
 */
function hint(text, fill) {
  if (!text.startsWith('/')) return text;
  return el('button', { type: 'button', click: () => fill(text.split(/\s+[—–]\s+/)[0] ?? text) }, text);
}
