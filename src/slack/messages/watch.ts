import type { Button } from '@slack/types';
import type { Page } from '../../lib/page.ts';
import type { NoticeContent } from '../../notices/ports.ts';
import type { AcknowledgeResult } from '../../watch/job-watch.ts';
import {
  type Failure,
  failuresIn,
  isGivenUp,
  MAX_LOOKS,
  schedulesIn,
  type Watch,
  type WatchedMigration,
  type WatchedSchedule,
} from '../../watch/watch.ts';
import { code, mention, nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { problemWords } from './adobe-problems.ts';
import { button, buttons, heading, line, type Message, note, type Row, textMessage, toMessage } from './blocks.ts';
import { count, dateTime, duration, timeAgo } from './formatting.ts';
import { noSuchMigrationMessage } from './needs-attention.ts';
import { whereWords } from './terms.ts';

/** Jobs that are named; the rest is a number. */
const JOBS_SHOWN = 3;
const NAME_LENGTH = 60;
const ERROR_LENGTH = 150;
/** Maximum length of Adobe's error in a row. Characters. */
const SHORT_ERROR = 80;

const CUT_SHORT = `the last of ${MAX_LOOKS} looks at its jobs was cut short. Check in Adobe that they run, and ask an operator to read the app's log`;

/** How a credential's jobs have run since its migration; `isOwner`: it is a direct message to the owner. */
export function watchMessage(watched: WatchedMigration, { isOwner }: { readonly isOwner: boolean }): Message {
  const { migration, watch } = watched;
  const hasFailed = watch.failures.length > 0;
  const isOpen = hasFailed && watch.acknowledged === null;
  // A reply without a mention notifies nobody.
  const who =
    (hasFailed || isGivenUp(watch)) && !isOwner ? ` · ${mention(migration.decidedBy ?? migration.askedBy)}` : '';
  const words = [`${headWords(watched)}${who}`, ...watchLines(watch).map((each) => `• ${each}`)];
  return toMessage([
    line(words.join('\n')),
    isOpen && !isOwner ? buttons(acknowledgeButton(watched)) : null,
    isOwner ? note(whereWords(migration.shown)) : null,
    isOpen
      ? note(
          'Home and the digest show this until a migrator acknowledges it. Check in Adobe what the credential may access.',
        )
      : null,
    isOwner ? note('You get this because the credential is assigned to you in Adobe.') : null,
  ]);
}

/** Posted below the migration's message. */
export function acknowledgedNotice({ migration, by }: NoticeContent & { readonly kind: 'acknowledged' }): Message {
  return textMessage(
    `☑️ ${mention(by)} acknowledged that jobs of ${nameCode(migration.shown.name)} failed after its migration.`,
  );
}

/** To the person who pressed. */
export function acknowledgedMessage(result: AcknowledgeResult): Message {
  if (result.kind === 'no_such_migration') return noSuchMigrationMessage();
  const name = nameCode(result.migration.shown.name);
  switch (result.kind) {
    case 'acknowledged':
      return textMessage(
        `☑️ You acknowledged that jobs of ${name} failed after its migration. Home and the digest no longer show it; \`/qs-creds status NAME\` does.`,
      );
    case 'already':
      return textMessage(
        `☑️ ${mention(result.by)} has already acknowledged this failure of ${name}. Your click changed nothing.`,
      );
    case 'no_failure':
      return textMessage(`No job of ${name} is known to have failed after its migration. Your click changed nothing.`);
  }
}

/** Failures that nobody has acknowledged, a row each; `mayAcknowledge`: whether the reader may, here. */
export function failedAfterRows(
  { rows, total }: Page<WatchedMigration>,
  { mayAcknowledge }: { readonly mayAcknowledge: boolean },
): Row[] {
  if (total === 0) return [];
  const rest = total - rows.length;
  return [
    heading('Failing after migration'),
    ...rows.map((each) => line(failureWords(each), mayAcknowledge ? acknowledgeButton(each) : undefined)),
    ...(rest > 0 ? [note(`${rest} more will appear once these are acknowledged.`)] : []),
  ];
}

/** "⚠️ `x` · `Nightly` failing since 2 May: `…`", about the first job that still fails, if there is one. */
function failureWords({ migration, watch: { failures, found } }: WatchedMigration): string {
  const failingIds = new Set(failuresIn(found).map(({ id }) => id));
  const failing = failures.find(({ id }) => failingIds.has(id));
  const failure = failing ?? failures[0];
  if (failure === undefined) return '';
  const more = failures.length === 1 ? '' : ` and ${failures.length - 1} more`;
  const since = `${failing === undefined ? 'failed' : 'failing since'} ${dateTime(failure.since)}`;
  const after = failing === undefined ? ' · works again' : '';
  return `⚠️ ${nameCode(migration.shown.name)} · ${jobWords(failure)}${more} ${since}${errorWords(failure.error, SHORT_ERROR)}${after}`;
}

function acknowledgeButton({ migration }: WatchedMigration): Button {
  return button('Acknowledge', ACTIONS.acknowledge, {
    value: migration.id,
    label: `Acknowledge the failure of ${migration.shown.name}`,
  });
}

/** In the status of a credential: what its watch has found, and how long the watch continues. */
export function watchStatusRows(
  watched: WatchedMigration,
  { mayAcknowledge }: { readonly mayAcknowledge: boolean },
): Row[] {
  const isOpen = watched.watch.failures.length > 0 && watched.watch.acknowledged === null;
  return [
    line(statusLines(watched.watch).join('\n')),
    ...(isOpen && mayAcknowledge ? [buttons(acknowledgeButton(watched))] : []),
  ];
}

function statusLines(watch: Watch): string[] {
  const { found, nextLookAt, until, acknowledged } = watch;
  if (found.length === 0 && !isGivenUp(watch))
    return [`Its jobs are watched until ${dateTime(until)}. They have not been looked at yet.`];
  const going = nextLookAt === null ? '' : ` Watched until ${dateTime(until)}.`;
  const [first = '', ...rest] = watchLines(watch);
  return [
    `*Since its migration*: ${first}.${going}`,
    ...rest.map((each) => `• ${each}`),
    ...(acknowledged === null ? [] : [`• acknowledged by ${mention(acknowledged.by)}, ${timeAgo(acknowledged.at)}`]),
  ];
}

function headWords({ migration, watch }: WatchedMigration): string {
  const name = nameCode(migration.shown.name);
  if (isGivenUp(watch)) return `⚠️ *Jobs no longer watched after the migration*: ${name}`;
  if (failuresIn(watch.found).length > 0) return `⚠️ *Jobs failing after the migration*: ${name}`;
  if (watch.failures.length > 0) return `⚠️ *Jobs failed after the migration, and work again*: ${name}`;
  const hours = duration(watch.until.getTime() - watch.since.getTime());
  const since = watch.nextLookAt === null ? `in the ${hours} since its migration` : 'since its migration';
  return `${hasRun(watch) ? '✅' : '🕓'} *Jobs of* ${name} ${since}:`;
}

/** A line each: how many have run, what fails, what has not run, what else was seen. */
function watchLines(watch: Watch): string[] {
  const { found, failures, nextLookAt } = watch;
  const isCutShort = isGivenUp(watch);
  const schedules = schedulesIn(found);
  const failing = new Set(failuresIn(found).map(({ id }) => id));
  const isOver = nextLookAt === null;
  const overdue = schedules.filter(({ isOverdue }) => isOverdue);
  const waiting = schedules.filter(({ lastRun, isOverdue, isDue }) => lastRun === null && !isOverdue && !isDue);
  const problem = found.find((each) => each.problem !== null)?.problem ?? null;
  const isPartial = found.some(({ isWhole }) => !isWhole);
  const lines: string[] = [];
  if (isCutShort) lines.push(CUT_SHORT);
  if (!isCutShort || found.length > 0) lines.push(schedulesWords(schedules));
  for (const failure of failures.slice(0, JOBS_SHOWN)) lines.push(failedWords(failure, failing.has(failure.id)));
  if (failures.length > JOBS_SHOWN) lines.push(`and ${count(failures.length - JOBS_SHOWN, 'more failure')}`);
  if (overdue.length > 0)
    lines.push(`${scheduleNames(overdue)} should have run and ${overdue.length === 1 ? 'has' : 'have'} not`);
  if (waiting.length > 0 && waiting.length < schedules.length) lines.push(`not run yet: ${scheduleNames(waiting)}`);
  const queries = queriesWords(found);
  if (queries !== null) lines.push(queries);
  if (isOver && problem !== null) lines.push(`part of it could not be read: ${problemWords(problem).what}`);
  else if (isOver && isPartial) lines.push('some schedules were not looked at: there are too many');
  return lines;
}

function hasRun({ found }: Watch): boolean {
  return schedulesIn(found).some(({ lastRun }) => lastRun !== null) || found.some(({ queries }) => queries.count > 0);
}

/** "3 of 3 schedules ran, all succeeded" */
function schedulesWords(schedules: readonly WatchedSchedule[]): string {
  if (schedules.length === 0) return 'no enabled schedule uses it';
  const ran = schedules.filter(({ lastRun }) => lastRun !== null);
  const failed = ran.filter(({ lastRun }) => lastRun?.outcome === 'failed').length;
  if (ran.length === 0) {
    const [next] = schedules
      .flatMap(({ name, nextRunAt }) => (nextRunAt === null ? [] : [{ name, nextRunAt }]))
      .toSorted((a, b) => a.nextRunAt.getTime() - b.nextRunAt.getTime());
    const when =
      next === undefined ? '' : `; the next is ${code(next.name, NAME_LENGTH)} at ${dateTime(next.nextRunAt)}`;
    return `no schedule has run yet${when}`;
  }
  const who = schedules.length === 1 ? 'its only schedule' : `${ran.length} of ${count(schedules.length, 'schedule')}`;
  return `${who} ran${outcomeWords(ran.length, failed)}`;
}

function outcomeWords(ran: number, failed: number): string {
  if (ran === 1) return failed === 0 ? ' and succeeded' : ' and failed';
  if (failed === 0) return ', all succeeded';
  return failed === ran ? ', all failed' : `, ${failed} failed`;
}

function failedWords(failure: Failure, isFailing: boolean): string {
  const before = failure.failedBefore ? '; it also failed before the migration' : '';
  const after = isFailing ? '' : '; it has succeeded since';
  const since = `${isFailing ? 'failing since' : 'failed'} ${dateTime(failure.since)}`;
  return `${jobWords(failure)} ${since}${errorWords(failure.error, ERROR_LENGTH)}${before}${after}`;
}

function jobWords({ name }: Failure): string {
  return name === null ? 'queries outside schedules' : code(name, NAME_LENGTH);
}

/** Null if there were no queries. */
function queriesWords(found: Watch['found']): string | null {
  const total = found.reduce((sum, { queries }) => sum + queries.count, 0);
  if (total === 0) return null;
  const atLeast = found.some(({ queries }) => queries.isAtLeast) ? 'at least ' : '';
  return `${atLeast}${count(total, 'query', 'queries')} outside schedules`;
}

function scheduleNames(schedules: readonly WatchedSchedule[]): string {
  const names = schedules
    .slice(0, JOBS_SHOWN)
    .map(
      ({ name, nextRunAt }) =>
        `${code(name, NAME_LENGTH)}${nextRunAt === null ? '' : ` (next ${dateTime(nextRunAt)})`}`,
    );
  const rest = schedules.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function errorWords(error: string | null, length: number): string {
  return error === null ? '' : `: ${code(error, length)}`;
}
