/**
 * The one place where text from outside is escaped for Slack. Names, descriptions, owners, Adobe's errors and typed
 * arguments come in as they are and leave as inert text, within Slack's limits.
 */

/** Maximum length of a name, unless there is less room. Characters. */
const NAME_LENGTH = 80;
const BACKTICKS = /[`\u00b4\u02cb\uff40]/g;
/**
 * Characters that would break the row or change its direction: control characters, bidirectional marks, invisible
 * spaces, tags.
 */
const CONTROLS =
  /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]+/gu;
/** A visible character: joiners, fillers and blanks are invisible on their own. */
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Printable ASCII needs no cleaning, and each code unit of it is one character to a person. */
const PRINTABLE_ASCII = /^[ -~]*$/;
/** Characters read for each one that is shown, so that enough are left after cleaning. */
const READ_PER_SHOWN = 8;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
const NO_NAME = '(no name)';
/** Shown instead of text in which nothing is visible. */
export const EMPTY = '(empty)';

/** Text for `plain_text` objects, where Slack reads no markup and nothing needs escaping. */
export function plain(text: string, max = NAME_LENGTH): string {
  return truncate(clean(text, max), max, (part) => part.length);
}

/**
 * A code span for `mrkdwn` and the top-level `text`: the only form in which Slack reads no emphasis, emoji or link. At
 * most `max` characters after escaping, as Slack counts them. Truncated before escaping, so that no escape is cut in
 * half.
 */
export function code(text: string, max = NAME_LENGTH): string {
  // Two backticks with nothing visible between them are no code span.
  return `\`${inert(text, max) || EMPTY}\``;
}

/** A credential's name, which may be empty. */
export function nameCode(name: string): string {
  const shown = inert(name, NAME_LENGTH);
  return shown === '' ? NO_NAME : `\`${shown}\``;
}

export function namePlain(name: string, max = NAME_LENGTH): string {
  return plain(name, max) || NO_NAME;
}

/** A person in Slack, by user id. Anything else is shown as text. */
export function mention(userId: string): string {
  return /^[UW][A-Z0-9]+$/.test(userId) ? `<@${userId}>` : code(userId);
}

/** Links the words to a message by its address from Slack; returns only the words if `url` is not such an address. */
export function permalink(url: string | null, words: string): string {
  return /^https?:\/\/[\w.:-]+\/archives\/[A-Z0-9]+\/p\d+$/.test(url ?? '') ? `<${url}|${words}>` : words;
}

/**
 * Cuts mrkdwn that we built to `max` characters without leaving a code span, mention or escape open. For the limits of
 * whole messages; text from outside is cut by `code` and `plain`.
 */
export function cutMrkdwn(mrkdwn: string, max: number): string {
  if (mrkdwn.length <= max) return mrkdwn;
  const whole = /^(?:`[^`]*`|<[^>]*>|&\w+;|[^`<&\p{Cs}])*/u.exec(mrkdwn.slice(0, max - 1))?.[0] ?? '';
  return `${whole.trimEnd()}…`;
}

/** The content of a code span; empty if nothing in it is visible. */
function inert(text: string, max: number): string {
  return escapeMarkup(truncate(clean(text, max).replace(BACKTICKS, "'"), max, escapedLength));
}

/** The text on one line, long enough for `max` characters; empty if nothing in it is visible. */
function clean(text: string, max: number): string {
  const read = text.slice(0, max * READ_PER_SHOWN);
  if (PRINTABLE_ASCII.test(read)) return read.trim();
  const words = read.toWellFormed().replace(CONTROLS, ' ').trim();
  return VISIBLE.test(words) ? words : '';
}

/** Cuts between characters as a person sees them, never inside an emoji. `width` counts UTF-16 units, as Slack does. */
function truncate(text: string, max: number, width: (part: string) => number): string {
  if (text.length <= max && width(text) <= max) return text;
  let left = max - 1;
  let end = 0;
  for (const character of characters(text.slice(0, max * 2))) {
    left -= width(character);
    if (left < 0) break;
    end += character.length;
  }
  return `${text.slice(0, end).trimEnd()}…`;
}

function characters(text: string): Iterable<string> {
  return PRINTABLE_ASCII.test(text) ? text : Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? '');
}

/** The length after escaping, which is not done for it: a name is measured character by character. */
function escapedLength(text: string): number {
  let length = text.length;
  for (const character of text) length += (ESCAPES[character]?.length ?? 1) - 1;
  return length;
}
