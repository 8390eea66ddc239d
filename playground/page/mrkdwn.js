/** @import { Json } from './dom.js' */
import { address, conversationAt, here } from './address.js';
import { date } from './dates.js';
import { el, link } from './dom.js';

/** @typedef {{people: ReadonlyMap<string, string>, channels: ReadonlyMap<string, string>}} Names  by id */

const PRE = /```\n?([\s\S]+?)\n?```\n?/;
const QUOTE = /^(?:>|&gt;) ?/;
// Formatting starts and ends at word boundaries only: a_b_c stays unchanged. Its content is parsed recursively.
const INLINE =
  /`(?<code>[^`\n]+)`|<(?<entity>[^<>\n]+)>|(?<![\p{L}\p{N}])(?<mark>[*_~])(?!\k<mark>)(?=\S)(?<marked>(?:<[^<>\n]+>|`[^`\n]+`|[^\n<`])+?)(?<=\S)\k<mark>(?![\p{L}\p{N}])|:(?<emoji>[a-z0-9_+-]+):/gu;
const ENTITY = /<(?<entity>[^<>\n]+)>/g;
const BROADCAST = /<!(channel|here|everyone)(?:\|[^<>]*)?>/g;
const MARKS = /** @type {Record<string, 'strong' | 'em' | 's'>} */ ({ '*': 'strong', _: 'em', '~': 's' });

/** The characters that Slack escapes, by the name of the entity. */
const ESCAPED = /** @type {Record<string, string>} */ ({ amp: '&', lt: '<', gt: '>' });

/** Common emoji; any other is shown by name. */
const EMOJI = new Map(
  Array.from(
    `
  alarm_clock ⏰ arrows_counterclockwise 🔄 arrow_right ➡️ bell 🔔 calendar 📆 clock1 🕐
  eyes 👀 grey_question ❔ heavy_check_mark ✔️ hourglass ⌛ hourglass_flowing_sand ⏳
  information_source ℹ️ key 🔑 large_blue_circle 🔵 large_green_circle 🟢 large_orange_circle 🟠
  large_yellow_circle 🟡 lock 🔒 mag 🔍 memo 📝 no_entry ⛔ no_entry_sign 🚫 question ❓
  raised_hand ✋ red_circle 🔴 rotating_light 🚨 stopwatch ⏱️ tada 🎉 timer_clock ⏲️
  warning ⚠️ wave 👋 white_check_mark ✅ white_circle ⚪ x ❌`.matchAll(/(\w+) (\S+)/g),
    ([, name, character]) => [name, character],
  ),
);

/** The character of `:name:`, or `:name:` itself. */
export function emoji(/** @type {string} */ name) {
  return EMOJI.get(name) ?? `:${name}:`;
}

/**
 * A Slack text object. plain_text is shown literally: an `&amp;` in it is a bug and should be visible.
 * @param {Json | undefined} object
 * @param {Names} names
 */
export function textObject(object, names) {
  if (object?.['type'] === 'mrkdwn') return mrkdwn(String(object['text']), names);
  return plainText(object);
}

/**
 * @param {Json | undefined} object
 * @returns {string}
 */
export function plainText(object) {
  const text = String(object?.['text'] ?? '');
  return object?.['emoji'] ? text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name)) : text;
}

/**
 * @param {string} text
 * @param {Names} names
 * @returns {DocumentFragment}
 */
function mrkdwn(text, names) {
  const out = document.createDocumentFragment();
  for (const [index, part] of text.split(PRE).entries()) {
    if (index % 2) out.append(el('pre', {}, literal(part, names)));
    else out.append(lines(part, names));
  }
  return out;
}

/** Broadcast mentions in the hidden text of a message with blocks: Slack would notify for them. */
export function broadcastsIn(/** @type {string} */ text) {
  return [...text.matchAll(BROADCAST)].map((match) => String(match[1]));
}

/** A mention that would notify everyone, drawn so that a leaked one is noticed. */
export function broadcast(/** @type {string} */ range) {
  const title = 'A live mention: Slack would notify everyone here';
  return el('strong', { class: 'broadcast', 'data-broadcast': range, title }, `@${range}`);
}

/** Quoted and unquoted lines. */
function lines(/** @type {string} */ text, /** @type {Names} */ names) {
  const out = document.createDocumentFragment();
  const rest = text.split('\n');
  while (rest.length > 0) {
    const quoted = QUOTE.test(rest[0] ?? '');
    const end = rest.findIndex((line) => QUOTE.test(line) !== quoted);
    const group = rest.splice(0, end < 0 ? rest.length : end).map((line) => line.replace(QUOTE, ''));
    const drawn = inline(group.join('\n'), names);
    out.append(quoted ? el('blockquote', {}, drawn) : drawn);
  }
  return out;
}

/** @returns {DocumentFragment} */
function inline(/** @type {string} */ text, /** @type {Names} */ names) {
  return scan(text, INLINE, ({ code, entity, mark, marked, emoji: name }) => {
    if (code) return el('code', {}, literal(code, names));
    if (entity) return drawEntity(entity, names);
    if (mark && marked) return el(MARKS[mark] ?? 'span', {}, inline(marked, names));
    return emoji(name ?? '');
  });
}

/** Code: only entities in angle brackets are parsed, so that a mention in code shows as well. */
function literal(/** @type {string} */ text, /** @type {Names} */ names) {
  return scan(text, ENTITY, ({ entity }) => drawEntity(entity ?? '', names));
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 * @param {(groups: Record<string, string | undefined>) => Node | string} draw
 */
function scan(text, pattern, draw) {
  const out = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    out.append(unescaped(text.slice(end, match.index)), draw(match.groups ?? {}));
    end = match.index + match[0].length;
  }
  out.append(unescaped(text.slice(end)));
  return out;
}

function unescaped(/** @type {string} */ text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ESCAPED[name] ?? '');
}

/** An entity between `<` and `>`: a link, a mention or a date. */
function drawEntity(/** @type {string} */ entity, /** @type {Names} */ names) {
  const bar = entity.indexOf('|');
  const target = unescaped(bar < 0 ? entity : entity.slice(0, bar));
  const label = bar < 0 ? undefined : unescaped(entity.slice(bar + 1));
  if (/^!(channel|here|everyone)$/.test(target)) return broadcast(target.slice(1));
  if (target.startsWith('@')) return person(target.slice(1), names, label);
  if (target.startsWith('#')) return channel(target.slice(1), names, label);
  if (target.startsWith('!subteam^')) return mention(label ?? `@${target.slice(9)}`);
  const [, seconds, format, href] = /^!date\^(\d+)\^([^^]*)(?:\^(.*))?$/.exec(target) ?? [];
  if (seconds && format) return date(Number(seconds), format, label, href);
  const conversation = conversationAt(target);
  if (conversation) return el('a', { href: address(here().user, conversation) }, label ?? target);
  return link(target, label) ?? `<${unescaped(entity)}>`;
}

function mention(/** @type {string} */ text) {
  return el('span', { class: 'mention' }, text);
}

export function person(/** @type {string} */ id, /** @type {Names} */ names, label = id) {
  return mention(`@${names.people.get(id) ?? label}`);
}

export function channel(/** @type {string} */ id, /** @type {Names} */ names, label = id) {
  return mention(names.channels.get(id) ?? `#${label}`);
}
