import { optionsOf } from '../blocks.ts';
import { isJson, type Json, jsonListOf, stringOf } from '../json.ts';
import {
  checkFlags,
  checkKeys,
  checkList,
  checkOneOf,
  checkString,
  checkText,
  checkUnique,
  checkUrl,
  type LimitErrors,
} from './check.ts';

type Check = (element: Json, at: string, errors: LimitErrors) => void;

const COMMON = ['type', 'action_id', 'confirm', 'focus_on_load', 'placeholder'];

export const BUTTONS = ['button'];
const MENUS = [
  'static_select',
  'external_select',
  'users_select',
  'conversations_select',
  'channels_select',
  'multi_static_select',
  'multi_external_select',
  'multi_users_select',
];
const PICKERS = ['datepicker', 'timepicker', 'radio_buttons', 'checkboxes'];
const TEXT_INPUTS = ['plain_text_input', 'email_text_input', 'url_text_input', 'number_input'];

export const IN_ACTIONS = [...BUTTONS, ...MENUS, ...PICKERS, 'overflow'];
export const IN_SECTION = [...IN_ACTIONS, 'image'];
export const IN_INPUT = [...MENUS, ...PICKERS, ...TEXT_INPUTS];

/** Checks an element: whether it is allowed here, its own limits, and those of all interactive elements. */
export function checkElement(value: unknown, allowed: readonly string[], at: string, errors: LimitErrors): void {
  if (!isJson(value)) {
    errors.push(`${at}: not an element`);
    return;
  }
  const type = stringOf(value['type']);
  const check = ELEMENTS[type];
  if (check === undefined || !allowed.includes(type)) {
    errors.push(`${at}: unsupported element: ${type || 'untyped'}`);
    return;
  }
  if (type !== 'image') checkString(value['action_id'], { max: 255 }, `${at}.action_id`, errors);
  checkText(value['placeholder'], { max: 150, plain: true }, `${at}.placeholder`, errors);
  checkFlags(value, ['focus_on_load'], at, errors);
  if (value['confirm'] !== undefined) checkConfirm(value['confirm'], `${at}.confirm`, errors);
  check(value, at, errors);
}

function checkConfirm(value: unknown, at: string, errors: LimitErrors): void {
  if (!isJson(value)) {
    errors.push(`${at}: not a confirmation dialog`);
    return;
  }
  checkKeys(value, ['title', 'text', 'confirm', 'deny', 'style'], at, errors);
  checkText(value['title'], { max: 100, plain: true, required: true }, `${at}.title`, errors);
  checkText(value['text'], { max: 300, required: true }, `${at}.text`, errors);
  checkText(value['confirm'], { max: 30, plain: true, required: true }, `${at}.confirm`, errors);
  checkText(value['deny'], { max: 30, plain: true, required: true }, `${at}.deny`, errors);
  checkOneOf(value['style'], ['primary', 'danger'], `${at}.style`, errors);
}

interface OptionRule {
  /** Radio buttons and checkboxes may use markup, menus may not. */
  readonly plain: boolean;
  /** Only overflow menus open links. */
  readonly url?: boolean;
}

function checkOption(option: Json, rule: OptionRule, at: string, errors: LimitErrors): void {
  checkKeys(option, ['text', 'value', 'description', ...(rule.url === true ? ['url'] : [])], at, errors);
  checkText(option['text'], { max: 75, plain: rule.plain, required: true }, `${at}.text`, errors);
  checkString(option['value'], { max: 150, required: true }, `${at}.value`, errors);
  checkText(option['description'], { max: 75, plain: rule.plain }, `${at}.description`, errors);
  checkUrl(option['url'], {}, `${at}.url`, errors);
}

/** Checks the options of a menu or of a response to `block_suggestion`. */
export function checkOptions(
  value: unknown,
  rule: OptionRule & { readonly min?: number; readonly max: number },
  at: string,
  errors: LimitErrors,
): void {
  const options = checkList(value, rule, at, errors);
  for (const [i, option] of options.entries()) checkOption(option, rule, `${at}[${i}]`, errors);
  checkUnique(
    options.map((o) => stringOf(o['value'])),
    'value',
    at,
    errors,
  );
}

export function checkOptionGroups(value: unknown, at: string, errors: LimitErrors): void {
  for (const [i, group] of checkList(value, { max: 100 }, at, errors).entries()) {
    checkKeys(group, ['label', 'options'], `${at}[${i}]`, errors);
    checkText(group['label'], { max: 75, plain: true, required: true }, `${at}[${i}].label`, errors);
    checkOptions(group['options'], { max: 100, plain: true }, `${at}[${i}].options`, errors);
  }
}

/** The initial option must equal one of the options exactly. */
function checkInitial(element: Json, at: string, errors: LimitErrors): void {
  const known = optionsOf(element).map((option) => JSON.stringify(option));
  const single = isJson(element['initial_option']) ? [element['initial_option']] : [];
  for (const option of [...single, ...jsonListOf(element['initial_options'])]) {
    if (!known.includes(JSON.stringify(option))) errors.push(`${at}: the initial option is not among the options`);
  }
}

function optionElement(rule: OptionRule & { readonly max: number }, initial: readonly string[]): Check {
  return (element, at, errors) => {
    checkKeys(element, [...COMMON, 'options', ...initial], at, errors);
    checkOptions(element['options'], rule, `${at}.options`, errors);
    checkInitial(element, at, errors);
  };
}

function staticMenu(initial: readonly string[]): Check {
  return (element, at, errors) => {
    checkKeys(element, [...COMMON, 'options', 'option_groups', ...initial], at, errors);
    if ((element['options'] === undefined) === (element['option_groups'] === undefined)) {
      errors.push(`${at}: needs either options or option_groups`);
    }
    if (element['options'] !== undefined) {
      checkOptions(element['options'], { max: 100, plain: true }, `${at}.options`, errors);
    }
    if (element['option_groups'] !== undefined) {
      checkOptionGroups(element['option_groups'], `${at}.option_groups`, errors);
    }
    checkInitial(element, at, errors);
  };
}

function fieldsOnly(...fields: readonly string[]): Check {
  return (element, at, errors) => checkKeys(element, [...COMMON, ...fields], at, errors);
}

const checkTextInput: Check = (element, at, errors) => {
  const own = ['initial_value', 'multiline', 'min_length', 'max_length', 'dispatch_action_config'];
  const number = ['is_decimal_allowed', 'min_value', 'max_value'];
  checkKeys(element, [...COMMON, ...own, ...(element['type'] === 'number_input' ? number : [])], at, errors);
  const max = element['max_length'] ?? 3000;
  if (typeof max !== 'number' || max < 1 || max > 3000) errors.push(`${at}.max_length: must be 1 to 3000`);
  else checkString(element['initial_value'], { min: 0, max }, `${at}.initial_value`, errors);
};

const checkButton: Check = (element, at, errors) => {
  checkKeys(
    element,
    ['type', 'action_id', 'confirm', 'text', 'value', 'url', 'style', 'accessibility_label'],
    at,
    errors,
  );
  checkText(element['text'], { max: 75, plain: true, required: true }, `${at}.text`, errors);
  checkString(element['value'], { max: 2000 }, `${at}.value`, errors);
  checkUrl(element['url'], {}, `${at}.url`, errors);
  checkOneOf(element['style'], ['primary', 'danger'], `${at}.style`, errors);
  checkString(element['accessibility_label'], { max: 75 }, `${at}.accessibility_label`, errors);
};

export const checkImage: Check = (element, at, errors) => {
  checkKeys(element, ['type', 'alt_text', 'image_url', 'slack_file', 'title', 'block_id'], at, errors);
  checkString(element['alt_text'], { max: 2000, required: true }, `${at}.alt_text`, errors);
  checkText(element['title'], { max: 2000, plain: true }, `${at}.title`, errors);
  if (element['slack_file'] === undefined)
    checkUrl(element['image_url'], { required: true }, `${at}.image_url`, errors);
};

const externalMenu = ['min_query_length', 'max_selected_items', 'initial_option', 'initial_options'];

const ELEMENTS: Readonly<Record<string, Check>> = {
  button: checkButton,
  image: checkImage,
  static_select: staticMenu(['initial_option']),
  multi_static_select: staticMenu(['initial_options', 'max_selected_items']),
  external_select: fieldsOnly(...externalMenu),
  multi_external_select: fieldsOnly(...externalMenu),
  users_select: fieldsOnly('initial_user', 'response_url_enabled'),
  multi_users_select: fieldsOnly('initial_users', 'max_selected_items'),
  conversations_select: fieldsOnly(
    'initial_conversation',
    'default_to_current_conversation',
    'response_url_enabled',
    'filter',
  ),
  channels_select: fieldsOnly('initial_channel', 'response_url_enabled'),
  datepicker: fieldsOnly('initial_date'),
  timepicker: fieldsOnly('initial_time', 'timezone'),
  overflow: optionElement({ max: 5, plain: true, url: true }, []),
  radio_buttons: optionElement({ max: 10, plain: false }, ['initial_option']),
  checkboxes: optionElement({ max: 10, plain: false }, ['initial_options']),
  plain_text_input: checkTextInput,
  email_text_input: checkTextInput,
  url_text_input: checkTextInput,
  number_input: checkTextInput,
};
