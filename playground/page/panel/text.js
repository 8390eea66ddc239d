import { byId } from '../dom.js';

/**
 * Sets an element's text only if it differs: screen readers announce rewritten text again.
 * @param {string} id
 * @param {string} text
 */
export function write(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}
