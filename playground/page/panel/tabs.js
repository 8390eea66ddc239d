import { byId } from '../dom.js';

const KEPT_TAB = 'panel-tab';
const KEPT_HIDDEN = 'panel-hidden';

const panel = byId('panel');
const toggle = byId('panel-toggle');
const list = byId('panel-tabs');
const tabs = /** @type {HTMLElement[]} */ ([...list.children]);

/** Shows the tabs, and the one that was open before. */
export function showTabs() {
  if (!list.hidden) return;
  list.hidden = false;
  select(tabs.find((tab) => tab.dataset['tab'] === sessionStorage.getItem(KEPT_TAB)) ?? tabs[0]);
}

function select(/** @type {HTMLElement | undefined} */ chosen) {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.ariaSelected = String(isChosen);
    tab.tabIndex = isChosen ? 0 : -1;
    byId(tab.getAttribute('aria-controls') ?? '').hidden = !isChosen;
  }
  sessionStorage.setItem(KEPT_TAB, chosen?.dataset['tab'] ?? '');
}

function setHidden(/** @type {boolean} */ hidden) {
  panel.toggleAttribute('data-hidden', hidden);
  toggle.ariaExpanded = String(!hidden);
  sessionStorage.setItem(KEPT_HIDDEN, hidden ? 'yes' : '');
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
setHidden(sessionStorage.getItem(KEPT_HIDDEN) === 'yes');
