/** @import { PanelCredential } from '../../panel/contract.ts' */
import { el, reconcile } from '../dom.js';
import { moment } from './format.js';

/** The labels of Adobe's states. */
export const STATES = Object.freeze({
  NOT_STARTED: 'Not started',
  STARTED: 'Migrating',
  COMPLETED: 'Migrated',
  NONE: 'Not eligible',
});

/**
 * @param {PanelCredential} credential
 * @param {HTMLElement | undefined} before is reused, so that it stays open and keeps the focus
 * @param {string} timeZone
 */
export function drawCredential(credential, before, timeZone) {
  const { id, name, owner, sandboxes, state, secondsLeft } = credential;
  const row = before ?? el('details', { 'data-credential': id }, el('summary'), el('div'));
  const [summary, inside] = /** @type {[Element, Element]} */ ([...row.children]);
  const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  row.dataset['state'] = state;
  summary.replaceChildren(
    el('b', {}, name),
    el('span', { class: 'state' }, STATES[state] + left),
    el('small', {}, `${sandboxes.join(', ')} · ${owner ?? 'unassigned'}`),
  );
  reconcile(inside, partsOf(credential, timeZone), drawPart);
  return row;
}

/**
 * @typedef {object} Line  one schedule or query
 * @property {string} name
 * @property {string} sandbox
 * @property {string} when
 * @property {string} state
 *
 * @typedef {{ title: string, lines: Line[], none: string } | { id: string, name: string, canMigrate: boolean }} Part
 */

/**
 * @param {PanelCredential} credential
 * @param {string} timeZone
 * @returns {{ key: string, data: Part }[]}
 */
function partsOf({ id, name, state, schedules, queries }, timeZone) {
  const planned = schedules.map((each) => ({ ...each, when: each.cron, state: each.enabled ? 'ENABLED' : 'DISABLED' }));
  const ran = queries.map((each) => ({ ...each, when: moment(each.at, timeZone) }));
  return [
    { key: 'schedules', data: { title: 'Schedules', lines: planned, none: 'No schedules.' } },
    { key: 'queries', data: { title: 'Last queries', lines: ran, none: 'No queries.' } },
    { key: 'buttons', data: { id, name, canMigrate: state === 'NOT_STARTED' } },
  ];
}

/** @param {Part} part */
function drawPart(part) {
  return 'lines' in part ? drawLines(part) : drawButtons(part);
}

/** @param {Extract<Part, {lines: Line[]}>} part */
function drawLines({ title, lines, none }) {
  const rows = lines.map(({ name, sandbox, when, state }) =>
    el(
      'li',
      { 'data-state': state },
      el('span', { title: name }, name),
      el('small', {}, sandbox),
      el('code', {}, when),
      el('small', { class: 'state' }, state.toLowerCase().replace('_', ' ')),
    ),
  );
  return el('section', {}, el('h4', {}, title), rows.length > 0 ? el('ul', {}, ...rows) : el('small', {}, none));
}

/** @param {Extract<Part, {id: string}>} part */
function drawButtons({ id, name, canMigrate }) {
  const migrate = el('button', { type: 'button', 'data-panel': `migrate-elsewhere ${id}` }, 'Migrate in Adobe');
  const remove = el(
    'button',
    { type: 'button', class: 'quiet-danger', 'data-panel': `delete ${id}`, 'data-name': name },
    'Delete in Adobe…',
  );
  return el('p', { class: 'buttons' }, canMigrate ? migrate : undefined, remove);
}
