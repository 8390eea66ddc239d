import type { AdobeProblem } from '../../credentials/adobe-error.ts';
import { QUERY_SERVICE_LAST_DAY } from '../../reminders/windows.ts';
import { FRESH_MS, type Impact, type ImpactChange } from '../../usage/impact.ts';
import type { Outcome } from '../../usage/usage.ts';
import { code } from '../escaping.ts';
import { problemWords } from './adobe-problems.ts';
import { calendarDate, count, dateTime } from './formatting.ts';
import { deadlineMeaning, isJwtOver } from './terms.ts';

/** Schedules that are named; the rest is a number. */
const SCHEDULES_SHOWN = 5;
const NAME_LENGTH = 60;
const ERROR_LENGTH = 150;

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  stopped: 'stopped',
  open: 'still running',
};

/** What depends on a credential, a line each. */
export function impactLines(impact: Impact, now: Date): string[] {
  const { readAt, schedules, failing, problem } = impact;
  if (readAt === null) return [`${unknownUseWords(problem)}${because(problem)}.`];
  const age = now.getTime() - readAt.getTime() < FRESH_MS ? '' : ` (as of ${dateTime(readAt)})`;
  return [
    ...(failing === null
      ? []
      : [
          `⚠️ *Failing* since ${failing.mayBeEarlier ? 'at least ' : ''}${dateTime(failing.since)}${errorWords(failing.error)}`,
        ]),
    `${schedulesWords(schedules)}${age}`,
    queriesWords(impact),
    ...(problem === null ? [] : [`⚠️ Not all of it could be read${because(problem)}.`]),
  ];
}

/** The same in one line: "Failing · 2 schedules, next 14:00 · 30 queries in 30 days". */
export function impactSummary({ readAt, schedules, queries, failing, problem }: Impact): string {
  if (readAt === null) return `${unknownUseWords(problem)}.`;
  const next = schedules.flatMap(({ nextRunAt }) => nextRunAt ?? []).sort((a, b) => a.getTime() - b.getTime())[0];
  const least = queries.isAtLeast ? 'at least ' : '';
  const uses =
    schedules.length + queries.count === 0
      ? ['No schedules, and no queries in 30 days']
      : [
          `${count(schedules.length, 'schedule')}${next === undefined ? '' : `, next ${dateTime(next)}`}`,
          `${least}${count(queries.count, 'query', 'queries')} in 30 days`,
        ];
  return [
    ...(failing === null ? [] : ['⚠️ *Failing*']),
    ...uses,
    ...(problem === null ? [] : ['⚠️ not all of it could be read']),
  ].join(' · ');
}

/** What happens to its jobs if nobody migrates it. */
export function inactionWords(now: Date): string {
  if (isJwtOver(now)) return `*If nothing is done*: ${deadlineMeaning(-1, now)}`;
  return `*If nothing is done*: after ${calendarDate(QUERY_SERVICE_LAST_DAY)} its jobs fail, since JWT credentials no longer authenticate then.`;
}

/** What differs from what a question showed; follows a colon. */
export function changeWords(change: ImpactChange): string {
  switch (change.kind) {
    case 'schedule_added':
      return `the schedule ${code(change.name, NAME_LENGTH)} has been created or enabled since`;
    case 'schedule_removed':
      return `the schedule ${code(change.name, NAME_LENGTH)} has been deleted or disabled since`;
    case 'in_use':
      return 'it was idle and has been used since';
    case 'production':
      return 'which of its sandboxes are production has changed since';
  }
}

function schedulesWords(schedules: Impact['schedules']): string {
  if (schedules.length === 0) return 'No enabled schedule uses it';
  const shown = schedules
    .slice(0, SCHEDULES_SHOWN)
    .map(
      ({ name, nextRunAt }) => `${code(name, NAME_LENGTH)}${nextRunAt === null ? '' : `, next ${dateTime(nextRunAt)}`}`,
    );
  const rest = schedules.length - shown.length;
  return `${count(schedules.length, 'schedule')}: ${[...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')}`;
}

function queriesWords({ queries: { count: queries, isAtLeast }, lastQuery, failing }: Impact): string {
  const none = isAtLeast ? 'No query seen' : 'No query';
  const some = `${isAtLeast ? 'At least ' : ''}${count(queries, 'query', 'queries')}`;
  const seen = `${queries === 0 ? none : some} in 30 days`;
  if (lastQuery === null) return seen;
  // A failing credential's error is already shown above.
  const error = failing === null ? errorWords(lastQuery.error) : '';
  // A schedule's run that led to no query is a sign of use as well.
  const last = queries === 0 ? '; the last run' : ', the last';
  return `${seen}${last} ${dateTime(lastQuery.at)}: ${OUTCOMES[lastQuery.outcome]}${error}`;
}

function errorWords(error: string | null): string {
  return error === null ? '' : `: ${code(error, ERROR_LENGTH)}`;
}

/** Distinguishes what has not been read yet from what could not be read. */
function unknownUseWords(problem: AdobeProblem | null): string {
  return problem === null ? 'What uses it is not known yet' : 'What uses it could not be read';
}

function because(problem: AdobeProblem | null): string {
  return problem === null ? '' : `: ${problemWords(problem).what}`;
}
