/** @import { PageState } from '../slack/contract.ts' */
import { byId, el } from './dom.js';
import { Listbox } from './listbox.js';

const box = /** @type {HTMLInputElement} */ (byId('command'));
const usage = byId('usage');
const list = new Listbox(box, 'Commands');
box.after(list.node);

/** @type {{name: string, whole: string, rest: string, summary: string}[]} */
let commands = [];

/** Sets the commands offered while typing. */
export function offerCommands(/** @type {PageState} */ { command, completions }) {
  commands = completions.map(({ usage: words, summary }) => {
    const [name = ''] = words.split(' ');
    return { name, whole: `${command} ${name}`, rest: words.slice(name.length + 1), summary };
  });
}

/** Puts a text into the message box. */
export function fillBox(/** @type {string} */ text) {
  box.value = text;
  list.close();
  showUsage();
}

/** Shows the arguments of the subcommand in the box. */
function showUsage() {
  const typed = commands.find(({ whole }) => `${box.value} `.startsWith(`${whole} `));
  usage.textContent = typed?.rest ?? '';
}

function offer() {
  showUsage();
  const text = box.value.toLowerCase();
  // A slash alone offers every command; "/li" matches a subcommand without the command name.
  const matching = commands.filter(
    ({ name, whole }) => text.startsWith('/') && (whole.startsWith(text) || `/${name}`.startsWith(text)),
  );
  if (matching.every(({ whole }) => whole === text)) return list.close();
  const offers = matching.map(({ whole, rest, summary }) => ({
    children: [el('b', {}, whole), ' ', el('span', {}, rest), el('small', {}, summary)],
    choose: () => fillBox(`${whole} `),
  }));
  list.offer(offers, '');
}

box.addEventListener('input', offer);
box.addEventListener('blur', () => list.close());
box.addEventListener('keydown', (event) => {
  if (list.node.hidden) return;
  if (event.key === 'Tab' && !event.shiftKey) list.takeFirst();
  // Without a marked option, Enter sends the typed text.
  else if (!list.takes(event) || (event.key === 'Enter' && !list.marked)) return;
  else if (event.key === 'Escape') list.close();
  else list.handleKey(event.key);
  event.preventDefault();
});
