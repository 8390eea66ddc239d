import { interactiveElements, optionsOf, type PlacedElement, STATE_FIELDS, type Values } from './blocks.ts';
import { isJson, type Json, jsonListOf, jsonOf, stringOf } from './json.ts';

/** What a person enters: a text or an option's value, several values, or state in Slack's format. */
export type InputValue = string | readonly string[] | Json;

/** Inputs by block id and action id. */
export type FormValues = Readonly<Record<string, Readonly<Record<string, InputValue>>>>;

/** Finds an offered option by its value; undefined without a match. */
export type OptionLookup = (value: string) => Json | undefined;

/** The state of an element after an input. @throws {Error} when the element does not accept it */
export function inputState(element: Json, entered: InputValue, lookup: OptionLookup = optionsOfElement(element)): Json {
  const type = stringOf(element['type']);
  const field = STATE_FIELDS[type];
  if (field === undefined) throw new Error(`a ${type} takes no input`);
  const key = field.key;
  // State in Slack's format is validated like a plain value.
  const value = isJson(entered) ? entered[key] : entered;
  if (key === 'selected_option') return { type, [key]: value === null ? null : findOption(value, lookup) };
  if (key === 'selected_options') {
    const many = Array.isArray(value) ? value : [value];
    const max = element['max_selected_items'];
    if (typeof max === 'number' && many.length > max) throw new Error(`more than ${max} chosen`);
    return { type, [key]: many.map((one) => findOption(one, lookup)) };
  }
  return { type, [key]: value ?? null };
}

function optionsOfElement(element: Json): OptionLookup {
  return (value) => optionsOf(element).find((option) => option['value'] === value);
}

function findOption(choice: unknown, lookup: OptionLookup): Json {
  const value = isJson(choice) ? stringOf(choice['value']) : stringOf(choice);
  const option = lookup(value);
  if (option === undefined) throw new Error(`no option ${JSON.stringify(value)} is offered`);
  return option;
}

/**
 * Checks text lengths before a submit; a press may carry unfinished text.
 * @throws {Error} for a text that is too long or too short
 */
export function checkLengths(blocks: readonly Json[], values: Values): void {
  for (const { blockId, element } of interactiveElements(blocks)) {
    const value = stringOf(values[blockId]?.[stringOf(element['action_id'])]?.['value']);
    const max = element['max_length'] ?? 3000;
    if (typeof max === 'number' && value.length > max) throw new Error(`longer than ${max} characters`);
    const min = element['min_length'];
    if (typeof min === 'number' && value !== '' && value.length < min) throw new Error(`shorter than ${min}`);
  }
}

/** The state of a whole form. @throws {Error} for an unknown input, or one that does not accept its value */
export function fillIn(
  blocks: readonly Json[],
  before: Values,
  entered: FormValues,
  lookup: (placed: PlacedElement) => OptionLookup | undefined,
): Values {
  const elements = interactiveElements(blocks);
  const values: Record<string, Readonly<Record<string, Json>>> = { ...before };
  for (const [blockId, actions] of Object.entries(entered)) {
    for (const [actionId, input] of Object.entries(actions)) {
      const placed = elements.find((p) => p.blockId === blockId && p.element['action_id'] === actionId);
      if (placed === undefined) throw new Error(`there is no input ${blockId}/${actionId}`);
      const kept = before[blockId]?.[actionId];
      // The page sends back the whole state: unchanged values were validated before.
      const untouched = JSON.stringify(input) === JSON.stringify(kept);
      const state = untouched && kept ? kept : inputState(placed.element, input, lookup(placed));
      values[blockId] = { ...values[blockId], [actionId]: state };
    }
  }
  return values;
}

/** The block ids of required inputs that are empty: Slack does not submit a form with these. */
export function missingInputs(blocks: readonly Json[], values: Values): readonly string[] {
  return blocks
    .filter((block) => block['type'] === 'input' && block['optional'] !== true)
    .filter((block) => {
      const element = jsonOf(block['element']);
      const state = values[stringOf(block['block_id'])]?.[stringOf(element['action_id'])];
      const value = state?.[STATE_FIELDS[stringOf(element['type'])]?.key ?? 'value'];
      return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    })
    .map((block) => stringOf(block['block_id']));
}

/** The options in an app's response to `block_suggestion`, groups included. */
export function suggestedOptions(response: Json): readonly Json[] {
  return [...jsonListOf(response['options']), ...optionsOf({ option_groups: response['option_groups'] })];
}
