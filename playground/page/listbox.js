import { el, uniqueId } from './dom.js';

/** @typedef {{children: (Node | string)[], choose: () => void}} Offer */

const STEPS = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });

/** The list of a combobox, whose text box keeps the focus. */
export class Listbox {
  /** @type {HTMLInputElement} */ #box;
  /** @type {HTMLElement[]} */ #options = [];
  #active = -1;
  /** Place this beside the box. */
  node;

  /** @param {HTMLInputElement} box @param {string} label */
  constructor(box, label) {
    this.#box = box;
    this.node = el('ul', { id: uniqueId(), role: 'listbox', 'aria-label': label, hidden: true });
    // Pressing an option must not blur the box, which would close the list before the click.
    this.node.addEventListener('mousedown', (event) => event.preventDefault());
    box.role = 'combobox';
    box.ariaAutoComplete = 'list';
    box.ariaExpanded = 'false';
    box.setAttribute('aria-controls', this.node.id);
  }

  /**
   * Opens the list with no option marked.
   * @param {readonly Offer[]} offers
   * @param {string} nothing shown without offers
   */
  offer(offers, nothing) {
    this.#options = offers.map(({ children, choose }) =>
      el('li', { id: uniqueId(), role: 'option', 'aria-selected': 'false', click: choose }, ...children),
    );
    this.#mark(-1);
    this.node.replaceChildren(...(this.#options.length > 0 ? this.#options : [el('li', {}, nothing)]));
    this.node.hidden = false;
    this.#box.ariaExpanded = 'true';
  }

  close() {
    this.node.hidden = true;
    this.#box.ariaExpanded = 'false';
    this.#mark(-1);
  }

  /** Whether an option is marked, which Enter would choose. */
  get hasMarked() {
    return this.#active >= 0;
  }

  /** Whether the open list handles a key. */
  handles(/** @type {KeyboardEvent} */ { key }) {
    return !this.node.hidden && (key in STEPS || key === 'Enter' || key === 'Escape');
  }

  /** Moves the mark by an arrow key; any other key chooses the marked option. */
  handleKey(/** @type {string} */ key) {
    const step = STEPS[key];
    const { length } = this.#options;
    if (step === undefined) this.#options[this.#active]?.click();
    else if (length > 0) this.#mark((Math.max(this.#active, step < 0 ? 0 : -1) + step + length) % length);
  }

  /** Chooses the marked option, or else the first. */
  chooseFirst() {
    this.#options[Math.max(0, this.#active)]?.click();
  }

  #mark(/** @type {number} */ index) {
    this.#active = index;
    for (const [at, node] of this.#options.entries()) node.ariaSelected = String(at === index);
    const option = this.#options[index];
    if (option) this.#box.setAttribute('aria-activedescendant', option.id);
    else this.#box.removeAttribute('aria-activedescendant');
    option?.scrollIntoView({ block: 'nearest' });
  }
}
