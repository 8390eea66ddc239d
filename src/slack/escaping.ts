/**
 * The one place where text from outside becomes text in Slack. Names, descriptions, owners, Adobe's errors and typed
 * arguments come in as they are and leave as inert text, within Slack's limits.
 */

/** Shown of a name, unless a place has less room. Characters. */
const NAME_LENGTH = 80;
const BACKTICKS = /[`\u00b4\u02cb\uff40]/g;
/** Line and direction would be the outsider's: control characters, bidirectional marks, invisible spaces, tags. */
const CONTROLS =
  /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]+/gu;
const LONE_SURROGATES = /\p{Cs}/gu;
/** Joiners, fillers and blanks are seen only beside something else. */
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Nothing behind this is ever shown, and reading on takes time. Characters. */
const MOST_READ = 2_000;
const NO_NAME = '(no name)';

/** For `plain_text` objects: nothing in it is markup there, so nothing needs escaping. */
export function plain(text: string, max = NAME_LENGTH): string {
  return truncate(clean(text), max, (part) => part.length);
}

/**
 * For `mrkdwn` and the top-level `text`: as code, the one form in which Slack reads no emphasis, emoji or link.
 * At most `max` characters as Slack counts them, which is after escaping; escaped after truncation, so that no escape
 * is cut in half.
 */
export function code(text: string, max = NAME_LENGTH): string {
  const inert = truncate(clean(text).replace(BACKTICKS, "'"), max, (part) => escapeMarkup(part).length);
  // Two backticks with nothing to be seen between them are no code span.
  return `\`${escapeMarkup(inert) || '(empty)'}\``;
}

/** A credential's name, which may be empty. */
export function nameCode(name: string): string {
  return clean(name) === '' ? NO_NAME : code(name);
}

export function namePlain(name: string, max = NAME_LENGTH): string {
  return plain(name, max) || NO_NAME;
}

/** A person in Slack, by id. Anything but an id is shown as text. */
export function mention(userId: string): string {
  return /^[UW][A-Z0-9]+$/.test(userId) ? `<@${userId}>` : code(userId);
}

/** A time in the reader's own zone. */
export function dateTime(date: Date): string {
  const fallback = `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${seconds(date)}^{date_short_pretty} {time}|${fallback}>`;
}

/** A day in the reader's own zone. */
export function day(date: Date): string {
  return `<!date^${seconds(date)}^{date_short_pretty}|${date.toISOString().slice(0, 10)}>`;
}

/** "3 minutes ago", for what a reader compares with now. */
export function ago(date: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - date.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${count(minutes, 'minute')} ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${count(hours, 'hour')} ago` : `${count(Math.floor(hours / 24), 'day')} ago`;
}

/** "1 day", "2 days". */
export function count(n: number, singular: string): string {
  return `${n} ${singular}${n === 1 ? '' : 's'}`;
}

/** Empty when there would be nothing to see. */
function clean(text: string): string {
  const inert = text.slice(0, MOST_READ).replace(LONE_SURROGATES, '\ufffd').replace(CONTROLS, ' ').trim();
  return VISIBLE.test(inert) ? inert : '';
}

/** Cuts between characters as a person sees them, never inside an emoji. `width` counts UTF-16 units, as Slack does. */
function truncate(text: string, max: number, width: (part: string) => number): string {
  if (text.length <= max && width(text) <= max) return text;
  let cut = '';
  let left = max - 1;
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(
    text.slice(0, max * 2),
  )) {
    left -= width(segment);
    if (left < 0) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
