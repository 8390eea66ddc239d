import { el, link } from './dom.js';

const DAY_MS = 86_400_000;

/** The offset of the workspace's clock from the machine's. */
let aheadMs = 0;

/** Sets the workspace's clock and updates all relative dates on the page. */
export function setClock(/** @type {string} */ iso) {
  aheadMs = Date.parse(iso) - Date.now();
  for (const node of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll('time[data-format]'))) {
    const text = textOf(new Date(node.dateTime), node.dataset['format'] ?? '', node.dataset['fallback']);
    if (node.textContent !== text) node.textContent = text;
  }
}

/**
 * A Slack date in the visitor's time zone. As in Slack, an unknown token yields the fallback.
 * @param {number} seconds since 1970
 * @param {string} format
 * @param {string} [fallback]
 * @param {string} [href]
 */
export function date(seconds, format, fallback, href) {
  const time = new Date(seconds * 1000);
  const title = time.toLocaleString('en-US', { dateStyle: 'full', timeStyle: 'long' });
  const kept = { datetime: time.toISOString(), 'data-format': format, 'data-fallback': fallback };
  const node = el('time', { ...kept, title }, textOf(time, format, fallback));
  const linked = href ? link(href, '') : undefined;
  linked?.append(node);
  return linked ?? node;
}

/** @param {Date} time @param {string} format @param {string} [fallback] */
function textOf(time, format, fallback) {
  const tokens = dateTokens(time);
  const known = [...format.matchAll(/\{(\w+)\}/g)].every(([, token = '']) => tokens.has(token));
  if (!known) return fallback ?? format;
  const text = format.replace(/\{(\w+)\}/g, (_, token) => tokens.get(token) ?? '');
  // As in Slack, the first letter is capitalised, even in the middle of a sentence.
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** All tokens of Slack's reference "Formatting message text". */
function dateTokens(/** @type {Date} */ time) {
  const part = (/** @type {Intl.DateTimeFormatOptions} */ options) => time.toLocaleString('en-US', options);
  const dayOfMonth = `${part({ month: 'long' })} ${ordinal(time.getDate())}`;
  const weekday = part({ weekday: 'long' });
  const date = `${dayOfMonth}, ${time.getFullYear()}`;
  const short = part({ month: 'short', day: 'numeric', year: 'numeric' });
  const long = `${weekday}, ${date}`;
  const near = nearDay(time);
  const thisYear = time.getFullYear() === now().getFullYear();
  return new Map([
    ['date', date],
    ['date_short', short],
    ['date_long', long],
    ['date_long_full', part({ month: 'long', day: 'numeric', year: 'numeric' })],
    ['date_pretty', near ?? date],
    ['date_short_pretty', near ?? short],
    ['date_long_pretty', near ?? long],
    ['day_divider_pretty', near ?? (thisYear ? `${weekday}, ${dayOfMonth}` : long)],
    ['date_num', time.toLocaleDateString('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' })],
    ['date_slash', time.toLocaleDateString('en-GB', { year: 'numeric', month: '2-digit', day: '2-digit' })],
    ['time', part({ hour: 'numeric', minute: '2-digit' })],
    ['time_secs', part({ hour: 'numeric', minute: '2-digit', second: '2-digit' })],
    ['ago', ago((time.getTime() - now().getTime()) / 1000)],
  ]);
}

function now() {
  return new Date(Date.now() + aheadMs);
}

function nearDay(/** @type {Date} */ time) {
  const midnight = (/** @type {Date} */ day) => new Date(day).setHours(0, 0, 0, 0);
  // Rounded: days on which clocks change are not 24 hours long.
  const days = Math.round((midnight(time) - midnight(now())) / DAY_MS);
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days];
}

function ago(/** @type {number} */ seconds) {
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const distance = Math.abs(seconds);
  if (distance < 60) return words.format(Math.round(seconds), 'second');
  if (distance < 3600) return words.format(Math.round(seconds / 60), 'minute');
  if (distance < 86_400) return words.format(Math.round(seconds / 3600), 'hour');
  return words.format(Math.round(seconds / 86_400), 'day');
}

function ordinal(/** @type {number} */ day) {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
  const rule = new Intl.PluralRules('en', { type: 'ordinal' }).select(day);
  return `${day}${ending[/** @type {keyof typeof ending} */ (rule)]}`;
}
