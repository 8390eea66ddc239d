/** @import { PanelCredential } from '../../panel/contract.ts' */
import { el, reconcile } from '../dom.js';
import { moment } from './format.js';

/** The labels of Adobe's states. */
export const STATES = Object.freeze({
  NOT_STARTED: 'Not started',
  STARTED: 'Started',
  COMPLETED: 'Migrated',
  NONE: 'Not eligible',
});

/**
 * What someone can do in Adobe about a credential in this state.
 * @type {Readonly<Record<string, (readonly [label: string, action: string])[]>>}
 */
const STEPS = {
  NOT_STARTED: [
    ['Migrate in Adobe', 'migrate-elsewhere ID'],
    ['Begin in the Console', 'in-console ID begin'],
  ],
  STARTED: [
    ['Finish in the Console', 'in-console ID finish'],
    ['Cancel in the Console', 'in-console ID cancel'],
  ],
};

/**
 * @param {PanelCredential} credential
 * @param {HTMLElement | undefined} before is reused, so that it stays open and keeps the focus
 * @param {string} timeZone
 */
export function drawCredential(credential, before, timeZone) {
  const { id, name, owner, sandboxes, state, secondsLeft } = credential;
  const row = before ?? el('details', { 'data-credential': id }, el('summary'), el('div'));
  const [summary, inside] = /** @type {[Element, Element]} */ ([...row.children]);
  const word = secondsLeft === null ? STATES[state] : `Migrating, ${Math.ceil(secondsLeft)} s left`;
  row.dataset['state'] = state;
  summary.replaceChildren(
    el('b', {}, name),
    el('span', { class: 'state' }, word),
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
 * @typedef {{ title: string, lines: Line[], none: string } | { id: string, name: string, steps: (readonly [label: string, action: string])[] }} Part
 */

/**
 * @param {PanelCredential} credential
 * @param {string} timeZone
 * @returns {{ key: string, data: Part }[]}
 */
function partsOf({ id, name, state, secondsLeft, schedules, queries }, timeZone) {
  const planned = schedules.map((each) => ({ ...each, when: each.cron, state: each.enabled ? 'ENABLED' : 'DISABLED' }));
  const ran = queries.map((each) => ({ ...each, when: moment(each.at, timeZone) }));
  return [
    { key: 'schedules', data: { title: 'Schedules', lines: planned, none: 'No schedules.' } },
    { key: 'queries', data: { title: 'Last queries', lines: ran, none: 'No queries.' } },
    { key: 'buttons', data: { id, name, steps: secondsLeft === null ? (STEPS[state] ?? []) : [] } },
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
function drawButtons({ id, name, steps }) {
  const buttons = steps.map(([label, action]) =>
    el('button', { type: 'button', 'data-panel': action.replace('ID', id) }, label),
  );
  const remove = el(
    'button',
    { type: 'button', class: 'quiet-danger', 'data-panel': `delete ${id}`, 'data-name': name },
    'Delete in Adobe…',
  );
  return el('p', { class: 'buttons' }, ...buttons, remove);
}
