const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;

/** @type {Map<string, Intl.DateTimeFormat>} cached, since creating one is slow */
const formats = new Map();

/**
 * @param {Date} at
 * @param {string} timeZone an IANA name
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(at, timeZone, options) {
  const key = JSON.stringify([timeZone, options]);
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  formats.set(key, known);
  return known.format(at).replace(',', '');
}

/** "Mon 2 June 2025" of a moment. @param {Date} at @param {string} timeZone */
export function longDay(at, timeZone) {
  return format(at, timeZone, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' });
}

/** "10:04:31 UTC" of a moment. @param {Date} at @param {string} timeZone */
export function clockTime(at, timeZone) {
  const options = /** @type {const} */ ({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return format(at, timeZone, { ...options, timeZoneName: 'short' });
}

/** "Sat 31 May" of a date as `YYYY-MM-DD`. @param {string} date */
export function dayOf(date) {
  return format(new Date(date), 'UTC', { weekday: 'short', day: 'numeric', month: 'short' });
}

/** "3 Jun 09:00" of a moment as ISO 8601. @param {string} at @param {string} timeZone */
export function moment(at, timeZone) {
  return `${shortDay(at, timeZone)} ${format(new Date(at), timeZone, { hour: '2-digit', minute: '2-digit' })}`;
}

/** "3 Jun 09:00:05" of a moment as ISO 8601. @param {string} at @param {string} timeZone */
export function momentToTheSecond(at, timeZone) {
  const options = /** @type {const} */ ({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return `${shortDay(at, timeZone)} ${format(new Date(at), timeZone, options)}`;
}

/** @param {string} at @param {string} timeZone */
function shortDay(at, timeZone) {
  return format(new Date(at), timeZone, { day: 'numeric', month: 'short' });
}

/** The calendar date of a moment, `YYYY-MM-DD`. @param {Date} at @param {string} timeZone */
export function dateOf(at, timeZone) {
  const [day, month, year] = format(at, timeZone, { day: '2-digit', month: '2-digit', year: 'numeric' }).split('/');
  return `${year}-${month}-${day}`;
}

/**
 * Whole days between two dates as `YYYY-MM-DD`; negative when `to` is the earlier.
 * @param {string} from
 * @param {string} to
 */
export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** "28 days left", "8 days past the deadline". @param {number} days until the deadline; negative: days since */
export function daysLeft(days) {
  if (days === 0) return 'The deadline';
  return days > 0 ? `${plural(days, 'day')} left` : `${plural(-days, 'day')} past the deadline`;
}

/** "in 23 hours"; "now" within a minute and for the past. @param {number} ms */
export function fromNow(ms) {
  if (ms < MINUTE_MS) return 'now';
  if (ms < 2 * HOUR_MS) return `in ${plural(Math.round(ms / MINUTE_MS), 'minute')}`;
  if (ms < 2 * DAY_MS) return `in ${plural(Math.round(ms / HOUR_MS), 'hour')}`;
  return `in ${plural(Math.round(ms / DAY_MS), 'day')}`;
}

/** "1 day", "10,000 days". @param {number} count @param {string} noun */
export function plural(count, noun) {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
