import { interactiveElements } from '../blocks.ts';
import { isJson, type Json, jsonListOf } from '../json.ts';
import { checkBlocks, hasInput } from './blocks.ts';
import { checkFlags, checkKeys, checkString, checkText, type LimitErrors } from './check.ts';
import { checkOptionGroups, checkOptions } from './elements.ts';

/** Slack's error code for a message, with details. */
interface Rejection {
  readonly error: string;
  readonly messages: readonly string[];
}

/** Maximum characters of `text`; for `chat.update`, a tenth of the limit for a new message. */
export const MAX_NEW_TEXT = 40_000;
export const MAX_UPDATED_TEXT = 4_000;
/**
 * Maximum characters in all blocks of a `chat.postMessage` together. Undocumented: observed between 11 300 and 13 200,
 * but not for response_urls. Assumed for `chat.update`.
 */
export const MAX_POSTED_BLOCK_TEXT = 11_000;

/**
 * Why Slack would reject a message; null when Slack would accept it.
 * @param blocks undefined when the app sent none
 * @param maxBlockText the maximum for all blocks together
 */
export function messageRejection(
  text: unknown,
  blocks: unknown,
  maxText: number,
  maxBlockText = Number.POSITIVE_INFINITY,
): Rejection | null {
  if (text !== undefined && typeof text !== 'string') {
    return { error: 'invalid_arguments', messages: ['text: not a string'] };
  }
  if ((text ?? '').length > maxText) {
    return { error: 'msg_too_long', messages: [`text: longer than ${maxText} characters (${text?.length})`] };
  }
  if (blocks !== undefined) {
    const errors: LimitErrors = [];
    checkBlocks(blocks, 'message', { min: 0, max: 50 }, 'blocks', errors);
    if (errors.length > 0) return { error: 'invalid_blocks', messages: errors };
    const size = textLength(blocks);
    if (size > maxBlockText)
      return { error: 'msg_blocks_too_long', messages: [`blocks: more than ${maxBlockText} characters (${size})`] };
  }
  const empty = blocks === undefined || (Array.isArray(blocks) && blocks.length === 0);
  return empty && (text ?? '').trim() === '' ? { error: 'no_text', messages: ['needs text or blocks'] } : null;
}

/** The number of characters in all text objects, at any depth. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + textLength(each), 0);
  if (!isJson(value)) return 0;
  const own = typeof value['text'] === 'string' ? value['text'].length : 0;
  return own + textLength(Object.values(value).filter((each) => typeof each === 'object'));
}

const VIEW_KEYS = ['type', 'blocks', 'private_metadata', 'callback_id', 'external_id'];
const MODAL_KEYS = ['title', 'close', 'submit', 'clear_on_close', 'notify_on_close', 'submit_disabled'];

/** What Slack would reject in a modal or Home. */
export function viewErrors(view: unknown, type: 'modal' | 'home'): readonly string[] {
  const errors: LimitErrors = [];
  if (!isJson(view)) return ['view: not an object'];
  if (view['type'] !== type) errors.push(`view.type: must be ${type}`);
  checkKeys(view, type === 'modal' ? [...VIEW_KEYS, ...MODAL_KEYS] : VIEW_KEYS, 'view', errors);
  checkBlocks(view['blocks'], type, { min: 0, max: 100 }, 'view.blocks', errors);
  checkString(view['private_metadata'], { min: 0, max: 3000 }, 'view.private_metadata', errors);
  checkString(view['callback_id'], { min: 0, max: 255 }, 'view.callback_id', errors);
  checkString(view['external_id'], { min: 0, max: 255 }, 'view.external_id', errors);
  if (type === 'modal') checkModal(view, errors);
  return errors;
}

function checkModal(view: Json, errors: LimitErrors): void {
  checkText(view['title'], { max: 24, plain: true, required: true }, 'view.title', errors);
  checkText(view['close'], { max: 24, plain: true }, 'view.close', errors);
  checkText(view['submit'], { max: 24, plain: true }, 'view.submit', errors);
  checkFlags(view, ['clear_on_close', 'notify_on_close', 'submit_disabled'], 'view', errors);
  if (view['submit'] === undefined && hasInput(view['blocks'])) {
    errors.push('view.submit: missing, though there are input blocks');
  }
  const focused = interactiveElements(jsonListOf(view['blocks'])).filter((p) => p.element['focus_on_load'] === true);
  if (focused.length > 1) errors.push('view: only one element can have focus_on_load');
}

/** What Slack would reject in an app's response to `block_suggestion`. */
export function suggestionErrors(response: Json): readonly string[] {
  const errors: LimitErrors = [];
  if (response['option_groups'] !== undefined) checkOptionGroups(response['option_groups'], 'option_groups', errors);
  else checkOptions(response['options'], { min: 0, max: 100, plain: true }, 'options', errors);
  return errors;
}
