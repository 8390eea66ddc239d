/** @import { PanelCall, PanelState } from '../../panel/contract.ts' */
import { byId, el, reconcile } from '../dom.js';
import { momentToTheSecond } from './format.js';

const filter = byId('calls-filter');
const list = byId('calls');

/** @param {PanelState} state */
export function drawCalls({ calls, time }) {
  const rows = calls.map((call) => ({ key: String(call.id), data: call })).reverse();
  reconcile(list, rows, (call, before) => drawCall(call, before, time.timeZone));
  applyFilter();
}

/** @param {PanelCall} call @param {HTMLElement | undefined} before @param {string} timeZone */
function drawCall(call, before, timeZone) {
  const row = before ?? el('details', { 'data-call': call.id, 'data-to': call.to }, el('summary'), el('pre'));
  const [summary, detail] = /** @type {[Element, Element]} */ ([...row.children]);
  summary.replaceChildren(
    el('time', { datetime: call.at }, momentToTheSecond(call.at, timeZone)),
    el('span', { class: 'to' }, call.to),
    el('span', { class: 'outcome', 'data-ok': call.isExpected ? 'expected' : String(call.ok) }, call.outcome),
    el('code', {}, `${call.method} ${call.path}`),
  );
  detail.textContent = call.detail;
  return row;
}

/** Rows are hidden, not removed: an open one is still open when it is shown again. */
function applyFilter() {
  const { value: to } = /** @type {HTMLInputElement} */ (filter.querySelector(':checked'));
  const rows = /** @type {HTMLElement[]} */ ([...list.children]);
  for (const row of rows) row.hidden = to !== '' && row.dataset['to'] !== to;
  byId('no-calls').hidden = rows.some((row) => !row.hidden);
}

filter.addEventListener('change', applyFilter);
