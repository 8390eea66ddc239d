import type { ModalView, PlainTextInput } from '@slack/types';
import { confirmationPhrase, needsPhrase } from '../../migrations/confirmation-phrase.ts';
import type { Migration } from '../../migrations/migration.ts';
import { impactMark } from '../../migrations/seen-impact.ts';
import type { ImpactChange } from '../../usage/impact.ts';
import { mention, nameCode, plain } from '../escaping.ts';
import { TYPED_NAME, VIEWS } from '../ids.ts';
import { input, line, type Message, note, plainText, preformatted, type Row, toBlocks } from './blocks.ts';
import { DRY_RUN_DIALOG, DRY_RUN_STAMP, dryRunLabel } from './dry-run.ts';
import { modal, reasonField } from './forms.ts';
import { impactSummary } from './impact.ts';
import { alert } from './new-blocks.ts';
import { productionWords, type QuestionCredential, questionWords, unseenWords, warningWords } from './question.ts';
import { whereWords } from './terms.ts';
import { stepWords } from './two-steps.ts';

/** Modals in which a migration is confirmed: with the typed name, for production; with the whole question, for Home. */

/** What the modal carries from the button that opened it to its submission. */
interface ProductionState {
  readonly id: string;
  /** The `response_url` of the press that opened it, since a modal has none of its own. */
  readonly responseUrl: string | null;
}

/** Replaces the confirm dialog for production. `change`: what was not yet on screen when the modal was submitted. */
export function productionModal(
  question: Migration,
  state: ProductionState,
  change: ImpactChange | null = null,
): ModalView {
  const step = stepWords(question);
  const { isDryRun } = question;
  const act = step?.button ?? 'Migrate';
  return {
    type: 'modal',
    callback_id: VIEWS.production,
    private_metadata: JSON.stringify({ ...state, mark: impactMark(question.impact) }),
    title: plainText(isDryRun ? DRY_RUN_DIALOG : (step?.modal ?? titleOf(question))),
    submit: plainText(isDryRun ? dryRunLabel(act) : act),
    close: plainText('Not now'),
    blocks: toBlocks([
      change === null ? null : line(unseenWords(change)),
      isDryRun ? line(DRY_RUN_STAMP) : null,
      line(`*${nameCode(question.shown.name)}*\n${whereWords(question.shown)}`),
      question.impact === null ? null : line(impactSummary(question.impact)),
      alert(warningWords(question)),
      question.shown.production.length > 0 ? null : line(productionWords(question.shown)),
      ...typedNameRows(question, { focus_on_load: true }),
    ]),
  };
}

function titleOf({ shown }: Migration): string {
  return shown.production.length > 0 ? 'Migrate in production' : 'Migrate permanently?';
}

/**
 * The whole question, for Home, which cannot show messages. `isReading`: what depends on it is being read; `change`:
 * what was not yet on screen when the modal was submitted.
 */
export function questionModal(
  question: Migration,
  credential: QuestionCredential,
  { isReading, change = null }: { readonly isReading: boolean; readonly change?: ImpactChange | null },
): ModalView {
  const words = questionWords(question, credential);
  return {
    type: 'modal',
    callback_id: VIEWS.question,
    private_metadata: JSON.stringify({ id: question.id, mark: impactMark(question.impact) }),
    // Closing the modal is a decision as well.
    notify_on_close: true,
    title: plainText(words.title),
    submit: plainText(words.verb),
    close: plainText('Not now'),
    blocks: toBlocks([
      change === null ? null : line(unseenWords(change)),
      line(words.what),
      words.depends === '' ? null : line(words.depends),
      isReading ? note('Checking in Adobe what depends on it…') : null,
      line(words.effect),
      alert(words.warning),
      note(words.details),
      note(words.expires),
      ...(needsPhrase(question.shown) ? [line(productionWords(question.shown)), ...typedNameRows(question)] : []),
    ]),
  };
}

/** The modal in which the second person says why they decline. */
export function declineModal(question: Migration, responseUrl: string | null): ModalView {
  const rows = [
    line(`*${nameCode(question.shown.name)}*\n${whereWords(question.shown)}`),
    line(`${mention(question.askedBy)} will be notified that you declined, and why. Nothing is started.`),
    reasonField('Why not', 'Wait for the audit on Friday'),
  ];
  const state = { technicalAccountId: null, requestId: question.id, responseUrl };
  return { callback_id: VIEWS.decline, ...modal(state, 'Decline', 'Decline', rows) };
}

/** The outcome of a press or a submission, in place of the question. */
export function resultModal(message: Message): ModalView {
  return { type: 'modal', title: plainText('Migration'), close: plainText('Close'), blocks: message.blocks };
}

/** The field for the name, below the text to type, which is on a line of its own to be easy to select. */
function typedNameRows(question: Migration, focus: Pick<PlainTextInput, 'focus_on_load'> = {}): Row[] {
  const phrase = confirmationPhrase(question);
  const what = phrase === question.technicalAccountId ? 'technical account id' : 'name';
  return [
    preformatted(phrase),
    input({
      block_id: TYPED_NAME.block,
      label: plainText(`Type the ${what} to confirm`),
      element: {
        type: 'plain_text_input',
        action_id: TYPED_NAME.action,
        ...focus,
        placeholder: plainText(`The ${what}, exactly as above`),
      },
    }),
  ];
}

/** The modal's error for a name that does not match. */
export function wrongNameError(question: Pick<Migration, 'shown' | 'technicalAccountId'>): Record<string, string> {
  return {
    [TYPED_NAME.block]: `Name doesn't match. Type ${plain(confirmationPhrase(question))}. Nothing has been started.`,
  };
}
