import { byId } from '../dom.js';

const TAB_KEY = 'panel-tab';
const HIDDEN_KEY = 'panel-hidden';

const panel = byId('panel');
const toggle = byId('panel-toggle');
const list = byId('panel-tabs');
const tabs = /** @type {HTMLElement[]} */ ([...list.children]);

/** Shows the tabs and selects the last open one. */
export function showTabs() {
  if (!list.hidden) return;
  list.hidden = false;
  select(tabs.find((tab) => tab.dataset['tab'] === sessionStorage.getItem(TAB_KEY)) ?? tabs[0]);
}

function select(/** @type {HTMLElement | undefined} */ chosen) {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.ariaSelected = String(isChosen);
    tab.tabIndex = isChosen ? 0 : -1;
    byId(tab.getAttribute('aria-controls') ?? '').hidden = !isChosen;
  }
  sessionStorage.setItem(TAB_KEY, chosen?.dataset['tab'] ?? '');
}

function setHidden(/** @type {boolean} */ hidden) {
  panel.toggleAttribute('data-hidden', hidden);
  toggle.ariaExpanded = String(!hidden);
  sessionStorage.setItem(HIDDEN_KEY, hidden ? 'yes' : '');
}

list.addEventListener('click', ({ target }) => {
  const tab = tabs.find((each) => each === target);
  if (tab) select(tab);
});

list.addEventListener('keydown', (event) => {
  const at = tabs.indexOf(/** @type {HTMLElement} */ (event.target));
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const tab = tabs.at(to % tabs.length);
  select(tab);
  tab?.focus();
});

toggle.addEventListener('click', () => setHidden(!panel.hasAttribute('data-hidden')));
// On a phone there is no room for the panel beside the conversation.
setHidden((sessionStorage.getItem(HIDDEN_KEY) ?? (matchMedia('(max-width: 640px)').matches ? 'yes' : '')) === 'yes');
