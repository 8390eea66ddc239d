/** @import { PageState } from '../slack/contract.ts' */
import { byId, el } from './dom.js';
import { Listbox } from './listbox.js';

const box = /** @type {HTMLInputElement} */ (byId('command'));
const usage = byId('usage');
const list = new Listbox(box, 'Commands');
box.after(list.node);

/** As in Slack, one command with its hint: Slack knows nothing of subcommands. */
let command = '';
let hint = '';
let about = '';

/** Sets the command offered while typing. */
export function offerCommand(/** @type {PageState} */ state) {
  command = state.command;
  hint = state.usageHint;
  about = `${state.commandDescription} · ${state.appName}`;
}

/** Puts a text into the message box. */
export function fillBox(/** @type {string} */ text) {
  box.value = text;
  list.close();
  showUsage();
}

/** Shows what may follow the command in the box. */
function showUsage() {
  usage.textContent = command !== '' && `${box.value} `.startsWith(`${command} `) ? hint : '';
}

function offer() {
  showUsage();
  const text = box.value.toLowerCase();
  if (!text.startsWith('/') || !command.startsWith(text)) return list.close();
  const children = [el('b', {}, command), ' ', el('span', {}, hint), el('small', {}, about)];
  list.offer([{ children, choose: () => fillBox(`${command} `) }], '');
}

box.addEventListener('input', offer);
box.addEventListener('blur', () => list.close());
box.addEventListener('keydown', (event) => {
  if (list.node.hidden) return;
  if (event.key === 'Tab' && !event.shiftKey) list.chooseFirst();
  // Without a marked option, Enter sends the typed text.
  else if (!list.handles(event) || (event.key === 'Enter' && !list.hasMarked)) return;
  else if (event.key === 'Escape') list.close();
  else list.handleKey(event.key);
  event.preventDefault();
});
