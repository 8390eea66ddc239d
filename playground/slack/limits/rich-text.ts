import { isJson, type Json, stringOf } from '../json.ts';
import { checkFlags, checkKeys, checkList, checkOneOf, checkString, checkUrl, type LimitErrors } from './check.ts';

const STYLES = ['bold', 'italic', 'strike', 'code', 'underline'];

/** Checks a `rich_text` block: sections, lists, quotes and preformatted text. */
export function checkRichText(value: unknown, at: string, errors: LimitErrors): void {
  if (!isJson(value) || value['type'] !== 'rich_text') {
    errors.push(`${at}: must be rich_text`);
    return;
  }
  checkKeys(value, ['type', 'block_id', 'elements'], at, errors);
  for (const [i, part] of checkList(value['elements'], { max: 1000 }, `${at}.elements`, errors).entries()) {
    checkPart(part, `${at}.elements[${i}]`, errors);
  }
}

function checkPart(part: Json, at: string, errors: LimitErrors): void {
  const type = stringOf(part['type']);
  const fields = PARTS[type];
  if (fields === undefined) {
    errors.push(`${at}: unsupported rich text: ${type || 'untyped'}`);
    return;
  }
  checkKeys(part, ['type', 'elements', ...fields], at, errors);
  if (type === 'rich_text_list') checkOneOf(part['style'] ?? null, ['bullet', 'ordered'], `${at}.style`, errors);
  const min = type === 'rich_text_section' ? 0 : 1;
  for (const [i, piece] of checkList(part['elements'], { min, max: 1000 }, `${at}.elements`, errors).entries()) {
    const place = `${at}.elements[${i}]`;
    if (type === 'rich_text_list') {
      checkOneOf(piece['type'], ['rich_text_section'], `${place}.type`, errors);
      checkPart(piece, place, errors);
    } else {
      const preformatted = type === 'rich_text_preformatted';
      checkPiece(piece, preformatted ? ['text', 'link'] : Object.keys(PIECES), place, errors);
    }
  }
}

function checkPiece(piece: Json, allowed: readonly string[], at: string, errors: LimitErrors): void {
  const type = stringOf(piece['type']);
  const rule = PIECES[type];
  if (rule === undefined || !allowed.includes(type)) {
    errors.push(`${at}: unsupported rich text: ${type || 'untyped'}`);
    return;
  }
  checkKeys(piece, ['type', 'style', rule.needs, ...rule.may], at, errors);
  if (rule.needs === 'timestamp') {
    if (!Number.isInteger(piece['timestamp'])) errors.push(`${at}.timestamp: not a whole number of seconds`);
    checkString(piece['format'], { max: 3000, required: true }, `${at}.format`, errors);
  } else if (rule.needs === 'url') checkUrl(piece['url'], { required: true }, `${at}.url`, errors);
  else checkString(piece[rule.needs], { max: 40_000, required: true }, `${at}.${rule.needs}`, errors);
  if (isJson(piece['style'])) {
    checkKeys(piece['style'], STYLES, `${at}.style`, errors);
    checkFlags(piece['style'], STYLES, `${at}.style`, errors);
  }
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  rich_text_section: [],
  rich_text_list: ['style', 'indent', 'offset', 'border'],
  rich_text_quote: ['border'],
  rich_text_preformatted: ['border', 'language'],
};

const PIECES: Readonly<Record<string, { readonly needs: string; readonly may: readonly string[] }>> = {
  text: { needs: 'text', may: [] },
  link: { needs: 'url', may: ['text', 'unsafe'] },
  emoji: { needs: 'name', may: ['unicode'] },
  date: { needs: 'timestamp', may: ['format', 'fallback', 'url'] },
  user: { needs: 'user_id', may: [] },
  usergroup: { needs: 'usergroup_id', may: [] },
  channel: { needs: 'channel_id', may: [] },
  broadcast: { needs: 'range', may: [] },
  color: { needs: 'value', may: [] },
};
