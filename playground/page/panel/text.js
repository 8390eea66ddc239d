import { byId } from '../dom.js';

/**
 * Writes an element's text, unless it is there already: a screen reader reads out what is written anew.
 * @param {string} id
 * @param {string} text
 */
export function write(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}
