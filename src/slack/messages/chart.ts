import type { Forecast, Trend } from '../../trend/trend.ts';
import { idealToday, linesOf, MIN_DAYS } from '../../trend/trend.ts';
import { line, type Message, note, type Row, toMessage } from './blocks.ts';
import { calendarDate, count } from './formatting.ts';
import { chartBlock, MAX_POINTS } from './new-blocks.ts';
import { countdown } from './terms.ts';

/** Reply to `/qs-creds chart`. `trend`: null before the first sync has succeeded. */
export function chartMessage(trend: Trend | null, days: number): Message {
  if (trend === null)
    return toMessage([
      line('No chart yet: the credentials have not been read from Adobe. Try again in a few minutes.'),
    ]);
  return toMessage([
    line(`*Progress · ${calendarDate(trend.deadline)}, ${countdown(days)}*\n${nowWords(trend)}`),
    ...chartRows(trend),
    trend.forecast.kind === 'too_early' ? note(forecastWords(trend.forecast, trend.deadline)) : null,
    note(EXPLAINED),
  ]);
}

const EXPLAINED =
  'Left: what still has to be migrated. Ideal: an even pace from the first day to the deadline. The forecast is based on the last four weeks.';

/** The chart, and the forecast in words, as far as they are available; also for the digest and Home. */
export function chartRows(trend: Trend): Row[] {
  const chart = chartRow(trend);
  const { forecast, deadline } = trend;
  return [
    ...(chart === null ? [] : [chart]),
    ...(forecast.kind === 'too_early' ? [] : [note(forecastWords(forecast, deadline))]),
  ];
}

function chartRow(trend: Trend): Row | null {
  const chart = linesOf(trend, MAX_POINTS);
  if (chart === null) return null;
  const today = trend.counts.at(-1)?.day;
  const labels = chart.days.map((day) => dayLabel(day, day === today));
  // The chart needs no text: the words beside it say what it shows.
  return { text: null, blocks: [chartBlock('Credentials left', labels, chart.lines)] };
}

/** "12 of 18 credentials left; at an even pace, it would be 10. 2 of them have failing jobs." */
function nowWords(trend: Trend): string {
  const today = trend.counts.at(-1);
  if (today === undefined) return '';
  const { left, migrated, failing } = today;
  const ideal = idealToday(trend);
  const pace = ideal === null || left === 0 ? '' : `; at an even pace, it would be ${ideal}`;
  const fails =
    failing === null || failing === 0 ? '' : ` ${failing} of them ${failing === 1 ? 'has' : 'have'} failing jobs.`;
  const before = trend.counts.findLast(({ day }) => day < today.day);
  const since =
    before === undefined
      ? ''
      : ` On ${calendarDate(before.day)}, ${before.left} ${before.left === 1 ? 'was' : 'were'} left.`;
  return `${left} of ${count(left + migrated, 'credential')} left${pace}.${fails}${since}`;
}

/** "At this pace, the last will be migrated between 20 and 26 June 2025, before the deadline." */
export function forecastWords(forecast: Forecast, deadline: string): string {
  switch (forecast.kind) {
    case 'done':
      return 'Nothing is left to migrate.';
    case 'too_early':
      return `A forecast needs counts from ${MIN_DAYS} days; so far there ${forecast.days === 1 ? 'is' : 'are'} ${forecast.days}.`;
    case 'no_pace':
      return 'No forecast: too little was migrated in the last four weeks.';
    case 'range': {
      const { from, to } = forecast;
      if (to === null)
        return `At this pace, the last will be migrated on ${calendarDate(from)} at the earliest${from > deadline ? ', after the deadline' : ''}; at the pace of the slower days, no end is in sight.`;
      const when = from === to ? `on ${calendarDate(from)}` : `between ${rangeWords(from, to)}`;
      return `At this pace, the last will be migrated ${when}, ${comparedToDeadline(from, to, deadline)}.`;
    }
  }
}

function comparedToDeadline(from: string, to: string, deadline: string): string {
  if (to < deadline) return 'before the deadline';
  if (to === deadline) return from < to ? 'by the deadline' : 'the day of the deadline';
  return from > deadline ? 'after the deadline' : 'possibly after the deadline';
}

/** "20 and 26 June 2025", "28 June and 3 July 2025". */
function rangeWords(from: string, to: string): string {
  const [day, month, year] = calendarDate(from).split(' ');
  const isSameYear = from.slice(0, 4) === to.slice(0, 4);
  const isSameMonth = from.slice(0, 7) === to.slice(0, 7);
  let start = `${day}`;
  if (!isSameMonth) start += ` ${month}`;
  if (!isSameYear) start += ` ${year}`;
  return `${start} and ${calendarDate(to)}`;
}

const SHORT_DATE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: '2-digit',
  timeZone: 'UTC',
});

/** "5 May 25"; for today, "5 May 25, today". Unique for each day, since Slack identifies points by their label. */
function dayLabel(day: string, isToday: boolean): string {
  return `${SHORT_DATE.format(new Date(day))}${isToday ? ', today' : ''}`;
}
