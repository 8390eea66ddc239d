/** @import { PanelState, PanelTime, PanelWindow } from '../../panel/contract.ts' */
import { byId, el, reconcile } from '../dom.js';
import { clockTime, dateOf, dayOf, daysBetween, daysLeft, fromNow, longDay, moment } from './format.js';
import { write } from './text.js';

/** @typedef {{ days: string, date: string, note: string, window?: PanelWindow, mark?: string }} Row */

const panel = byId('panel');
const clock = byId('clock');

/** Draws the clock above the tabs; called every second. @param {PanelTime} time @param {Date} now */
export function drawClock(time, now) {
  clock.dataset['clock'] = `${now.toISOString().slice(0, 16)}Z`;
  write('clock-day', longDay(now, time.timeZone));
  write('clock-time', clockTime(now, time.timeZone));
  write('days-left', daysLeft(daysBetween(dateOf(now, time.timeZone), time.deadline)));
}

/** @param {PanelState} state @param {Date} now */
export function drawTime({ time }, now) {
  drawClock(time, now);
  panel.toggleAttribute('data-moving', time.moving);
  const today = dateOf(now, time.timeZone);
  const next = Date.parse(time.nextReminder) - now.getTime();
  write('next-reminder', `${moment(time.nextReminder, time.timeZone)}, ${fromNow(next)}`);
  write('past-deadline', `the deadline is ${dayOf(time.deadline)}`);
  for (const button of byId('moves').querySelectorAll('button')) {
    const isPast = button.dataset['panel'] === 'move past-deadline' && today > time.deadline;
    button.ariaDisabled = time.moving || isPast ? 'true' : null;
  }
  const rows = timeline(time, today).map((row) => ({ key: row.days, data: row }));
  reconcile(byId('timeline'), rows, drawRow);
}

/**
 * The windows with today inserted, and with the deadline unless it has a window of its own.
 * @param {PanelTime} time
 * @param {string} today
 * @returns {Row[]}
 */
function timeline({ windows, deadline, timeZone }, today) {
  /** @type {Row[]} */
  const rows = windows.map((window) => ({
    days: daysLeft(window.days),
    date: window.date,
    note: note(window, timeZone),
    window,
    ...(window.days === 0 ? { mark: 'deadline' } : {}),
  }));
  if (!windows.some(({ days }) => days === 0)) {
    insert(rows, { days: daysLeft(0), date: deadline, note: '', mark: 'deadline' }, (row) => row.date > deadline);
  }
  insert(
    rows,
    { days: 'Today', date: today, note: '', mark: 'today' },
    ({ date, window }) => date > today || window?.state === 'ahead',
  );
  return rows;
}

/** @param {Row[]} rows @param {Row} row @param {(row: Row) => boolean} isAfter */
function insert(rows, row, isAfter) {
  const at = rows.findIndex(isAfter);
  rows.splice(at < 0 ? rows.length : at, 0, row);
}

/** @param {PanelWindow} window @param {string} timeZone */
function note({ state, servedAt }, timeZone) {
  if (state === 'ahead') return '';
  return servedAt === null ? state : `${state} ${moment(servedAt, timeZone)}`;
}

/** @param {Row} row */
function drawRow({ days, date, note, window, mark }) {
  return el(
    'li',
    { 'data-window': window?.days, 'data-state': window?.state, 'data-mark': mark },
    el('b', {}, days),
    el('time', { datetime: date }, dayOf(date)),
    note ? el('span', {}, note) : undefined,
  );
}
