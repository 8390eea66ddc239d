import { isJson, type Json, jsonListOf, jsonOf, stringOf } from './json.ts';

/** An interactive element and the id of its block. */
export interface PlacedElement {
  readonly blockId: string;
  readonly element: Json;
}

/** Slack's `state.values`: by block id, then by action id. */
export type Values = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** The blocks as Slack stores them: blocks and interactive elements without an id get one. */
export function withIds(blocks: readonly Json[], newId: () => string): readonly Json[] {
  return blocks.map((block) => {
    const named: Record<string, unknown> = { ...block, block_id: stringOf(block['block_id']) || newId() };
    for (const key of ['elements', 'actions']) {
      if (Array.isArray(block[key])) named[key] = jsonListOf(block[key]).map((e) => namedElement(e, newId));
    }
    for (const key of ['accessory', 'element']) {
      if (isJson(block[key])) named[key] = namedElement(block[key], newId);
    }
    if (Array.isArray(block['child_blocks'])) named['child_blocks'] = withIds(jsonListOf(block['child_blocks']), newId);
    return named;
  });
}

const STATIC = ['image', 'plain_text', 'mrkdwn', 'card'];

function namedElement(element: Json, newId: () => string): Json {
  const type = stringOf(element['type']);
  if (STATIC.includes(type) || type.startsWith('rich_text_') || type === '') {
    return type === 'card' ? jsonOf(withIds([element], newId)[0]) : element;
  }
  return { ...element, action_id: stringOf(element['action_id']) || newId() };
}

/** Every element of the blocks that has an action id, in the order of display. */
export function interactiveElements(blocks: readonly Json[]): readonly PlacedElement[] {
  return blocks.flatMap((block) => {
    const blockId = stringOf(block['block_id']);
    const own = [...jsonListOf(block['elements']), ...jsonListOf(block['actions'])];
    const all = [...own, jsonOf(block['accessory']), jsonOf(block['element'])];
    return [
      ...all.filter((e) => typeof e['action_id'] === 'string').map((element) => ({ blockId, element })),
      ...interactiveElements(all.filter((e) => e['type'] === 'card')),
      ...interactiveElements(jsonListOf(block['child_blocks'])),
    ];
  });
}

/** The initial state of an element; undefined for elements without state, such as buttons. */
function initialState(element: Json): Json | undefined {
  const type = stringOf(element['type']);
  const field = STATE_FIELDS[type];
  if (field === undefined) return undefined;
  const initial = element[field.initial];
  return { type, [field.key]: initial ?? (field.many ? [] : null) };
}

interface StateField {
  /** The field of the state that holds the value. */
  readonly key: string;
  /** The field of the element that holds the initial value. */
  readonly initial: string;
  readonly many?: true;
}

const text = { key: 'value', initial: 'initial_value' } as const;

/** The state field of each element type that has state. */
export const STATE_FIELDS: Readonly<Record<string, StateField>> = {
  plain_text_input: text,
  email_text_input: text,
  url_text_input: text,
  number_input: text,
  static_select: { key: 'selected_option', initial: 'initial_option' },
  external_select: { key: 'selected_option', initial: 'initial_option' },
  radio_buttons: { key: 'selected_option', initial: 'initial_option' },
  checkboxes: { key: 'selected_options', initial: 'initial_options', many: true },
  multi_static_select: { key: 'selected_options', initial: 'initial_options', many: true },
  multi_external_select: { key: 'selected_options', initial: 'initial_options', many: true },
  users_select: { key: 'selected_user', initial: 'initial_user' },
  conversations_select: { key: 'selected_conversation', initial: 'initial_conversation' },
  channels_select: { key: 'selected_channel', initial: 'initial_channel' },
  multi_users_select: { key: 'selected_users', initial: 'initial_users', many: true },
  datepicker: { key: 'selected_date', initial: 'initial_date' },
  timepicker: { key: 'selected_time', initial: 'initial_time' },
};

/** The state of all inputs of these blocks; inputs that existed before keep their values. */
export function stateOf(blocks: readonly Json[], before: Values = {}): Values {
  const values: Record<string, Record<string, Json>> = {};
  for (const { blockId, element } of interactiveElements(blocks)) {
    const initial = initialState(element);
    if (initial === undefined) continue;
    const actionId = stringOf(element['action_id']);
    const kept = before[blockId]?.[actionId];
    const value = kept !== undefined && kept['type'] === element['type'] ? kept : initial;
    values[blockId] = { ...values[blockId], [actionId]: value };
  }
  return values;
}

/** All options of a menu, groups included. */
export function optionsOf(element: Json): readonly Json[] {
  return [
    ...jsonListOf(element['options']),
    ...jsonListOf(element['option_groups']).flatMap((group) => jsonListOf(group['options'])),
  ];
}

/** Every text a person reads in these blocks, one per line; for searches and error messages. */
export function readableText(value: unknown): string {
  if (Array.isArray(value)) return value.map(readableText).filter(Boolean).join('\n');
  if (!isJson(value)) return '';
  const own = typeof value['text'] === 'string' ? value['text'] : '';
  const nested = Object.entries(value).map(([key, v]) => (key === 'value' ? '' : readableText(v)));
  return [own, ...nested].filter(Boolean).join('\n');
}
