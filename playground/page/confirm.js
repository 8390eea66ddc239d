/** @import { Json } from './dom.js' */
/** @import { Names } from './mrkdwn.js' */
import { el, uniqueId } from './dom.js';
import { plainText, textObject } from './mrkdwn.js';

/**
 * Asks what an element's `confirm` object says; resolves true only when confirmed.
 * @param {Json} spec
 * @param {Names} names
 * @returns {Promise<boolean>}
 */
export function confirmed(spec, names) {
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
        // First in the order of focus: Enter by accident confirms nothing.
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
