import { isJson, type Json, stringOf } from '../json.ts';
import { checkChartBlock, MAX_CHARTS } from './charts.ts';
import {
  checkFlags,
  checkKeys,
  checkList,
  checkOneOf,
  checkString,
  checkText,
  checkUnique,
  type LimitErrors,
} from './check.ts';
import { BUTTONS, checkElement, checkImage, IN_ACTIONS, IN_INPUT, IN_SECTION } from './elements.ts';
import { checkPlan, checkTask } from './message-blocks.ts';
import { checkRichText } from './rich-text.ts';
import { checkDataTable, checkTable } from './tables.ts';

type Surface = 'message' | 'modal' | 'home';

type Check = (block: Json, at: string, errors: LimitErrors) => void;

const EVERYWHERE: readonly Surface[] = ['message', 'modal', 'home'];

/** Checks the blocks of one surface. Rejects `input` in messages: Slack takes it, but the product must not use it. */
export function checkBlocks(
  value: unknown,
  surface: Surface,
  rule: { readonly min: number; readonly max: number },
  at: string,
  errors: LimitErrors,
): void {
  const blocks = checkList(value, rule, at, errors);
  for (const [i, block] of blocks.entries()) checkBlock(block, surface, `${at}[${i}]`, errors);
  const ids = blocks.map((b) => stringOf(b['block_id']));
  checkUnique(ids, 'block_id', at, errors);
  if (blocks.filter((b) => b['type'] === 'table').length > 1) errors.push(`${at}: only one table per message`);
  if (blocks.filter((b) => b['type'] === 'data_visualization').length > MAX_CHARTS)
    errors.push(`${at}: more than ${MAX_CHARTS} charts`);
}

function checkBlock(block: Json, surface: Surface, at: string, errors: LimitErrors): void {
  const type = stringOf(block['type']);
  const rule = BLOCKS[type];
  if (rule === undefined) {
    errors.push(`${at}: unsupported block: ${type || 'untyped'}`);
    return;
  }
  if (!rule.on.includes(surface)) errors.push(`${at}: a ${type} block is not allowed in a ${surface}`);
  checkString(block['block_id'], { max: 255 }, `${at}.block_id`, errors);
  checkKeys(block, ['type', 'block_id', ...rule.fields], at, errors);
  rule.check(block, at, errors);
}

const checkSection: Check = (block, at, errors) => {
  if (block['text'] === undefined && block['fields'] === undefined) errors.push(`${at}: needs text or fields`);
  checkText(block['text'], { max: 3000 }, `${at}.text`, errors);
  if (block['fields'] !== undefined) {
    for (const [i, field] of checkList(block['fields'], { max: 10 }, `${at}.fields`, errors).entries()) {
      checkText(field, { max: 2000 }, `${at}.fields[${i}]`, errors);
    }
  }
  if (block['accessory'] !== undefined) checkElement(block['accessory'], IN_SECTION, `${at}.accessory`, errors);
  checkFlags(block, ['expand'], at, errors);
};

const checkContext: Check = (block, at, errors) => {
  for (const [i, element] of checkList(block['elements'], { max: 10 }, `${at}.elements`, errors).entries()) {
    const place = `${at}.elements[${i}]`;
    if (element['type'] === 'image') checkImage(element, place, errors);
    else checkText(element, { max: 3000 }, place, errors);
  }
};

const checkActions: Check = (block, at, errors) => {
  const elements = checkList(block['elements'], { max: 25 }, `${at}.elements`, errors);
  for (const [i, element] of elements.entries()) checkElement(element, IN_ACTIONS, `${at}.elements[${i}]`, errors);
  checkUnique(
    elements.map((e) => stringOf(e['action_id'])),
    'action_id',
    at,
    errors,
  );
};

const checkInput: Check = (block, at, errors) => {
  checkText(block['label'], { max: 2000, plain: true, required: true }, `${at}.label`, errors);
  checkText(block['hint'], { max: 2000, plain: true }, `${at}.hint`, errors);
  checkFlags(block, ['optional', 'dispatch_action'], at, errors);
  checkElement(block['element'], IN_INPUT, `${at}.element`, errors);
};

const checkCard: Check = (block, at, errors) => {
  const filled = ['hero_image', 'title', 'body', 'actions'].some((key) => block[key] !== undefined);
  if (!filled) errors.push(`${at}: needs a hero_image, title, body or actions`);
  checkText(block['title'], { max: 150, mrkdwn: true }, `${at}.title`, errors);
  checkText(block['subtitle'], { max: 150, mrkdwn: true }, `${at}.subtitle`, errors);
  checkText(block['body'], { max: 200, mrkdwn: true }, `${at}.body`, errors);
  for (const key of ['hero_image', 'icon']) {
    if (block[key] !== undefined) checkElement(block[key], ['image'], `${at}.${key}`, errors);
  }
  if (block['actions'] !== undefined) {
    for (const [i, button] of checkList(block['actions'], { max: 25 }, `${at}.actions`, errors).entries()) {
      checkElement(button, BUTTONS, `${at}.actions[${i}]`, errors);
    }
  }
};

const checkCarousel: Check = (block, at, errors) => {
  for (const [i, card] of checkList(block['elements'], { max: 10 }, `${at}.elements`, errors).entries()) {
    checkOneOf(card['type'] ?? null, ['card'], `${at}.elements[${i}].type`, errors);
    checkBlock(card, 'message', `${at}.elements[${i}]`, errors);
  }
};

const IN_CONTAINER = ['actions', 'context', 'divider', 'header', 'image', 'input', 'rich_text', 'section', 'table'];

const checkContainer: Check = (block, at, errors) => {
  if (block['rich_text_title'] !== undefined) checkRichText(block['rich_text_title'], `${at}.rich_text_title`, errors);
  else checkText(block['title'], { max: 150, plain: true, required: true }, `${at}.title`, errors);
  checkText(block['subtitle'], { max: 150 }, `${at}.subtitle`, errors);
  checkOneOf(block['width'], ['narrow', 'standard', 'wide', 'full'], `${at}.width`, errors);
  checkFlags(block, ['is_collapsible', 'default_collapsed', 'has_header_divider'], at, errors);
  const children = checkList(block['child_blocks'], { max: 10 }, `${at}.child_blocks`, errors);
  for (const [i, child] of children.entries()) {
    checkOneOf(child['type'] ?? null, IN_CONTAINER, `${at}.child_blocks[${i}].type`, errors);
    checkBlock(child, 'message', `${at}.child_blocks[${i}]`, errors);
  }
};

const checkNothing: Check = () => {};

interface BlockRule {
  readonly on: readonly Surface[];
  /** The allowed fields besides `type` and `block_id`. */
  readonly fields: readonly string[];
  readonly check: Check;
}

const BLOCKS: Readonly<Record<string, BlockRule>> = {
  section: { on: EVERYWHERE, fields: ['text', 'fields', 'accessory', 'expand'], check: checkSection },
  header: {
    on: EVERYWHERE,
    fields: ['text'],
    check: (b, at, p) => checkText(b['text'], { max: 150, plain: true, required: true }, `${at}.text`, p),
  },
  context: { on: EVERYWHERE, fields: ['elements'], check: checkContext },
  actions: { on: EVERYWHERE, fields: ['elements'], check: checkActions },
  divider: { on: EVERYWHERE, fields: [], check: checkNothing },
  image: { on: EVERYWHERE, fields: ['alt_text', 'image_url', 'slack_file', 'title'], check: checkImage },
  rich_text: { on: EVERYWHERE, fields: ['elements'], check: checkRichText },
  input: {
    on: ['modal', 'home'],
    fields: ['label', 'hint', 'optional', 'dispatch_action', 'element'],
    check: checkInput,
  },
  alert: {
    on: ['modal'],
    fields: ['text', 'level'],
    check: (b, at, p) => {
      checkText(b['text'], { max: 3000, required: true }, `${at}.text`, p);
      checkOneOf(b['level'], ['default', 'info', 'warning', 'error', 'success'], `${at}.level`, p);
    },
  },
  markdown: {
    on: ['message'],
    fields: ['text'],
    check: (b, at, p) => checkString(b['text'], { max: 12_000, required: true }, `${at}.text`, p),
  },
  table: { on: ['message'], fields: ['rows', 'column_settings'], check: checkTable },
  data_table: {
    on: ['message', 'home'],
    fields: ['rows', 'caption', 'page_size', 'row_header_column_index'],
    check: checkDataTable,
  },
  data_visualization: { on: ['message', 'home'], fields: ['title', 'chart'], check: checkChartBlock },
  card: {
    on: ['message', 'home'],
    fields: ['hero_image', 'icon', 'title', 'subtitle', 'body', 'actions'],
    check: checkCard,
  },
  carousel: { on: ['message', 'home'], fields: ['elements'], check: checkCarousel },
  container: {
    on: ['message', 'home'],
    fields: [
      'title',
      'rich_text_title',
      'subtitle',
      'child_blocks',
      'width',
      'icon',
      'is_collapsible',
      'default_collapsed',
      'has_header_divider',
    ],
    check: checkContainer,
  },
  task_card: {
    on: ['message'],
    fields: ['task_id', 'title', 'details', 'output', 'sources', 'status'],
    check: checkTask,
  },
  plan: { on: ['message'], fields: ['title', 'tasks'], check: checkPlan },
};

/** Whether the blocks contain an input, which makes `submit` required. */
export function hasInput(value: unknown): boolean {
  return Array.isArray(value) && value.some((block) => isJson(block) && block['type'] === 'input');
}
