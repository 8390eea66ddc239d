/** @import { PageAction, PageActionResult } from '../slack/contract.ts' */
/** @import { Json } from './dom.js' */
/** @import { Names } from './mrkdwn.js' */
import { confirmDialog } from './confirm.js';
import { whileBusy } from './dom.js';

/**
 * @template {PageAction} Action
 * @typedef {Action extends PageAction ? Omit<Action, 'user'> : never} WithoutUser
 */

/**
 * @typedef {object} Surroundings  shared by all blocks of one message, Home or modal
 * @property {Extract<PageAction, {kind: 'press'}>['container']} container
 * @property {(perform: WithoutUser<PageAction>) => Promise<PageActionResult>} perform
 * @property {Names} names
 * @property {() => Record<string, Record<string, Json>>} [values]  the current inputs, in a modal
 */

/**
 * @typedef {object} Place  the position of one element
 * @property {Surroundings} around
 * @property {string} blockId
 * @property {Record<string, Record<string, Json>>} kept  inputs before a redraw, by block and action id
 * @property {Record<string, unknown>} [attributes]  attributes that link the control to its block: id, aria-*, required
 * @property {boolean} [silent]  in an input block: sent to the app on submit only
 */

/** @type {WeakMap<Element, {blockId: string, actionId: string, read: () => Json}>} */
const inputs = new WeakMap();

/** The inputs below `root`, as Slack's view.state.values. */
export function inputValues(/** @type {Element} */ root) {
  /** @type {Record<string, Record<string, Json>>} */
  const values = {};
  for (const node of root.querySelectorAll('[data-input]')) {
    const input = inputs.get(node);
    if (input) values[input.blockId] = { ...values[input.blockId], [input.actionId]: input.read() };
  }
  return values;
}

/**
 * Registers an element's entry in view.state.values.
 * @template {HTMLElement} Node
 * @param {Node} node
 * @param {Json} spec
 * @param {Place} place
 * @param {() => Json} read returns the state without its type
 */
export function asInput(node, spec, place, read) {
  const { type, action_id: actionId = '' } = spec;
  node.dataset['input'] = type;
  inputs.set(node, { blockId: place.blockId, actionId, read: () => ({ type, ...read() }) });
  return node;
}

/**
 * An element's initial state. As in Slack, inputs survive a redraw that keeps block and action id.
 * @param {Json} spec
 * @param {Place} place
 * @returns {Json}
 */
export function startOf(spec, place) {
  const kept = place.kept[place.blockId]?.[spec['action_id'] ?? ''];
  if (kept && kept['type'] === spec['type']) return kept;
  const { initial_value: value, initial_option: option, initial_options: several } = spec;
  const { initial_date: date, initial_user: user } = spec;
  return { value, selected_option: option, selected_options: several, selected_date: date, selected_user: user };
}

/**
 * Sends a press to the app, after its confirm dialog if there is one.
 * @param {Json} spec
 * @param {Place} place
 * @param {HTMLElement} control
 * @param {string} [selected]
 * @returns {Promise<boolean>} whether the press was sent
 */
export async function press(spec, place, control, selected) {
  const { perform, container, names, values } = place.around;
  if (control.ariaBusy === 'true') return false;
  if (spec['confirm'] && !(await confirmDialog(spec['confirm'], names))) return false;
  const { blockId } = place;
  const actionId = spec['action_id'] ?? '';
  const more = { ...(selected === undefined ? {} : { selected }), ...(values ? { values: values() } : {}) };
  await whileBusy(control, () => perform({ kind: 'press', container, blockId, actionId, ...more }));
  return true;
}
