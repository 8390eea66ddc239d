import type { ModalView } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import { MAX_REASON } from '../../holds/hold.ts';
import type { MessageRef } from '../../migrations/migration.ts';
import { MAX_NOT_MINE, type NotMineNotice } from '../../notices/notice.ts';
import type { NotMineResult } from '../../owner-asks/owner-asks.ts';
import type { AssignTarget } from '../../reminders/assignment.ts';
import { code, mention, nameCode } from '../escaping.ts';
import { NOT_MINE_FIELDS, VIEWS } from '../ids.ts';
import { assignButton } from './assign.ts';
import { buttons, input, line, type Message, note, plainText, type Row, textMessage, toMessage } from './blocks.ts';
import { namesWords } from './credential-names.ts';
import { count, dateTime } from './formatting.ts';
import { credentialOptions, modal } from './forms.ts';
import { sentWord } from './owner-ask.ts';

/** What the modal carries to its submission. */
export interface NotMineState {
  /** Null if the credentials are chosen in the modal. */
  readonly technicalAccountId: string | null;
  /** The reminder's message; null if it cannot be edited. */
  readonly message: MessageRef | null;
  readonly responseUrl: string | null;
}

/** The modal in which an owner says which of their credentials are not theirs. `choices`: at least one. */
export function notMineModal(
  choices: readonly ListedCredential[],
  place: Pick<NotMineState, 'message' | 'responseUrl'>,
): ModalView {
  const only = choices.length === 1 ? choices[0] : undefined;
  const state: NotMineState = { technicalAccountId: only?.technicalAccountId ?? null, ...place };
  const rows = [
    only === undefined ? choicesField(choices) : line(`*${nameCode(only.name)}*`),
    input({
      block_id: NOT_MINE_FIELDS.note.block,
      label: plainText('Note'),
      optional: true,
      element: {
        type: 'plain_text_input',
        action_id: NOT_MINE_FIELDS.note.action,
        max_length: MAX_REASON,
        placeholder: plainText('I moved in March; ask the data team'),
      },
    }),
    note(
      'The migrators are asked to assign them to somebody else. Adobe still names you as the owner, so until they do, you go on getting these reminders.',
    ),
  ];
  return { callback_id: VIEWS.notMine, ...modal(state, 'Not mine', 'Send', rows) };
}

function choicesField(choices: readonly ListedCredential[]): Row {
  const options = credentialOptions(choices);
  return input({
    block_id: NOT_MINE_FIELDS.credentials.block,
    label: plainText('Credentials'),
    hint: plainText(`At most ${MAX_NOT_MINE} at a time.`),
    element: {
      type: 'multi_static_select',
      action_id: NOT_MINE_FIELDS.credentials.action,
      options,
      max_selected_items: MAX_NOT_MINE,
    },
  });
}

/** The modal's error if no credential was chosen. */
export function noneChosenError(): Record<string, string> {
  return { [NOT_MINE_FIELDS.credentials.block]: 'Choose at least one.' };
}

/** To a person whom Adobe names as the owner of no credential that is left to migrate. */
export function nothingNotMineMessage(): Message {
  return textMessage('Adobe names you as the owner of none that is left. What was assigned to you, you can give back.');
}

/** To the channel of the reminders, or a migrator. */
export function notMineMessage({ credentials, saidBy, note: words }: NotMineNotice): Message {
  const names = credentials.map(({ name }) => nameCode(name)).join(', ');
  const what =
    credentials.length === 1
      ? `${names} is not theirs.`
      : `${count(credentials.length, 'credential')} are not theirs: ${names}.`;
  const target: AssignTarget = { credentials: credentials.map(({ technicalAccountId }) => technicalAccountId), saidBy };
  const assign = assignButton(target);
  const them = credentials.length === 1 ? 'it' : 'them';
  return toMessage([
    line(`🙅 ${mention(saidBy)} says that ${what}${words === '' ? '' : ` Note: ${code(words, MAX_REASON)}`}`),
    note(
      `Adobe still names them as the owner, and they get the reminders for ${them} until somebody else is assigned.`,
    ),
    buttons(...(assign === undefined ? [] : [assign])),
  ]);
}

/** The row that the reminder shows afterwards. */
export function saidNotMineRow(result: NotMineResult, at: Date): Row {
  if (result.kind === 'none_left')
    return line('🙅 Nothing was sent: they are migrated, gone or assigned to somebody by now.');
  const { kind, credentials, channel, migratorCount } = result;
  const isOne = credentials.length === 1;
  const when = kind === 'said_today' ? 'today already' : dateTime(at);
  const said = `🙅 You said ${when} that ${namesWords(credentials)} ${isOne ? 'is' : 'are'} not yours`;
  const until = `Until a migrator assigns ${isOne ? 'it' : 'them'} to somebody else, you go on getting reminders for ${isOne ? 'it' : 'them'}.`;
  if (kind === 'said_today') return line(`${said}; nothing was ${sentWord(result)} again. ${until}`);
  if (channel !== null) return line(`${said}; it will be posted in <#${channel}>. ${until}`);
  if (migratorCount === 0)
    return line(`${said}, but nobody may migrate, so nobody was told. Ask an operator to set \`MIGRATORS\`.`);
  return line(`${said}; ${count(migratorCount, 'migrator')} will get a direct message. ${until}`);
}

/** The same as a message, for a reminder that cannot be edited. */
export function saidNotMineMessage(result: NotMineResult, at: Date): Message {
  return toMessage([saidNotMineRow(result, at)]);
}
