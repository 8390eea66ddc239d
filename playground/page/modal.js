/** @import { Json } from './dom.js' */
/** @import { PageState } from '../slack/contract.ts' */
/** @import { Surroundings } from './inputs.js' */
import { drawBlocks } from './blocks.js';
import { byId, el, focusOn, uniqueId, whileBusy } from './dom.js';
import { inputValues } from './inputs.js';
import { plainText } from './mrkdwn.js';

/** @typedef {NonNullable<PageState['modal']>} Modal */
/** @typedef {Omit<Surroundings, 'container' | 'values'>} World */

const BY_STATE = 'closed by the state';

/** @type {{viewId: string, dialog: HTMLDialogElement, draw: (modal: Modal) => void} | null} */
let open = null;
/** Closed by the visitor: must not reopen before the app is notified. @type {string | undefined} */
let closedViewId;

/**
 * Shows the person's open modal, or none. Redrawing keeps the inputs.
 * @param {PageState['modal']} modal
 * @param {World} world
 */
export function showModal(modal, world) {
  if (open && open.viewId !== modal?.viewId) {
    open.dialog.close(BY_STATE);
    open = null;
  }
  if (!modal || modal.viewId === closedViewId) return;
  const isNew = !open;
  open ??= openModal(modal.viewId, world);
  open.draw(modal);
  if (isNew) focusFirst(open.dialog);
}

/** @param {string} viewId @param {World} world */
function openModal(viewId, world) {
  const title = el('h2', { id: uniqueId() });
  const blocks = el('div', { class: 'blocks' });
  const problem = el('p', { class: 'error', role: 'alert' });
  const dismiss = () => dialog.close();
  const close = el('button', { type: 'button', click: dismiss });
  const submit = el('button', { class: 'primary' });
  const form = el(
    'form',
    { autocomplete: 'off' },
    el(
      'header',
      {},
      title,
      el('button', { type: 'button', class: 'close', 'aria-label': 'Close', click: dismiss }, '✕'),
    ),
    blocks,
    problem,
    el('footer', {}, close, submit),
  );
  const dialog = el('dialog', { class: 'modal', 'aria-labelledby': title.id, 'data-view-id': viewId }, form);

  // Fires for the buttons, for Escape, and when the state no longer has the modal.
  dialog.addEventListener('close', () => {
    dialog.remove();
    // The button that opened the modal may be gone.
    if (document.activeElement === document.body) byId('command').focus();
    if (dialog.returnValue === BY_STATE) return;
    closedViewId = viewId;
    if (open?.dialog === dialog) open = null;
    void world.perform({ kind: 'close', viewId });
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    const values = inputValues(blocks);
    const result = await whileBusy(submit, () => world.perform({ kind: 'submit', viewId, values }));
    if (result && !result.ok) problem.textContent = result.error;
    focusOn(blocks.querySelector('[aria-invalid]'));
  });

  document.body.append(dialog);
  dialog.showModal();
  return {
    viewId,
    dialog,
    draw: (/** @type {Modal} */ { view: bare, errors }) => {
      const view = /** @type {Json} */ (bare);
      title.textContent = plainText(view['title']);
      close.textContent = plainText(view['close']) || 'Close';
      submit.textContent = plainText(view['submit']);
      submit.hidden = !view['submit'];
      const values = () => inputValues(blocks);
      drawBlocks(blocks, view['blocks'], { ...world, container: { viewId }, values }, errors);
      const shown = new Set(view['blocks'].map((/** @type {Json} */ block) => block['block_id']));
      const unplaced = Object.entries(errors).filter(([blockId]) => !shown.has(blockId));
      // Without new errors the last submit's error stays.
      if (unplaced.length > 0) problem.textContent = unplaced.map((error) => error.join(': ')).join('\n');
    },
  };
}

/** Focuses the first field; without one the title, so that a stray Enter presses no button. */
function focusFirst(/** @type {HTMLDialogElement} */ dialog) {
  const fields = '.input :is(input, select, textarea)';
  focusOn(dialog.querySelector('[data-autofocus]') ?? dialog.querySelector(fields) ?? dialog.querySelector('h2'));
}
