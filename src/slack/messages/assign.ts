import type { ModalView } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import type { AssignmentNotice } from '../../notices/notice.ts';
import type { AssignTarget } from '../../reminders/assignment.ts';
import type { AssignResult, GiveBackResult } from '../../reminders/assignments.ts';
import { code, mention, nameCode } from '../escaping.ts';
import { ACTIONS, ASSIGN_FIELD, VIEWS } from '../ids.ts';
import { button, buttons, input, line, type Message, plainText, textMessage, toBlocks, toMessage } from './blocks.ts';
import { count } from './formatting.ts';

/** What the modal carries to its submission. */
export interface AssignState {
  readonly target: AssignTarget;
  readonly responseUrl: string | null;
}

const NAMES_SHOWN = 3;

/** In which a migrator chooses who is notified about them from now on; themselves, unless somebody else is chosen. */
export function assignModal(credentials: readonly ListedCredential[], state: AssignState, userId: string): ModalView {
  const rows = [
    line(`${targetWords(state.target)} · ${namesOf(credentials)}`),
    line(
      `The person gets the reminders for ${credentials.length === 1 ? 'it' : 'them'} from the next round on, and a message with *Give back*. This starts nothing.`,
    ),
    input({
      block_id: ASSIGN_FIELD.block,
      label: plainText('Notify'),
      element: { type: 'users_select', action_id: ASSIGN_FIELD.action, initial_user: userId },
    }),
  ];
  return {
    type: 'modal',
    callback_id: VIEWS.assign,
    private_metadata: JSON.stringify(state),
    title: plainText('Assign reminders'),
    submit: plainText('Assign'),
    close: plainText('Not now'),
    blocks: toBlocks(rows),
  };
}

/** "`left@example.com`", "No owner", "@person": of whom the credentials are. */
export function targetWords(target: AssignTarget): string {
  if ('takenBy' in target) return mention(target.takenBy);
  return target.owner === null ? 'No owner' : code(target.owner);
}

/** The reply to who assigned. `userId`: theirs. */
export function assignedMessage(result: AssignResult, userId: string): Message {
  switch (result.kind) {
    case 'assigned':
      if (result.userId !== userId)
        return textMessage(
          `☑️ ${mention(result.userId)} gets the reminders for ${namesOf(result.credentials)} from now on.`,
        );
      return toMessage([
        line(`☑️ You'll get the reminders for ${namesOf(result.credentials)} from now on.`),
        buttons(giveBackButton(result.assignment)),
      ]);
    case 'unchanged':
      return textMessage(
        result.userId === userId
          ? 'You get the reminders for these already. Nothing was changed.'
          : `${mention(result.userId)} gets the reminders for these already. Nothing was changed.`,
      );
    case 'not_a_member':
      return textMessage(
        `${mention(result.userId)} may not use this: only full members of this workspace get reminders. Nothing was changed.`,
      );
    case 'none_left':
      return textMessage('None of these credentials is left to migrate, so there is nothing to assign.');
  }
}

/** In place of the notice of it, or the reply. */
export function givenBackMessage(result: GiveBackResult): Message {
  if (result.kind === 'not_yours')
    return textMessage('You no longer get reminders for these: they were given back, or are with somebody else.');
  const { credentials } = result;
  if (credentials.length === 0) return textMessage('↩️ Given back. None of them is left to migrate.');
  return textMessage(
    `↩️ You gave back ${namesOf(credentials)}. They are as before: the digest asks for somebody to be notified.`,
  );
}

/** To whom a change of who is notified concerns. */
export function assignmentNotice(notice: AssignmentNotice): Message {
  const by = mention(notice.by);
  const what = summaryOf(notice.names, notice.count);
  switch (notice.kind) {
    case 'assigned': {
      const whose = notice.owner === null ? 'nobody owns them' : `their owner ${code(notice.owner)} cannot be notified`;
      return toMessage([
        line(`🔔 ${by} assigned you the reminders for ${what}: ${whose}.`),
        buttons(giveBackButton(notice.assignment)),
      ]);
    }
    case 'reassigned':
      return textMessage(
        `🔕 You no longer get the reminders for ${what}: ${by} assigned them to ${notice.to === notice.by ? 'themselves' : mention(notice.to)}.`,
      );
    case 'given_back':
      return textMessage(
        `↩️ ${by} gave back the reminders for ${what}, which you had assigned. The digest asks for somebody else.`,
      );
  }
}

function giveBackButton(assignment: string) {
  return button('Give back', ACTIONS.giveBack, { value: assignment });
}

function namesOf(credentials: readonly Pick<ListedCredential, 'name'>[]): string {
  return summaryOf(
    credentials.slice(0, NAMES_SHOWN).map(({ name }) => name),
    credentials.length,
  );
}

/** "3 credentials: `a`, `b`, `c`" */
function summaryOf(names: readonly string[], total: number): string {
  const rest = total - names.length;
  if (total === 1) return names.map(nameCode).join('');
  return `${count(total, 'credential')} (${names.map(nameCode).join(', ')}${rest > 0 ? ` and ${rest} more` : ''})`;
}
