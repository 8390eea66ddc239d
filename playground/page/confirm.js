/** @import { Json } from './dom.js' */
/** @import { Names } from './mrkdwn.js' */
import { el, uniqueId } from './dom.js';
import { plainText, textObject } from './mrkdwn.js';

/**
 * Shows an element's confirm dialog; resolves with whether it was confirmed.
 * @param {Json} spec
 * @param {Names} names
 * @returns {Promise<boolean>}
 */
export function confirmDialog(spec, names) {
  const titleId = uniqueId();
  const textId = uniqueId();
  const dialog = el(
    'dialog',
    { class: 'confirm', 'aria-labelledby': titleId, 'aria-describedby': textId },
    el(
      'form',
      { method: 'dialog' },
      el('header', {}, el('h2', { id: titleId }, plainText(spec['title']))),
      el('div', { id: textId, class: 'text' }, textObject(spec['text'], names)),
      el(
        'footer',
        {},
        // First in focus order, so that an accidental Enter confirms nothing.
        el('button', { value: 'deny' }, plainText(spec['deny'])),
        el('button', { value: 'confirm', class: spec['style'] ?? 'primary' }, plainText(spec['confirm'])),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'confirm');
    });
  });
}
