import { isJson, type Json, stringOf } from '../json.ts';
import {
  checkFlags,
  checkKeys,
  checkList,
  checkOneOf,
  checkString,
  checkText,
  checkUnique,
  type Problems,
} from './check.ts';
import { BUTTONS, checkElement, checkImage, IN_ACTIONS, IN_INPUT, IN_SECTION } from './elements.ts';
import { checkPlan, checkTable, checkTask } from './message-blocks.ts';
import { checkRichText } from './rich-text.ts';

export type Surface = 'message' | 'modal' | 'home';

type Check = (block: Json, at: string, problems: Problems) => void;

const EVERYWHERE: readonly Surface[] = ['message', 'modal', 'home'];

/** A list of blocks for one surface. Slack's `input` in messages is refused: the product must not use it. */
export function checkBlocks(
  value: unknown,
  surface: Surface,
  rule: { readonly min: number; readonly max: number },
  at: string,
  problems: Problems,
): void {
  const blocks = checkList(value, rule, at, problems);
  for (const [i, block] of blocks.entries()) checkBlock(block, surface, `${at}[${i}]`, problems);
  const ids = blocks.map((b) => stringOf(b['block_id']));
  checkUnique(ids, 'block_id', at, problems);
  if (blocks.filter((b) => b['type'] === 'table').length > 1)
    problems.push(`${at}: only one table a message`);
}

function checkBlock(block: Json, surface: Surface, at: string, problems: Problems): void {
  const type = stringOf(block['type']);
  const rule = BLOCKS[type];
  if (rule === undefined) {
    problems.push(`${at}: unsupported block: ${type || 'untyped'}`);
    return;
  }
  if (!rule.on.includes(surface)) problems.push(`${at}: a ${type} block is not allowed in a ${surface}`);
  checkString(block['block_id'], { max: 255 }, `${at}.block_id`, problems);
  checkKeys(block, ['type', 'block_id', ...rule.fields], at, problems);
  rule.check(block, at, problems);
}

const checkSection: Check = (block, at, problems) => {
  if (block['text'] === undefined && block['fields'] === undefined)
    problems.push(`${at}: needs text or fields`);
  checkText(block['text'], { max: 3000 }, `${at}.text`, problems);
  if (block['fields'] !== undefined) {
    for (const [i, field] of checkList(block['fields'], { max: 10 }, `${at}.fields`, problems).entries()) {
      checkText(field, { max: 2000 }, `${at}.fields[${i}]`, problems);
    }
  }
  if (block['accessory'] !== undefined)
    checkElement(block['accessory'], IN_SECTION, `${at}.accessory`, problems);
  checkFlags(block, ['expand'], at, problems);
};

const checkContext: Check = (block, at, problems) => {
  for (const [i, element] of checkList(
    block['elements'],
    { max: 10 },
    `${at}.elements`,
    problems,
  ).entries()) {
    const place = `${at}.elements[${i}]`;
    if (element['type'] === 'image') checkImage(element, place, problems);
    else checkText(element, { max: 3000 }, place, problems);
  }
};

const checkActions: Check = (block, at, problems) => {
  const elements = checkList(block['elements'], { max: 25 }, `${at}.elements`, problems);
  for (const [i, element] of elements.entries())
    checkElement(element, IN_ACTIONS, `${at}.elements[${i}]`, problems);
  checkUnique(
    elements.map((e) => stringOf(e['action_id'])),
    'action_id',
    at,
    problems,
  );
};

const checkInput: Check = (block, at, problems) => {
  checkText(block['label'], { max: 2000, plain: true, required: true }, `${at}.label`, problems);
  checkText(block['hint'], { max: 2000, plain: true }, `${at}.hint`, problems);
  checkFlags(block, ['optional', 'dispatch_action'], at, problems);
  checkElement(block['element'], IN_INPUT, `${at}.element`, problems);
};

const checkCard: Check = (block, at, problems) => {
  const filled = ['hero_image', 'title', 'body', 'actions'].some((key) => block[key] !== undefined);
  if (!filled) problems.push(`${at}: needs a hero_image, title, body or actions`);
  checkText(block['title'], { max: 150, mrkdwn: true }, `${at}.title`, problems);
  checkText(block['subtitle'], { max: 150, mrkdwn: true }, `${at}.subtitle`, problems);
  checkText(block['body'], { max: 200, mrkdwn: true }, `${at}.body`, problems);
  for (const key of ['hero_image', 'icon']) {
    if (block[key] !== undefined) checkElement(block[key], ['image'], `${at}.${key}`, problems);
  }
  if (block['actions'] !== undefined) {
    for (const [i, button] of checkList(block['actions'], { max: 25 }, `${at}.actions`, problems).entries()) {
      checkElement(button, BUTTONS, `${at}.actions[${i}]`, problems);
    }
  }
};

const checkCarousel: Check = (block, at, problems) => {
  for (const [i, card] of checkList(block['elements'], { max: 10 }, `${at}.elements`, problems).entries()) {
    checkOneOf(card['type'] ?? null, ['card'], `${at}.elements[${i}].type`, problems);
    checkBlock(card, 'message', `${at}.elements[${i}]`, problems);
  }
};

const IN_CONTAINER = [
  'actions',
  'context',
  'divider',
  'header',
  'image',
  'input',
  'rich_text',
  'section',
  'table',
];

const checkContainer: Check = (block, at, problems) => {
  if (block['rich_text_title'] !== undefined)
    checkRichText(block['rich_text_title'], `${at}.rich_text_title`, problems);
  else checkText(block['title'], { max: 150, plain: true, required: true }, `${at}.title`, problems);
  checkText(block['subtitle'], { max: 150 }, `${at}.subtitle`, problems);
  checkOneOf(block['width'], ['narrow', 'standard', 'wide', 'full'], `${at}.width`, problems);
  checkFlags(block, ['is_collapsible', 'default_collapsed', 'has_header_divider'], at, problems);
  const children = checkList(block['child_blocks'], { max: 10 }, `${at}.child_blocks`, problems);
  for (const [i, child] of children.entries()) {
    checkOneOf(child['type'] ?? null, IN_CONTAINER, `${at}.child_blocks[${i}].type`, problems);
    checkBlock(child, 'message', `${at}.child_blocks[${i}]`, problems);
  }
};

const checkNothing: Check = () => {};

interface BlockRule {
  readonly on: readonly Surface[];
  /** Besides `type` and `block_id`. */
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
    on: ['message'],
    fields: ['rows', 'caption', 'page_size', 'row_header_column_index'],
    check: checkTable,
  },
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

/** True when the blocks hold an input, which makes `submit` obligatory. */
export function hasInput(value: unknown): boolean {
  return Array.isArray(value) && value.some((block) => isJson(block) && block['type'] === 'input');
}
