/** @import { PageState } from '../slack/contract.ts' */
import { byId, el, reconcile } from './dom.js';

/** What went wrong with what the visitor did, or nothing. */
export function say(/** @type {string} */ problem) {
  byId('problem').textContent = problem;
}

/**
 * What Slack would have refused, and what to try.
 * @param {PageState} now
 * @param {(command: string) => void} fill puts a command into the box
 */
export function drawNotices(now, fill) {
  // Keyed by place in time: the same refusal twice is two lines.
  const refused = now.rejected.map((text, index) => ({ key: String(index), data: text }));
  const list = byId('rejected');
  const before = list.childElementCount;
  reconcile(list, refused, (text) => el('li', {}, text));
  if (list.childElementCount > before) list.scrollTop = list.scrollHeight;
  byId('rejected-title').hidden = refused.length === 0;

  const hints = now.hints.map((text) => ({ key: text, data: text }));
  reconcile(byId('hints'), hints, (text) => el('li', {}, hint(text, fill)));
}

/**
 * A hint that is a command fills the box, without the words after a dash; any other one is advice.
 * @param {string} text
 * @param {(command: string) => void} fill
 */
function hint(text, fill) {
  if (!text.startsWith('/')) return text;
  return el('button', { type: 'button', click: () => fill(text.split(/\s+[—–]\s+/)[0] ?? text) }, text);
}
