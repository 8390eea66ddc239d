import type { KnownBlock, ModalView } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import { touchesProduction } from '../../credentials/credential.ts';
import { confirmationPhrase } from '../../migrations/confirmation-phrase.ts';
import type { Migration } from '../../migrations/migration.ts';
import { code, dateTime, mention, nameCode, namePlain, plain } from '../escaping.ts';
import { ACTIONS, TYPED_NAME, VIEWS } from '../ids.ts';
import { actions, button, context, type Message, plainText, section } from './blocks.ts';
import { whereWords } from './words.ts';

const CANNOT = 'It cannot be cancelled once started, cannot be undone, and takes 30 to 40 seconds.';

/** The question before the one act that cannot be undone. */
export function questionMessage(
  question: Migration,
  credential: Pick<ListedCredential, 'description'>,
  requireSecondPerson: boolean,
): Message {
  const { shown, id } = question;
  const production = touchesProduction(shown);
  const lines = [
    `*Migrate ${nameCode(shown.name)}?*`,
    `${whereWords(shown)} · technical account ${code(question.technicalAccountId)}`,
    ...(credential.description === '' ? [] : [`Description: ${code(credential.description, 200)}`]),
    'Adobe replaces its JWT credential by an OAuth Server-to-Server one. Jobs run on unchanged, nothing has to be reconfigured, and its status then reads *Migrated*.',
    `⚠️ *${CANNOT}*`,
    ...(production ? ['*This is production.* Migrate asks you to type the name.'] : []),
    ...(requireSecondPerson
      ? [`Asked by ${mention(question.askedBy)}. A second person has to confirm; the asker may only cancel.`]
      : []),
    `The question lapses ${dateTime(question.expiresAt)}.`,
  ];
  const migrate = production
    ? button('Migrate…', ACTIONS.confirmProduction, { value: id, style: 'danger' })
    : button('Migrate', ACTIONS.confirm, {
        value: id,
        style: 'danger',
        confirm: {
          title: plainText('Migrate for good?'),
          text: plainText(`${namePlain(shown.name)}: ${CANNOT}`),
          confirm: plainText('Migrate'),
          deny: plainText('Not now'),
          style: 'danger',
        },
      });
  const blocks: KnownBlock[] = [
    section(lines.slice(0, -1).join('\n')),
    context(lines.at(-1) ?? ''),
    ...actions([migrate, button('Cancel', ACTIONS.cancel, { value: id })]),
  ];
  return { text: lines.join('\n'), blocks };
}

/** What the modal carries from the button that opened it to its submission. */
export interface ProductionState {
  readonly id: string;
  /** The `response_url` of the press that opened it: where to answer, as a modal has no address of its own. */
  readonly responseUrl: string | null;
}

/** Instead of the confirm dialog, for production. */
export function productionModal(question: Migration, state: ProductionState): ModalView {
  const word = confirmationPhrase(question);
  const what = word === question.technicalAccountId ? 'technical account id' : 'name';
  return {
    type: 'modal',
    callback_id: VIEWS.production,
    private_metadata: JSON.stringify(state),
    title: plainText('Migrate in production'),
    submit: plainText('Migrate'),
    close: plainText('Not now'),
    blocks: [
      section(`*${nameCode(question.shown.name)}*\n${whereWords(question.shown)}`),
      section(`⚠️ *${CANNOT}*`),
      {
        type: 'input',
        block_id: TYPED_NAME.block,
        label: plainText(`Type the ${what} to confirm: ${plain(word)}`),
        element: {
          type: 'plain_text_input',
          action_id: TYPED_NAME.action,
          focus_on_load: true,
          placeholder: plainText(`The ${what}, exactly`),
        },
      },
    ],
  };
}

/** The modal's answer to a name that does not fit. */
export function wrongNameError(
  question: Pick<Migration, 'shown' | 'technicalAccountId'>,
): Record<string, string> {
  return {
    [TYPED_NAME.block]: `That is not it. Type ${plain(confirmationPhrase(question))}; nothing has been started.`,
  };
}

/** A question after its end: who did what when, without buttons. */
export function closedQuestion(question: Migration): Message {
  const lines = [closedWords(question)];
  return { text: lines.join('\n'), blocks: lines.map((line) => section(line)) };
}

export function closedWords(question: Migration): string {
  const name = nameCode(question.shown.name);
  const by = question.decidedBy === null ? '' : ` by ${mention(question.decidedBy)}`;
  const at = question.decidedAt === null ? '' : ` ${dateTime(question.decidedAt)}`;
  switch (question.state) {
    case 'asked':
      return `The question about ${name} stands until ${dateTime(question.expiresAt)}.`;
    case 'cancelled':
      return `Migrating ${name} was cancelled${by}${at}. Nothing was started.`;
    case 'expired':
      return `The question about ${name} lapsed after 10 minutes. Nothing was started; \`/qs-creds migrate\` asks again.`;
    case 'void':
      return `${voidWords(question, name)} Nothing was started by this question.`;
    default:
      return `✅ Migrating ${name} was confirmed${by}${at}. Its progress is in a message of its own.`;
  }
}

function voidWords({ reason }: Migration, name: string): string {
  switch (reason?.code) {
    case 'elsewhere':
      return `The question about ${name} is void: Adobe says that it was migrated, or is being migrated, outside this question.`;
    case 'answered_elsewhere':
      return `The question about ${name} is void: another one about it was confirmed.`;
    case 'not_posted':
      return `The question about ${name} could not be posted.`;
    default:
      return `The question about ${name} is void: the credential is not as it was shown any more. Ask again to see it as it is.`;
  }
}
