import type { Button } from '@slack/types';
import { documentedError } from '../../credentials/adobe-codes.ts';
import type { AdobeProblem } from '../../credentials/adobe-error.ts';
import type { ListedCredential } from '../../credentials/credential.ts';
import type { Migration } from '../../migrations/migration.ts';
import type { MethodStep } from '../../migrations/steps.ts';
import { mention, nameCode, namePlain, permalink } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { button, buttons, dialog, line, type Message, textMessage, toMessage } from './blocks.ts';
import { HOW_TO_END, STATUS_WORDS } from './terms.ts';

/**
 * Migrating through the Developer Console: adding the OAuth credential beside the JWT one, then finishing or undoing
 * that.
 */

/** What a question says about a step, and what its button is called. */
interface StepWords {
  /** "Finish the migration of", before the name. */
  readonly act: string;
  /** "finishing the migration of", in a sentence, before the name. */
  readonly doing: string;
  readonly effect: string;
  readonly warning: string;
  readonly button: string;
  readonly dialog: string;
  /** Title of the modal, at most 24 characters. */
  readonly modal: string;
  /** "Not finished". */
  readonly failed: string;
}

/** Not documented by Adobe: inferred from the private call that its Credentials tab makes instead. */
const SECRET_WARNING = "Adobe does not say whether Query Service's jobs get the new secret; check one job first.";

export const BEGIN: StepWords = {
  act: 'Begin the migration of',
  doing: 'beginning the migration of',
  effect:
    'Step 1 of 2: the Developer Console adds an OAuth Server-to-Server credential beside the JWT one. Nothing is taken away, and its status becomes *Unfinished*. Then finish or undo it here.',
  warning: 'Nothing irreversible happens in this step.',
  button: 'Begin',
  dialog: 'Begin the migration?',
  modal: 'Begin in production',
  failed: 'Not begun',
};

const FINISH: StepWords = {
  act: 'Finish the migration of',
  doing: 'finishing the migration of',
  effect:
    'Step 2 of 2: the Developer Console retires the JWT credential, and only the OAuth Server-to-Server one works. Its status becomes *Migrated*.',
  warning: `It cannot be undone. ${SECRET_WARNING}`,
  button: 'Finish',
  dialog: 'Finish permanently?',
  modal: 'Finish in production',
  failed: 'Not finished',
};

const UNDO: StepWords = {
  act: 'Undo the migration of',
  doing: 'undoing the migration of',
  effect: 'The Developer Console removes the OAuth Server-to-Server credential; only the JWT one is left.',
  warning: 'Whatever already uses the new credential stops working.',
  button: 'Undo',
  dialog: 'Undo the migration?',
  modal: 'Undo in production',
  failed: 'Not undone',
};

/** What an Unfinished migration means where it can be ended from here. */
export const UNFINISHED_HERE =
  '*Unfinished*: it has both credentials. *Finish…* retires the JWT one, which cannot be undone; *Undo* removes the OAuth Server-to-Server one. Only a migrator can do either.';

/** What a step is called in messages about its progress and end; null for methods that have only one step. */
export function stepWords({ method, step }: MethodStep): StepWords | null {
  if (method !== 'developer-console') return null;
  return { start: BEGIN, finish: FINISH, cancel: UNDO }[step];
}

/** "finishing the migration of `x`"; for methods with one step, only the name, as mrkdwn. */
export function doingWords(methodStep: MethodStep, name: string): string {
  const step = stepWords(methodStep);
  return step === null ? name : `${step.doing} ${name}`;
}

/** What to do if the Console refused a step, for which it gives no reason; null where the usual advice holds. */
export function consoleFix(methodStep: MethodStep, problem: AdobeProblem): string | null {
  if (methodStep.method !== 'developer-console' || documentedError(problem) !== null) return null;
  switch (problem.kind) {
    case 'not_allowed':
      return "Ask an admin to give the app's technical account the developer role for that project, and to check that the app's own project has the I/O Management API.";
    case 'no_such_path':
      return 'The Developer Console does not know this credential, or not for this step. Press Refresh in `/qs-creds list`, then ask again.';
    case 'refused':
      return 'Its state may have changed in the meantime. Press Refresh in `/qs-creds list`, then ask again.';
    default:
      return null;
  }
}

/** `when`: a time, with a space before it. */
export function boundWords({ reason }: Migration, name: string, when: string): string {
  const outside = reason?.code === 'elsewhere' ? ' It was begun outside qs-creds; nothing was sent from here.' : '';
  return `🔗 *Both credentials exist now*: ${name}${when}. Nothing irreversible has happened.${outside} ${SECRET_WARNING} Then a migrator presses *Finish…*, which retires the JWT credential, or *Undo*, which removes the new one.`;
}

export function undoneWords({ reason }: Migration, name: string, when: string): string {
  const outside = reason?.code === 'elsewhere' ? ' It was cancelled outside qs-creds; nothing was sent from here.' : '';
  return `↩️ *Undone*: ${name}${when} has only its JWT credential again; the OAuth Server-to-Server one is removed.${outside} Run \`/qs-creds migrate\` to begin again.`;
}

export function finishedWords({ reason, step }: Migration, name: string, when: string): string {
  const undoing = step === 'cancel' ? ', so it could not be undone' : '';
  const outside = reason?.code === 'elsewhere' ? ` It was finished outside qs-creds${undoing}.` : '';
  return `✅ *Migrated*: ${name}${when}.${outside} Its JWT credential is retired. Check a job of it: Adobe does not say whether Query Service's jobs get the new secret.`;
}

type Named = Pick<ListedCredential, 'technicalAccountId' | 'name'>;

/** What a migrator may do about an Unfinished migration. */
export function endingButtons({
  technicalAccountId,
  shown,
}: Pick<Migration, 'technicalAccountId' | 'shown'>): Button[] {
  const credential = { technicalAccountId, name: shown.name };
  return [finishButton(credential), undoButton(credential)];
}

/** To a person who asked to migrate a credential whose migration has already begun. */
export function unfinishedMessage(credential: Named): Message {
  return toMessage([
    line(`The migration of ${nameCode(credential.name)} has already begun. ${UNFINISHED_HERE}`),
    buttons(finishButton(credential), undoButton(credential)),
  ]);
}

/** To the person who undid it. */
export function undoingMessage({ shown }: Pick<Migration, 'shown'>): Message {
  return textMessage(
    `Undoing the migration of ${nameCode(shown.name)}: recorded as asked and confirmed by you. A separate message shows its outcome.`,
  );
}

/**
 * Why there is nothing to finish or to undo. `active`: its migration in the queue, if any; `link`: where the message about
 * that is, if the reader can open it.
 */
export function nothingToEndMessage(
  credential: ListedCredential,
  active: Migration | null,
  { mayEnd, link = null }: { readonly mayEnd: boolean; readonly link?: string | null },
): Message {
  return textMessage(active === null ? whyNot(credential, mayEnd) : otherWords(credential, active, link));
}

function otherWords({ name }: ListedCredential, { decidedBy }: Migration, link: string | null): string {
  const by = decidedBy === null ? '' : `, confirmed by ${mention(decidedBy)}`;
  return `Something else about ${nameCode(name)} is under way${by}. Your click changed nothing; ${permalink(link, 'its message')} shows the outcome.`;
}

function whyNot({ name: given, status }: ListedCredential, mayEnd: boolean): string {
  const name = nameCode(given);
  if (status === 'unfinished' && !mayEnd)
    return `${name} is *${STATUS_WORDS.unfinished}*, but this app is set not to end that: \`MIGRATION_METHOD\` is not \`developer-console\`. ${HOW_TO_END}`;
  if (status === 'migrated') return `✅ ${name} is already migrated. Your click changed nothing.`;
  if (status === 'eligible')
    return `${name} is *${STATUS_WORDS.eligible}*: its migration has not begun, or was undone. Your click changed nothing. Run \`/qs-creds migrate\` to begin.`;
  return `${name} is *${STATUS_WORDS[status]}*, so there is nothing to finish or undo. Run \`/qs-creds status NAME\` for details.`;
}

/** Asks to finish the migration of this credential. */
export function finishButton({ technicalAccountId, name }: Named): Button {
  return button('Finish…', ACTIONS.finish, { value: technicalAccountId, label: `Finish ${name}` });
}

/** Undoes the migration of this credential, after Slack's dialog. */
export function undoButton({ technicalAccountId, name }: Named): Button {
  const { dialog: title, effect, warning } = UNDO;
  return button('Undo', ACTIONS.undo, {
    value: technicalAccountId,
    label: `Undo ${name}`,
    confirm: dialog(title, `${namePlain(name)}: ${effect} ${warning}`, 'Undo'),
  });
}
