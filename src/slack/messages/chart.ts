import type { Forecast, Trend } from '../../trend/trend.ts';
import { idealToday, linesOf, MIN_DAYS } from '../../trend/trend.ts';
import { line, type Message, note, type Row, toMessage } from './blocks.ts';
import { calendarDate, count } from './formatting.ts';
import { chartBlock, MAX_POINTS } from './new-blocks.ts';
import { countdown } from './terms.ts';

/** Reply to `/qs-creds chart`. `trend`: null before the first sync has succeeded. */
export function chartMessage(trend: Trend | null, days: number): Message {
  if (trend === null)
    return toMessage([line('There is nothing to draw yet: the credentials have not been read from Adobe.')]);
  return toMessage([
    line(`*Progress · ${calendarDate(trend.deadline)}, ${countdown(days)}*\n${nowWords(trend)}`),
    ...chartRows(trend),
    trend.forecast.kind === 'too_early' ? note(forecastWords(trend.forecast, trend.deadline)) : null,
    note(EXPLAINED),
  ]);
}

const EXPLAINED =
  'Left: what still has to be migrated. Ideal: an even pace from the first day to the deadline. The forecast goes by the last four weeks.';

/** The chart and the forecast in words, as far as there are any: for the digest and the Home as well. */
export function chartRows(trend: Trend): Row[] {
  const drawn = drawing(trend);
  const { forecast, deadline } = trend;
  return [
    ...(drawn === null ? [] : [drawn]),
    ...(forecast.kind === 'too_early' ? [] : [note(forecastWords(forecast, deadline))]),
  ];
}

function drawing(trend: Trend): Row | null {
  const chart = linesOf(trend, MAX_POINTS);
  if (chart === null) return null;
  const today = trend.counts.at(-1)?.day;
  const labels = chart.days.map((day) => dayLabel(day, day === today));
  // What it shows is in words beside it.
  return { text: null, blocks: [chartBlock('Credentials left', labels, chart.lines)] };
}

/** "12 of 18 credentials are left; at an even pace it would be 10. 2 of them fail." */
function nowWords(trend: Trend): string {
  const today = trend.counts.at(-1);
  if (today === undefined) return '';
  const { left, migrated, failing } = today;
  const ideal = idealToday(trend);
  const pace = ideal === null || left === 0 ? '' : `; at an even pace it would be ${ideal}`;
  const fails = failing === null || failing === 0 ? '' : ` Jobs of ${failing} of them fail.`;
  const before = trend.counts.findLast(({ day }) => day < today.day);
  const since = before === undefined ? '' : ` On ${calendarDate(before.day)}, ${before.left} were left.`;
  return `${left} of ${count(left + migrated, 'credential')} left${pace}.${fails}${since}`;
}

/** "At this pace done between 20 and 26 June 2025, before the deadline." */
export function forecastWords(forecast: Forecast, deadline: string): string {
  switch (forecast.kind) {
    case 'done':
      return 'Nothing is left to migrate.';
    case 'too_early':
      return `A forecast needs counts of ${MIN_DAYS} days; there ${forecast.days === 1 ? 'is' : 'are'} ${forecast.days} so far.`;
    case 'no_pace':
      return 'No forecast: hardly anything was migrated in the last four weeks.';
    case 'range': {
      const { from, to } = forecast;
      if (to === null)
        return `At this pace not done before ${calendarDate(from)}${from > deadline ? ', after the deadline' : ''}; with the slower days counted, there is no end in sight.`;
      const when = from === to ? `on ${calendarDate(from)}` : `between ${rangeWords(from, to)}`;
      return `At this pace done ${when}, ${placeWords(from, to, deadline)}.`;
    }
  }
}

function placeWords(from: string, to: string, deadline: string): string {
  if (to <= deadline) return to === deadline ? 'on the deadline at the latest' : 'before the deadline';
  return from > deadline ? 'after the deadline' : 'perhaps after the deadline';
}

/** "20 and 26 June 2025", "28 June and 3 July 2025". */
function rangeWords(from: string, to: string): string {
  const [day, month, year] = calendarDate(from).split(' ');
  const isSame = (length: number) => from.slice(0, length) === to.slice(0, length);
  const start = isSame(7) ? day : isSame(4) ? `${day} ${month}` : `${day} ${month} ${year}`;
  return `${start} and ${calendarDate(to)}`;
}

const SHORT_DATE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: '2-digit',
  timeZone: 'UTC',
});

/** "5 May 25"; of the day it is, "5 May 25, today". Differs for each day: Slack tells points by it. */
function dayLabel(day: string, isToday: boolean): string {
  return `${SHORT_DATE.format(new Date(day))}${isToday ? ', today' : ''}`;
}
