import type { ListedCredential } from '../../credentials/credential.ts';
import { MAX_REASON } from '../../holds/hold.ts';
import { needsPhrase } from '../../migrations/confirmation-phrase.ts';
import type { Migration, Shown } from '../../migrations/migration.ts';
import { impactMark } from '../../migrations/seen-impact.ts';
import type { ImpactChange } from '../../usage/impact.ts';
import { code, mention, nameCode, namePlain, permalink } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import {
  button,
  buttonsWithId,
  dialog,
  line,
  MAX_EDITED_TEXT,
  type Message,
  note,
  textMessage,
  toMessage,
} from './blocks.ts';
import { certificateWords } from './certificate.ts';
import { DRY_RUN_DIALOG, DRY_RUN_STAMP, dryRunLabel, rehearsalWords } from './dry-run.ts';
import { capitalized, clockTime, dateTime, duration } from './formatting.ts';
import { HAND_OFF_EFFECT } from './hand-off.ts';
import { changeWords, impactLines, inactionWords } from './impact.ts';
import { ADOBE_DURATION, heldWords, isJwtOver, sandboxWords, whereWords } from './terms.ts';
import { stepWords } from './two-steps.ts';

const WARNING = `It cannot be cancelled once started, cannot be undone, and takes ${ADOBE_DURATION}.`;

/** After the deadline, this promises nothing: the jobs have stopped, and only a run can show that they work again. */
function effectWords(at: Date): string {
  const jobs = isJwtOver(at)
    ? 'According to Adobe, nothing has to be reconfigured in its jobs'
    : 'Jobs keep running unchanged, nothing has to be reconfigured';
  return `Adobe replaces its JWT credential with an OAuth Server-to-Server one. ${jobs}, and its status becomes *Migrated*.`;
}

/** What a question says about a credential besides what its request recorded. */
export type QuestionCredential = Pick<ListedCredential, 'description' | 'certificateUntil' | 'adobeStatus'>;

/** What a question says, wherever it is shown: as mrkdwn. */
export function questionWords(question: Migration, credential: QuestionCredential) {
  const { shown, isDryRun, askedAt: now } = question;
  const step = stepWords(question);
  const act = step?.button ?? 'Migrate';
  const certificate = certificateWords(credential, now);
  const id = `Technical account ${code(question.technicalAccountId)}`;
  return {
    what: [
      ...(isDryRun ? [DRY_RUN_STAMP] : []),
      `*${step?.act ?? 'Migrate'} ${nameCode(shown.name)}?*`,
      whereWords(shown),
      ...(credential.description === '' ? [] : [`Description: ${code(credential.description, 200)}`]),
    ].join('\n'),
    depends: [
      ...(question.impact === null ? [] : impactLines(question.impact, now).map((each) => `• ${each}`)),
      ...(question.step === 'start' ? [inactionWords(now)] : []),
    ].join('\n'),
    effect: step?.effect ?? `${question.method === 'hand-off' ? `${HAND_OFF_EFFECT} ` : ''}${effectWords(now)}`,
    warning: warningWords(question),
    details: [id, ...(certificate === null ? [] : [certificate])].join(' · '),
    expires: `Expires at ${clockTime(question.expiresAt)}.`,
    /** Text of the button that confirms. */
    verb: isDryRun ? dryRunLabel(act) : act,
    /** Title of a dialog or a modal. */
    title: isDryRun ? DRY_RUN_DIALOG : (step?.dialog ?? 'Migrate permanently?'),
  };
}

/** Why the name must be typed. */
export function productionWords({ production, unreadProduction = [] }: Shown): string {
  if (production.length > 0) return '*This is production.*';
  const unread = sandboxWords({ sandboxes: unreadProduction, production: unreadProduction });
  return `*It may be in production as well:* ${unread} could not be read in full.`;
}

/** What cannot be undone. */
export function warningWords(question: Migration): string {
  return stepWords(question)?.warning ?? WARNING;
}

/**
 * The question before the one act that cannot be undone. `approvers`: ids of people or groups, one of whom has to
 * confirm as a second person; null: the asker confirms.
 */
export function questionMessage(
  question: Migration,
  credential: QuestionCredential,
  approvers: readonly string[] | null,
): Message {
  const { shown, id } = question;
  const mustType = needsPhrase(shown);
  const { what, depends, effect, warning, details, expires, verb, title } = questionWords(question, credential);
  const happens = [
    effect,
    `⚠️ *${warning}*`,
    ...(mustType ? [`${productionWords(shown)} You will be asked to type the name.`] : []),
    ...(approvers === null ? [] : [secondPersonWords(question, approvers)]),
  ];
  const migrate = mustType
    ? button(`${verb}…`, ACTIONS.confirmProduction, { value: id, style: 'danger' })
    : button(verb, ACTIONS.confirm, {
        value: id,
        style: 'danger',
        confirm: { ...dialog(title, `${namePlain(shown.name)}: ${warning}`, verb), style: 'danger' },
      });
  return toMessage([
    line(what),
    depends === '' ? null : line(depends),
    line(happens.join('\n')),
    note(details),
    note(expires),
    buttonsWithId(
      impactMark(question.impact),
      migrate,
      ...(approvers === null ? [] : [button('Decline…', ACTIONS.decline, { value: id })]),
      button('Cancel', ACTIONS.cancel, { value: id }),
    ),
  ]);
}

function secondPersonWords({ askedBy }: Migration, approvers: readonly string[]): string {
  const who = approvers.map((id) => (id.startsWith('S') ? `<!subteam^${id}>` : mention(id)));
  const whom = who.length === 0 ? '' : `: ${who.join(', ')}`;
  return `Asked by ${mention(askedBy)}. A second person has to confirm or decline${whom}. The person who asked can only cancel.`;
}

/** A question after its end: who did what when, without buttons. `progress`: the address of the message that shows it. */
export function closedQuestion(question: Migration, progress: string | null = null): Message {
  return toMessage([line(endOf(question, progress))], MAX_EDITED_TEXT);
}

/** For a press on an outdated version of the question: the question is still open. */
export function unseenMessage(question: Pick<Migration, 'shown'>, change: ImpactChange): Message {
  return textMessage(
    `${unseenWords(change)} Read the question about ${nameCode(question.shown.name)} again, then confirm it there.`,
  );
}

/** Why a press confirmed nothing, above the question as it is now. */
export function unseenWords(change: ImpactChange): string {
  return `⚠️ Nothing was confirmed: ${changeWords(change)}.`;
}

/** For a press on a question that the database does not have. */
export function noSuchQuestionMessage(): Message {
  return textMessage(
    'This question is no longer known here. Nothing was started. Run `/qs-creds migrate` to ask again.',
  );
}

function endOf(question: Migration, progress: string | null): string {
  const name = nameCode(question.shown.name);
  const step = stepWords(question);
  const by = question.decidedBy === null ? '' : ` by ${mention(question.decidedBy)}`;
  const at = question.decidedAt === null ? '' : ` ${dateTime(question.decidedAt)}`;
  const act = step === null ? 'The migration of' : capitalized(step.doing);
  const again =
    question.step === 'start' ? 'Run `/qs-creds migrate` to ask again.' : 'Run `/qs-creds status NAME` to ask again.';
  // A question asked in Home, which cannot show messages.
  const where = /^[UW]/.test(question.channel) ? 'A direct message' : 'A separate message';
  switch (question.state) {
    case 'dry_run':
      return rehearsalWords(question);
    case 'asked':
      return `The question about ${name} expires at ${clockTime(question.expiresAt)}.`;
    case 'cancelled':
      if (question.reason?.code === 'declined')
        return `${act} ${name} was declined${by}${at}: ${code(question.reason.words, MAX_REASON)}. Nothing was started. ${again}`;
      return `${act} ${name} was cancelled${by}${at}. Nothing was started.`;
    case 'expired':
      return `The question about ${name} expired after ${duration(question.expiresAt.getTime() - question.askedAt.getTime())}. Nothing was started. ${again}`;
    case 'void':
      return `${voidWords(question, name)} This question started nothing.`;
    default:
      return `☑️ ${act} ${name} was confirmed${by}${at}. ${permalink(progress, where)} shows its progress.`;
  }
}

function voidWords({ reason, step, askedBy }: Migration, name: string): string {
  switch (reason?.code) {
    case 'elsewhere':
      return `The question about ${name} is no longer valid: according to Adobe, its migration was ${step === 'start' ? 'begun or completed' : 'completed or undone'} outside this question.`;
    case 'answered_elsewhere':
      return `The question about ${name} is no longer valid: another question about it was confirmed.`;
    case 'asked_again':
      return `${mention(askedBy)} asked about ${name} again: only the latest question counts.`;
    case 'impact_changed':
      return `The question about ${name} is no longer valid: ${changeWords(reason.change)}. Ask again to see what depends on it now.`;
    case 'held':
      return heldWords(name, { ...reason, reason: reason.words });
    case 'not_posted':
      return `The question about ${name} could not be posted.`;
    default:
      return `The question about ${name} is no longer valid: the credential has changed since. Ask again to see its current state.`;
  }
}
