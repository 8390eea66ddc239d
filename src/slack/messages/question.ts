import type { ModalView } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import { confirmationPhrase } from '../../migrations/confirmation-phrase.ts';
import { type Migration, REQUEST_TTL_MS } from '../../migrations/migration.ts';
import { code, mention, nameCode, namePlain, permalink, plain } from '../escaping.ts';
import { ACTIONS, TYPED_NAME, VIEWS } from '../ids.ts';
import {
  button,
  buttons,
  dialog,
  input,
  line,
  MAX_EDITED_TEXT,
  type Message,
  note,
  plainText,
  textMessage,
  toBlocks,
  toMessage,
} from './blocks.ts';
import { certificateWords } from './certificate.ts';
import { DRY_RUN_DIALOG, DRY_RUN_STAMP, rehearsalWords, rehearsed } from './dry-run.ts';
import { clockTime, dateTime, duration } from './formatting.ts';
import { HAND_OFF_EFFECT } from './hand-off.ts';
import { changeWords, impactLines, impactSummary, inactionWords } from './impact.ts';
import { alert } from './new-blocks.ts';
import { ADOBE_DURATION, heldWords, isJwtOver, whereWords } from './terms.ts';
import { stepWords } from './two-steps.ts';

const WARNING = `It cannot be cancelled once started, cannot be undone, and takes ${ADOBE_DURATION}.`;

/** After the deadline no promise is made: its jobs have stopped, and only one of them can show that it works again. */
function effectWords(at: Date): string {
  const jobs = isJwtOver(at)
    ? 'According to Adobe, nothing has to be reconfigured in its jobs'
    : 'Jobs keep running unchanged, nothing has to be reconfigured';
  return `Adobe replaces its JWT credential with an OAuth Server-to-Server one. ${jobs}, and its status becomes *Migrated*.`;
}

/** The question before the one act that cannot be undone. */
export function questionMessage(
  question: Migration,
  credential: Pick<ListedCredential, 'description' | 'certificateUntil' | 'adobeStatus'>,
  requireSecondPerson: boolean,
): Message {
  const now = question.askedAt;
  const { shown, id } = question;
  const production = shown.production.length > 0;
  const certificate = certificateWords(credential, question.askedAt);
  const step = stepWords(question);
  const warning = step?.warning ?? WARNING;
  const { isDryRun } = question;
  const act = step?.button ?? 'Migrate';
  const verb = isDryRun ? rehearsed(act) : act;
  const title = isDryRun ? DRY_RUN_DIALOG : (step?.dialog ?? 'Migrate permanently?');
  const what = [
    ...(isDryRun ? [DRY_RUN_STAMP] : []),
    `*${step?.act ?? 'Migrate'} ${nameCode(shown.name)}?*`,
    whereWords(shown),
    ...(credential.description === '' ? [] : [`Description: ${code(credential.description, 200)}`]),
  ];
  const depends = [
    ...(question.impact === null ? [] : impactLines(question.impact, now).map((each) => `• ${each}`)),
    ...(question.step === 'start' ? [inactionWords(now)] : []),
  ];
  const happens = [
    step?.effect ?? `${question.method === 'hand-off' ? `${HAND_OFF_EFFECT} ` : ''}${effectWords(question.askedAt)}`,
    `⚠️ *${warning}*`,
    ...(production ? ['*This is production.* You will be asked to type the name.'] : []),
    ...(requireSecondPerson
      ? [`Asked by ${mention(question.askedBy)}. A second person has to confirm; the person who asked can only cancel.`]
      : []),
  ];
  const migrate = production
    ? button(`${verb}…`, ACTIONS.confirmProduction, { value: id, style: 'danger' })
    : button(verb, ACTIONS.confirm, {
        value: id,
        style: 'danger',
        confirm: { ...dialog(title, `${namePlain(shown.name)}: ${warning}`, verb), style: 'danger' },
      });
  return toMessage([
    line(what.join('\n')),
    depends.length === 0 ? null : line(depends.join('\n')),
    line(happens.join('\n')),
    note(
      [`Technical account ${code(question.technicalAccountId)}`, ...(certificate === null ? [] : [certificate])].join(
        ' · ',
      ),
    ),
    note(`Expires at ${clockTime(question.expiresAt)}.`),
    buttons(migrate, button('Cancel', ACTIONS.cancel, { value: id })),
  ]);
}

/** What the modal carries from the button that opened it to its submission. */
export interface ProductionState {
  readonly id: string;
  /** The `response_url` of the press that opened it, since a modal has none of its own. */
  readonly responseUrl: string | null;
}

/** Instead of the confirm dialog, for production. */
export function productionModal(question: Migration, state: ProductionState): ModalView {
  const phrase = confirmationPhrase(question);
  const step = stepWords(question);
  const { isDryRun } = question;
  const act = step?.button ?? 'Migrate';
  const what = phrase === question.technicalAccountId ? 'technical account id' : 'name';
  return {
    type: 'modal',
    callback_id: VIEWS.production,
    private_metadata: JSON.stringify(state),
    title: plainText(isDryRun ? DRY_RUN_DIALOG : (step?.modal ?? 'Migrate in production')),
    submit: plainText(isDryRun ? rehearsed(act) : act),
    close: plainText('Not now'),
    blocks: toBlocks([
      isDryRun ? line(DRY_RUN_STAMP) : null,
      line(`*${nameCode(question.shown.name)}*\n${whereWords(question.shown)}`),
      question.impact === null ? null : line(impactSummary(question.impact)),
      alert(step?.warning ?? WARNING),
      input({
        block_id: TYPED_NAME.block,
        label: plainText(`Type the ${what} to confirm: ${plain(phrase)}`),
        element: {
          type: 'plain_text_input',
          action_id: TYPED_NAME.action,
          focus_on_load: true,
          placeholder: plainText(`The ${what}, exactly`),
        },
      }),
    ]),
  };
}

/** The modal's error for a name that does not match. */
export function wrongNameError(question: Pick<Migration, 'shown' | 'technicalAccountId'>): Record<string, string> {
  return {
    [TYPED_NAME.block]: `Name doesn't match. Type ${plain(confirmationPhrase(question))}. Nothing has been started.`,
  };
}

/** A question after its end: who did what when, without buttons. `progress`: the address of the message that shows it. */
export function closedQuestion(question: Migration, progress?: string): Message {
  return toMessage([line(endOf(question, progress))], MAX_EDITED_TEXT);
}

/** For a press on a question that the database does not have. */
export function noSuchQuestionMessage(): Message {
  return textMessage(
    'This question is no longer known here. Nothing was started. Run `/qs-creds migrate` to ask again.',
  );
}

function endOf(question: Migration, progress?: string): string {
  const name = nameCode(question.shown.name);
  const step = stepWords(question);
  const by = question.decidedBy === null ? '' : ` by ${mention(question.decidedBy)}`;
  const at = question.decidedAt === null ? '' : ` ${dateTime(question.decidedAt)}`;
  const act = step === null ? 'The migration of' : `${step.doing.slice(0, 1).toUpperCase()}${step.doing.slice(1)}`;
  const again =
    question.step === 'start' ? 'Run `/qs-creds migrate` to ask again.' : 'Run `/qs-creds status NAME` to ask again.';
  switch (question.state) {
    case 'dry_run':
      return rehearsalWords(question);
    case 'asked':
      return `The question about ${name} expires at ${clockTime(question.expiresAt)}.`;
    case 'cancelled':
      return `${act} ${name} was cancelled${by}${at}. Nothing was started.`;
    case 'expired':
      return `The question about ${name} expired after ${duration(REQUEST_TTL_MS)}. Nothing was started. ${again}`;
    case 'void':
      return `${voidWords(question, name)} This question started nothing.`;
    default:
      return `✅ ${act} ${name} was confirmed${by}${at}. ${permalink(progress, 'A separate message')} shows its progress.`;
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
