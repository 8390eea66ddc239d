import { whileBusy } from './dom.js';

const RECALL = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1 });

/**
 * Makes a form send its text: as a command if it starts with a slash, else as a message. Arrow keys recall sent texts.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} box
 * @param {(kind: 'command' | 'message', text: string) => Promise<unknown>} send
 * @param {(text: string) => void} fill puts a text into the box
 */
export function setUpComposer(form, box, send, fill) {
  /** @type {string[]} */
  const sent = [];
  let recalled = 0;

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = box.value.trimEnd();
    if (!text || form.ariaBusy) return;
    // As in Slack, a space before the slash makes it a message.
    const kind = text.startsWith('/') ? 'command' : 'message';
    if (sent.at(-1) !== text) sent.push(text);
    recalled = sent.length;
    fill('');
    await whileBusy(form, () => send(kind, text));
  });

  box.addEventListener('keydown', (event) => {
    const step = RECALL[event.key];
    if (!step || event.altKey || event.defaultPrevented) return;
    event.preventDefault();
    recalled = Math.max(0, Math.min(sent.length, recalled + step));
    fill(sent[recalled] ?? '');
  });
}
