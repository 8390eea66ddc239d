import type { Button, ModalView } from '@slack/types';
import type { AssignedNotice, AssignmentNotice } from '../../notices/notice.ts';
import type { AssignTarget } from '../../reminders/assignment.ts';
import type { AssignResult, GiveBackResult } from '../../reminders/assignments.ts';
import { type Offer, type OfferInForm, offerInForm, type TakenByOther } from '../../reminders/offer.ts';
import { code, mention } from '../escaping.ts';
import { ACTIONS, ASSIGN_FIELD, VIEWS } from '../ids.ts';
import { button, buttons, input, line, type Message, plainText, type Row, textMessage, toMessage } from './blocks.ts';
import { countAndNames, NAMES_SHOWN, namesWords } from './credential-names.ts';
import { modal } from './forms.ts';
import { alert } from './new-blocks.ts';

/** What the modal carries to its submission. */
export interface AssignState {
  readonly shown: OfferInForm;
  readonly responseUrl: string | null;
}

/** Slack's limit for what a modal carries. Characters. */
const MAX_CARRIED = 3_000;
/** Slack's limit for a button's value. Characters. */
const MAX_VALUE = 2_000;

/** The modal in which a migrator chooses who gets the reminders from now on; the migrator is preselected. */
export function assignModal(offer: Offer, responseUrl: string | null, userId: string): ModalView {
  const { credentials } = offer;
  const rows = [
    line(`${targetWords(offer.target)} · ${namesWords(credentials)}`),
    ...insteadRows(offer),
    line(
      `The person gets the reminders for ${credentials.length === 1 ? 'it' : 'them'} from the next round on, and a message with *Give back*. This starts nothing.`,
    ),
    input({
      block_id: ASSIGN_FIELD.block,
      label: plainText('Notify'),
      element: { type: 'users_select', action_id: ASSIGN_FIELD.action, initial_user: userId },
    }),
  ];
  return { callback_id: VIEWS.assign, ...modal(stateOf(offer, responseUrl), 'Assign reminders', 'Assign', rows) };
}

function stateOf(offer: Offer, responseUrl: string | null): AssignState {
  const without = JSON.stringify({ shown: offerInForm(offer, 0), responseUrl });
  return { shown: offerInForm(offer, MAX_CARRIED - without.length), responseUrl };
}

/** A warning that names the people who lose these reminders. */
function insteadRows({ target, holders, notified, credentials }: Offer): Row[] {
  const these = credentials.length === 1 ? 'it' : 'these';
  if (notified !== null && 'saidBy' in target)
    return [alert(`${mention(notified)} is notified about ${these} until somebody else is assigned.`)];
  if (notified !== null)
    return [alert(`${mention(notified)} is notified about ${these} again. Assign only if somebody else is to be.`)];
  if (holders.length === 0) return [];
  const rest = holders.length - NAMES_SHOWN;
  const who = `${holders.slice(0, NAMES_SHOWN).map(mention).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return [alert(`${who} ${holders.length === 1 ? 'has' : 'have'} ${these} now, and will be told whom you choose.`)];
}

/** Opens the modal; undefined if the target is too long for a button's value. */
export function assignButton(target: AssignTarget): Button | undefined {
  const value = JSON.stringify(target);
  if (value.length > MAX_VALUE) return undefined;
  const ofPerson = 'saidBy' in target ? 'what is not theirs' : 'the credentials of a person';
  const what = 'owner' in target ? `the credentials of ${target.owner ?? 'no owner'}` : ofPerson;
  return button('Assign…', ACTIONS.assign, { value, label: `Assign ${what}` });
}

/** "`left@example.com`", "No owner", "@person": whose credentials they are. */
export function targetWords(target: AssignTarget): string {
  if ('takenBy' in target) return mention(target.takenBy);
  if ('saidBy' in target)
    return `${mention(target.saidBy)} says that ${target.credentials.length === 1 ? 'it is' : 'they are'} not theirs`;
  return target.owner === null ? 'No owner' : code(target.owner);
}

/** Reply to the person who assigned. `userId`: theirs. */
export function assignedMessage(result: AssignResult, userId: string): Message {
  switch (result.kind) {
    case 'assigned': {
      const isOwn = result.userId === userId;
      const who = isOwn ? "You'll get" : `${mention(result.userId)} gets`;
      return toMessage([
        line(`☑️ ${who} the reminders for ${namesWords(result.credentials)} from now on.`),
        ...takenRows(result.taken),
        isOwn ? buttons(giveBackButton(result.assignment)) : null,
      ]);
    }
    case 'taken':
      return toMessage([line('Nothing was assigned: others were quicker.'), ...takenRows(result.taken)]);
    case 'notified_again':
      return textMessage(
        `Nothing was assigned: ${mention(result.userId)} is notified about these again. If somebody else is to be, press *Assign…* again.`,
      );
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

/** Reminders that others got since the form was opened; at most as many rows as a message holds. */
function takenRows(taken: readonly TakenByOther[]): Row[] {
  const rest = taken.slice(NAMES_SHOWN);
  const theirs = rest.reduce((sum, { credentials }) => sum + credentials.length, 0);
  return [
    ...taken
      .slice(0, NAMES_SHOWN)
      .map(({ userId, credentials }) =>
        line(`➡️ Not changed: ${mention(userId)} has got the reminders for ${namesWords(credentials)} meanwhile.`),
      ),
    ...(rest.length === 0
      ? []
      : [line(`➡️ Not changed: ${rest.length} more people have got the reminders for ${theirs} meanwhile.`)]),
  ];
}

/** Replaces the notice of the assignment, or is the reply. */
export function givenBackMessage(result: GiveBackResult): Message {
  if (result.kind === 'not_yours')
    return textMessage('You no longer get reminders for these: they were given back, or are with somebody else.');
  const { credentials } = result;
  if (credentials.length === 0) return textMessage('↩️ Given back. None of them is left to migrate.');
  return textMessage(
    `↩️ You gave back ${namesWords(credentials)}. They are as before: the digest asks for somebody to be notified.`,
  );
}

/** To a person affected by a change of who is notified. */
export function assignmentNotice(notice: AssignmentNotice): Message {
  const by = mention(notice.by);
  const what = countAndNames(notice.names, notice.count);
  switch (notice.kind) {
    case 'assigned': {
      return toMessage([
        line(`🔔 ${by} assigned you the reminders for ${what}${whyWords(notice)}.`),
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

function whyWords({ owner, notified = null, count: total }: AssignedNotice): string {
  if (notified !== null) return `, instead of ${mention(notified)}`;
  if (owner === null) return total === 1 ? ': it has no owner' : ': they have no owner';
  return `: ${total === 1 ? 'its' : 'their'} owner ${code(owner)} cannot be notified`;
}

function giveBackButton(assignment: string) {
  return button('Give back', ACTIONS.giveBack, { value: assignment });
}
