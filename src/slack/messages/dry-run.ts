import type { DryRunResult, Migration } from '../../migrations/migration.ts';
import { code, mention, nameCode } from '../escaping.ts';
import { explain, problemWords } from './adobe-problems.ts';
import { type Message, textMessage } from './blocks.ts';
import { dateTime } from './formatting.ts';
import { stepWords } from './two-steps.ts';

/** Shown above everything else in a dry run's question. */
export const DRY_RUN_STAMP = '🧪 *Dry run*: nothing is sent to Adobe when this is confirmed.';
/** Title of a confirm dialog and of a modal: at most 24 characters. */
export const DRY_RUN_DIALOG = 'Dry run: nothing is sent';

/** A button's text: what it would do without the dry run. */
export function dryRunLabel(verb: string): string {
  return `${verb} (dry run)`;
}

/** Reply to `/qs-creds migrate dry-run` without a name. */
export function dryRunNeedsNameMessage(): Message {
  return textMessage('Which credential? Run `/qs-creds migrate NAME dry-run`. Nothing is sent to Adobe.');
}

/** After the confirmation of a dry run: who confirmed, and what would have been sent. */
export function rehearsalWords(request: Migration): string {
  const { shown, decidedBy, decidedAt, reason } = request;
  const name = nameCode(shown.name);
  const by = decidedBy === null ? '' : ` by ${mention(decidedBy)}`;
  const at = decidedAt === null ? '' : ` ${dateTime(decidedAt)}`;
  const act = stepWords(request)?.doing ?? 'the migration of';
  const found = reason?.code === 'dry_run' ? ` ${foundWords(reason)}` : '';
  return `🧪 *Dry run*: ${act} ${name} was confirmed${by}${at}. Nothing was sent, and nothing has changed in Adobe.${found}`;
}

function foundWords({ status, wouldStart, call, problem }: DryRunResult): string {
  const callCode = call === null ? '' : code(`${call.method} ${call.path}`, 400);
  const callWords = call === null ? '' : ` The call: ${callCode}.`;
  if (status === null) {
    const why = problem === null ? '' : ` ${explain(problemWords(problem))}`;
    return `Adobe's state could not be read, and without it nothing is ever sent.${why}${callWords}`;
  }
  const says = `According to Adobe, its migration is ${STATES[status]}`;
  if (!wouldStart) return `${says}, so nothing would have been sent.${callWords}`;
  if (problem !== null) return `${says}. The call could not be prepared: ${explain(problemWords(problem))}`;
  if (call === null)
    return `${says}, so a person would have been asked to press *Migrate* in Adobe. The app itself sends nothing.`;
  return `${says}, so this would have been sent, once: ${callCode}.`;
}

const STATES = {
  not_started: 'not started',
  started: 'begun',
  completed: 'completed',
  none: 'not possible',
  unknown: 'unknown',
} as const;
