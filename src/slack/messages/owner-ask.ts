import type { Button, ModalView } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import type { Migration } from '../../migrations/migration.ts';
import type { AnsweredNotice, AskAnswer, AskNotice } from '../../notices/notice.ts';
import type { AnsweredAsk, AskContent } from '../../notices/ports.ts';
import type { OwnerAskResult } from '../../owner-asks/owner-asks.ts';
import { code, mention, nameCode } from '../escaping.ts';
import { ACTIONS, VIEWS } from '../ids.ts';
import { button, buttons, line, MAX_EDITED_TEXT, type Message, note, textMessage, toMessage } from './blocks.ts';
import { count, dateTime } from './formatting.ts';
import { credentialField, modal, reasonField } from './forms.ts';
import type { HoldState } from './hold.ts';
import { GONE, migratedOutsideWords, whereWords } from './terms.ts';
import { failingMark } from './usage.ts';

/** Opens the modal in which an owner asks for a migration. */
export function ownerAskButton(): Button {
  return button('Ask for migration…', ACTIONS.ownerAsk);
}

/** The modal in which an owner chooses a credential and writes a note to the migrators. `choices`: at least one. */
export function ownerAskModal(choices: readonly ListedCredential[], state: HoldState): ModalView {
  const rows = [credentialField(choices), reasonField('Note', 'Please before Friday; its jobs run at night')];
  return { callback_id: VIEWS.ownerAsk, ...modal(state, 'Ask for migration', 'Ask', rows) };
}

/** To the channel of the reminders, or a migrator. */
export function ownerAskMessage(ask: AskContent): Message {
  const { name, technicalAccountId, credential, at } = ask;
  return toMessage([
    line(askWords(ask)),
    credential === null ? null : note(`${whereWords(credential)}${failingMark(credential, at)}`),
    note(
      'You will be asked to confirm before anything is started. The owner is notified when it is confirmed and when it ends.',
    ),
    buttons(button('Migrate…', ACTIONS.migrate, { value: technicalAccountId, label: `Migrate ${name}` })),
  ]);
}

function askWords({ name, askedBy, note: words }: AskNotice): string {
  return `🙋 ${mention(askedBy)} asks to migrate ${nameCode(name)}: ${code(words, 200)}`;
}

/** The same message once there is nothing left to ask for: who did what when, without the button. */
export function answeredAskMessage({ notice, answer }: AnsweredAsk, migration: Migration | null): Message {
  return toMessage([line(`${askWords(notice)}\n${answerWords(answer, migration)}`)], MAX_EDITED_TEXT);
}

/** To the owner who asked, if no migration from here notified them: the edit above notifies nobody. */
export function askAnsweredMessage({ name, answer, at }: AnsweredNotice): Message {
  return toMessage([
    line(foundWords(nameCode(name), answer, new Date(at))),
    note('You get this because you asked to migrate it.'),
  ]);
}

function foundWords(name: string, answer: AskAnswer, at: Date): string {
  if (answer === 'gone') return `➖ Adobe no longer shows ${name}.`;
  if (answer === 'not_eligible')
    return `➖ *Not eligible*: ${name}. According to Adobe, the migration does not apply to it.`;
  return `✅ *Migrated*: ${name}. ${migratedOutsideWords(at)}`;
}

function answerWords(answer: AnsweredAsk['answer'], migration: Migration | null): string {
  if (answer === 'gone') return '➖ Adobe no longer shows this credential.';
  if (answer === 'not_eligible') return '➖ *Not eligible*: according to Adobe, the migration does not apply to it.';
  if (migration === null) return '✅ *Migrated* outside qs-creds.';
  const { endedAt, decidedBy, askedBy } = migration;
  return `✅ *Migrated*${endedAt === null ? '' : ` ${dateTime(endedAt)}`}, confirmed by ${mention(decidedBy ?? askedBy)}.`;
}

/** To a person who owns no credential that can be asked for. */
export function nothingToAskForMessage(): Message {
  return textMessage('None of your credentials is Eligible without a hold, so there is nothing to ask for.');
}

const NOTIFIED = 'You will be notified when it is confirmed and when it ends.';

/** The verb for an ask, as in "nothing was … again". `channel`: null for direct messages. */
export function sentWord({ channel }: { readonly channel: string | null }): string {
  return channel === null ? 'sent' : 'posted';
}

function askedWords({
  channel,
  migratorCount,
  credential,
}: Extract<OwnerAskResult, { readonly channel: unknown }>): string {
  const name = nameCode(credential.name);
  return channel === null
    ? `${count(migratorCount, 'migrator')} will get a direct message about ${name}.`
    : `Your request to migrate ${name} will be posted in <#${channel}>.`;
}

/** The reply to the owner. */
export function ownerAskedMessage(result: OwnerAskResult): Message {
  switch (result.kind) {
    case 'asked':
      if (result.channel === null && result.migratorCount === 0)
        return textMessage('Nobody may migrate, so nobody was asked. Ask an operator to set `MIGRATORS`.');
      return textMessage(`🙋 ${askedWords(result)} ${NOTIFIED}`);
    case 'asked_today':
      return textMessage(
        `🙋 You asked to migrate ${nameCode(result.credential.name)} today already; nothing was ${sentWord(result)} again. ${NOTIFIED}`,
      );
    case 'not_possible':
      return textMessage(
        `${nameCode(result.credential.name)} is not Eligible or is on hold, so nobody was asked. Run \`/qs-creds status NAME\` to see its status.`,
      );
    case 'gone':
      return textMessage(GONE);
  }
}
