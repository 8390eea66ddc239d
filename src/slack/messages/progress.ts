import type { Button } from '@slack/types';
import { MAX_REASON } from '../../holds/hold.ts';
import { CONFIRMATION_TTL_MS, type Migration, type Reason } from '../../migrations/migration.ts';
import type { AfterEnd, ProgressState, UnreadStatus } from '../../migrations/progress-state.ts';
import type { MethodStep } from '../../migrations/steps.ts';
import { HAND_OFF_MS, mayContinueByHand } from '../../migrations/verdicts.ts';
import { code, mention, nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { explain, problemWords } from './adobe-problems.ts';
import { button, buttons, line, MAX_EDITED_TEXT, type Message, note, type Row, toMessage } from './blocks.ts';
import { calendarDate, capitalized, dateTime, duration, EXACT_SECONDS, elapsed, shortDuration } from './formatting.ts';
import { FINISH_HINT, finishInAdobeButton, handedOverWords, handOffButtons, openAdobeButton } from './hand-off.ts';
import { changeWords } from './impact.ts';
import { attentionButtons, resolvedBy } from './needs-attention.ts';
import { migrateNextButton } from './next-button.ts';
import { CREDENTIALS_TAB, HOW_TO_END, isJwtOver, migratedOutsideWords, whereWords } from './terms.ts';
import {
  boundWords,
  consoleFix,
  doingWords,
  endingButtons,
  finishedWords,
  stepWords,
  undoneWords,
} from './two-steps.ts';
import { withdrawButton } from './withdraw.ts';

const BAR_LENGTH = 10;
/** Ends after which a person may want to see the credential in Adobe. */
const WORTH_A_LOOK: ReadonlySet<Migration['state']> = new Set(['migrated', 'failed', 'needs_attention']);
/** Reasons for which asking again at once would have the same outcome. */
const WOULD_REPEAT: ReadonlySet<Reason['code'] | undefined> = new Set([
  'held',
  'not_eligible',
  'dry_run_set',
  'elsewhere',
]);

/** The one ordinary message about a confirmed migration, from its confirmation to its end. */
export function progressMessage(migration: Migration, progress: ProgressState): Message {
  const footer = note(`${whereWords(migration.shown)} · ${attribution(migration)}`);
  const elements = buttonsOf(migration, progress);
  const words = line(progressWords(migration, progress));
  return toMessage([words, watchRow(migration, progress), footer, buttons(...elements)], MAX_EDITED_TEXT);
}

/** Says where the reader will learn whether the jobs still run. */
function watchRow({ state }: Migration, progress: ProgressState): Row | null {
  const watchMs = progress.kind === 'ended' && state === 'migrated' ? (progress.after?.watchMs ?? 0) : 0;
  return watchMs === 0 ? null : note(`Its jobs are watched for ${duration(watchMs)}; this thread says how they run.`);
}

/** " (503) since 12:06" */
function unreadSinceWords({ since, problem }: UnreadStatus): string {
  return `${problem.status === null ? '' : ` (${problem.status})`} since ${dateTime(since)}`;
}

function buttonsOf(migration: Migration, progress: ProgressState): Button[] {
  if (progress.kind === 'handed_over') return handOffButtons(migration, progress.url);
  if (progress.kind === 'waiting' || progress.kind === 'waiting_for_adobe') return [withdrawButton(migration)];
  return progress.kind === 'ended' ? endButtons(migration, progress.after ?? null) : [];
}

function progressWords(migration: Migration, progress: ProgressState): string {
  const name = nameCode(migration.shown.name);
  const step = stepWords(migration);
  const what = doingWords(migration, name);
  switch (progress.kind) {
    case 'confirmed':
      return `☑️ *Confirmed*: ${what}. Its outcome follows here.`;
    case 'waiting':
      if (progress.isFirstHandedOver)
        return `🕓 *Queued*: ${what}, ${progress.place} ahead. The first waits for a person in Adobe; no action needed here.`;
      return `🕓 *Queued*: ${what}, ${progress.place} ahead. Adobe migrates one at a time here; no action needed.`;
    case 'starting':
      return `⏳ *${step === null ? `Migrating ${name}` : capitalized(what)}*: starting.`;
    case 'waiting_for_adobe':
      return `🕓 *Waiting for Adobe*${unreadSinceWords(progress)}: ${what}. Nothing has been sent.`;
    case 'handed_over':
      return handedOverWords(migration, name);
    case 'pressed':
      return `⏳ *Migrating ${name}*: Adobe has started. Its outcome follows here.`;
    case 'running': {
      const { elapsedSeconds, expectedSeconds, unread } = progress;
      const elapsedTime = shortDuration(elapsedSeconds);
      const unreadNote =
        unread === undefined ? '' : ` Adobe's state can't be read${unreadSinceWords(unread)}, still watching.`;
      if (step !== null) return `⏳ *${capitalized(what)}*: ${elapsedTime} so far.${unreadNote}`;
      const isLate = elapsedSeconds > expectedSeconds;
      const lateNote = isLate ? ' Longer than usual, still watching.' : '';
      // Next to minutes or hours, the usual number of seconds says nothing.
      const expected =
        isLate && elapsedSeconds >= EXACT_SECONDS ? 'so far' : `of about ${shortDuration(expectedSeconds)}`;
      return `⏳ *Migrating ${name}* ${bar(elapsedSeconds / expectedSeconds)} ${elapsedTime} ${expected}.${unreadNote || lateNote}`;
    }
    case 'ended':
      return endWords(migration, name);
  }
}

/** `name`: as mrkdwn. */
export function endWords(migration: Migration, name: string): string {
  const { startedAt, endedAt, reason } = migration;
  const when = endedAt === null ? '' : ` ${dateTime(endedAt)}`;
  switch (migration.state) {
    case 'migrated': {
      if (migration.method === 'developer-console') return finishedWords(migration, name, when);
      const isTimed = migration.method !== 'hand-off' && startedAt !== null && endedAt !== null;
      const took = isTimed ? `, after ${elapsed(startedAt, endedAt)}` : '';
      return `✅ *Migrated*: ${name}${when}${took}. ${jobsWords(migration)}`;
    }
    case 'bound':
      return boundWords(migration, name, when);
    case 'undone':
      return undoneWords(migration, name, when);
    case 'failed': {
      if (reason?.code === 'withdrawn')
        return `↩️ *Withdrawn*: ${doingWords(migration, name)}${when}. ${reasonWords(reason, migration)}`;
      if (reason?.code === 'restored')
        return `↩️ *Confirmation expired*: ${doingWords(migration, name)}${when}. ${reasonWords(reason, migration)}`;
      const hint = mayContinueByHand(migration) ? ` ${FINISH_HINT}` : '';
      return `❌ *${stepWords(migration)?.failed ?? 'Not migrated'}*: ${name}${when}. ${reasonWords(reason, migration)}${hint}`;
    }
    case 'resolved':
      return `☑️ *Resolved*: ${name} was resolved in Adobe${resolvedBy(migration)}${when}. Nothing was sent again. Run \`/qs-creds status NAME\` to see what Adobe says.`;
    default:
      return `⚠️ *Needs attention*: ${name}${when}. ${reasonWords(reason, migration)}`;
  }
}

function jobsWords({ reason, endedAt, askedAt }: Migration): string {
  const at = endedAt ?? askedAt;
  if (reason?.code === 'elsewhere') return migratedOutsideWords(at);
  return isJwtOver(at)
    ? 'According to Adobe, nothing has to be reconfigured in its jobs. JWT had stopped working: run one of them to check.'
    : 'Its jobs keep running unchanged; nothing has to be reconfigured.';
}

function endButtons(migration: Migration, after: AfterEnd | null): Button[] {
  // The button opens Experience Platform, not the Developer Console.
  const isInPlatform = WORTH_A_LOOK.has(migration.state) && migration.method !== 'developer-console';
  const next = nextSteps(migration, after);
  return after !== null && isInPlatform ? [...next, openAdobeButton(after.url)] : next;
}

function nextSteps(migration: Migration, after: AfterEnd | null): Button[] {
  switch (migration.state) {
    case 'migrated':
      return after?.next == null ? [] : [migrateNextButton(after.next, after.left)];
    case 'bound':
      return endingButtons(migration);
    case 'failed':
      if (mayContinueByHand(migration)) return [finishInAdobeButton(migration)];
      // Refused or not sent: the migration is still Unfinished.
      if (migration.step !== 'start') return endingButtons(migration);
      return WOULD_REPEAT.has(migration.reason?.code) ? [] : [tryAgainButton(migration)];
    case 'undone':
    case 'resolved':
      return [];
    default:
      return attentionButtons(migration);
  }
}

/** Asks about it again; only a new confirmation starts anything. */
function tryAgainButton({ technicalAccountId, shown }: Migration): Button {
  return button('Try again', ACTIONS.migrate, { value: technicalAccountId, label: `Migrate ${shown.name}` });
}

/** Why a migration ended this way and what to do, for progress and status. `methodStep`: the migration's method and step. */
export function reasonWords(reason: Reason | null, methodStep: MethodStep): string {
  const isStart = methodStep.step === 'start';
  switch (reason?.code) {
    case 'refused':
    case 'unsent': {
      const { what, fix: usual, reference } = problemWords(reason.problem);
      // After a pause, the sync continues automatically, but a start is sent only if somebody asks for it.
      const fix =
        reason.problem.until === undefined
          ? (consoleFix(methodStep, reason.problem) ?? usual)
          : 'Ask again after that.';
      return `${what}. Nothing was ${reason.code === 'refused' ? 'started' : 'sent'}. ${fix}${reference}`;
    }
    case 'held':
      return `On hold until ${calendarDate(reason.lastDay)}, by ${mention(reason.by)}: ${code(reason.words, MAX_REASON)}. Nothing was sent. Talk to them; a migrator can override the hold with a reason.`;
    case 'handed_back':
      return `${mention(reason.by)} left it for now. Nothing was migrated. Ask again when someone can press Migrate in Adobe.`;
    case 'withdrawn':
      return `${mention(reason.by)} withdrew it before its turn. Nothing was sent. Run \`/qs-creds ${isStart ? 'migrate' : 'status NAME'}\` to ask again.`;
    case 'restored':
      return 'A backup of the app was restored in which it was queued. What was sent after the backup is not known here; an earlier message may say how it ended. Run `/qs-creds status NAME` to see what Adobe says, and ask again if it is still needed.';
    case 'late':
      return 'The app was suspended right before the start, or reading its state took too long, so nothing was sent. Ask again.';
    case 'dry_run_set':
      return 'The app has been set to dry runs since (`DRY_RUN`), so nothing was sent. Ask again once it is set back.';
    case 'unchecked':
      return `Its state could not be checked right before the start, so nothing was sent. ${explain(problemWords(reason.problem))}`;
    case 'not_eligible':
      return `Adobe says that it cannot be migrated. Nothing was sent. Check it in ${CREDENTIALS_TAB}.`;
    case 'outdated':
      return `The confirmation expired before its turn: it is valid for ${duration(CONFIRMATION_TTL_MS)}. Nothing was sent. Ask again.`;
    case 'impact_changed':
      return `What depends on it is not what was confirmed: ${changeWords(reason.change)}. Nothing was sent. Ask again to see it as it is now.`;
    case 'put_back':
      if (!isStart) return 'Its migration was undone in Adobe meanwhile. The JWT credential is unchanged.';
      return 'Adobe began the migration, then set it back to not started without giving a reason. The JWT credential is unchanged. Ask again; if it fails again, open a ticket with Adobe.';
    case 'unclear': {
      const words = reason.problem === null ? null : problemWords(reason.problem);
      const problem = words === null ? '' : ` ${words.what}.`;
      const status =
        reason.lastStatus === null
          ? 'its state could not be read'
          : `Adobe's state is inconclusive (${reason.lastStatus.replace('_', ' ')})`;
      if (methodStep.method === 'hand-off' && reason.lastStatus === 'not_started')
        return `Nobody has pressed Migrate in Adobe for ${duration(HAND_OFF_MS)}, according to its state there. Nothing was sent from here. *Check again* reads its current state; *Mark as resolved* lets it be asked about again.`;
      let sent = `the ${isStart ? 'start' : 'request'} was sent once and will not be sent again`;
      if (methodStep.method === 'hand-off') sent = 'nothing was sent from here';
      else if (reason.isUnsent) sent = 'its migration was begun outside qs-creds, so nothing was sent from here';
      return [
        `The outcome is unknown: ${status}, and ${sent}.${problem}${words?.reference ?? ''}`,
        `1. Check it in ${CREDENTIALS_TAB} before anything else.`,
        '2. *Check again* reads its current state. If Adobe reports it as migrated later, its message will say so.',
        '3. *Mark as resolved* is for when you have dealt with it in Adobe.',
      ].join('\n');
    }
    case 'elsewhere':
      return `Its migration was begun outside qs-creds, and nothing was sent from here. ${HOW_TO_END}`;
    default:
      return '';
  }
}

function attribution({ askedBy, decidedBy, decidedAt }: Migration): string {
  const at = decidedAt === null ? '' : ` ${dateTime(decidedAt)}`;
  if (decidedBy === null) return `asked by ${mention(askedBy)}`;
  if (askedBy === decidedBy) return `confirmed by ${mention(decidedBy)}${at}`;
  return `asked by ${mention(askedBy)}, confirmed by ${mention(decidedBy)}${at}`;
}

function bar(share: number): string {
  const full = Math.min(BAR_LENGTH, Math.floor(share * BAR_LENGTH));
  return '▰'.repeat(full) + '▱'.repeat(BAR_LENGTH - full);
}
