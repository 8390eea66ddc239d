/** @typedef {Record<string, any>} Json  The bot's JSON, of unknown shape. */

/**
 * Creates an element. Text becomes text nodes only: no function of this page takes markup from outside.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes] a function is an event listener; undefined and false are left out
 * @param {...(Node | string | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name, /** @type {EventListener} */ (value));
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

/** @param {string} id */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`index.html has no #${id}`);
  return node;
}

/** An external link; undefined for URLs that Slack would not link. */
export function link(/** @type {string} */ href, label = href, attributes = {}) {
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return undefined;
  return el('a', { href, target: '_blank', rel: 'noopener noreferrer', ...attributes }, label);
}

let lastId = 0;

/** An id for aria-labelledby and similar attributes. */
export function uniqueId() {
  lastId += 1;
  return `id-${lastId}`;
}

/** A visible placeholder for a block type this page does not draw, so that it is not mistaken for a missing message. */
export function unsupported(/** @type {string} */ what) {
  return el('span', { class: 'unsupported', 'data-unsupported': what }, `unsupported: ${what}`);
}

/**
 * Marks a control busy until the work ends. Not `disabled`, which would remove the focus.
 * @template Result
 * @param {HTMLElement} control
 * @param {() => Promise<Result>} work not started while the control is busy
 */
export async function whileBusy(control, work) {
  if (control.ariaBusy === 'true') return undefined;
  control.ariaBusy = 'true';
  try {
    return await work();
  } finally {
    control.ariaBusy = null;
  }
}

/** @type {WeakMap<Element, string>} what each child of a reconciled parent was drawn from */
const drawnFrom = new WeakMap();

/**
 * Updates the children of `parent` to `items` and keeps unchanged ones, so that scroll position, focus and unfinished
 * input survive. When the focused element is replaced, its replacement gets the focus.
 * @template Data
 * @param {Element} parent
 * @param {readonly {key: string, data: Data}[]} items
 * @param {(data: Data, before: HTMLElement | undefined) => HTMLElement} draw may patch and return `before`
 */
export function reconcile(parent, items, draw) {
  const children = /** @type {HTMLElement[]} */ ([...parent.children]);
  const before = new Map(children.map((child) => [child.dataset['key'], child]));
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const focusedKey = children.find((child) => child.contains(focused))?.dataset['key'];
  const focusedAction = focused?.closest('[data-action-id]')?.getAttribute('data-action-id');

  const wanted = items.map(({ key, data }) => {
    const json = JSON.stringify(data);
    const old = before.get(key);
    before.delete(key);
    if (old && drawnFrom.get(old) === json) return old;
    const node = draw(data, old);
    node.dataset['key'] = key;
    drawnFrom.set(node, json);
    return node;
  });
  const keep = new Set(wanted);
  for (const child of children) if (!keep.has(child)) child.remove();
  for (const [index, node] of wanted.entries()) {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  }

  // An inner reconcile may have moved the focus already.
  if (focused && !focused.isConnected && !parent.contains(document.activeElement)) {
    const replacement = wanted.find((node) => node.dataset['key'] === focusedKey);
    const counterpart = focusedAction ? `[data-action-id="${CSS.escape(focusedAction)}"]` : 'a';
    focusOn(replacement?.querySelector(counterpart) ?? replacement);
  }
}

/** Focuses an element; of a group its first field, of plain text the text itself. */
export function focusOn(/** @type {Element | null | undefined} */ node) {
  const control = node?.matches('fieldset') ? node.querySelector('input') : node;
  if (!(control instanceof HTMLElement)) return;
  if (!control.matches('a, button, input, select, textarea')) control.tabIndex = -1;
  control.focus({ preventScroll: control.tabIndex < 0 });
}
