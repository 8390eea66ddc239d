import type { Button, ModalView } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import { type Hold, MAX_REASON } from '../../holds/hold.ts';
import type { EndHoldResult, SetHoldResult } from '../../holds/holds.ts';
import type { HoldNotice } from '../../notices/notice.ts';
import { code, mention, nameCode, plain } from '../escaping.ts';
import { ACTIONS, HOLD_FIELDS, VIEWS } from '../ids.ts';
import { button, buttons, input, line, type Message, note, plainText, textMessage, toMessage } from './blocks.ts';
import { migrateButton } from './credential-row.ts';
import { calendarDate } from './formatting.ts';
import { credentialField, modal, reasonField } from './forms.ts';
import { GONE, heldWords } from './terms.ts';

/** What a modal carries from the button that opened it to its submission. */
export interface HoldState {
  /** Null where it is chosen in the modal. */
  readonly technicalAccountId: string | null;
  /** Set if the modal is about a request instead. */
  readonly requestId?: string;
  readonly responseUrl: string | null;
}

/** The modal in which a person says why and until when. `choices`: at least one; if several, one is chosen there. */
export function holdModal(
  choices: readonly ListedCredential[],
  days: { readonly usual: string; readonly latest: string },
  state: HoldState,
): ModalView {
  const chosen = choices.length === 1 ? choices[0] : undefined;
  const carried = { ...state, technicalAccountId: chosen?.technicalAccountId ?? null };
  const rows = [
    chosen === undefined ? credentialField(choices) : line(`*${nameCode(chosen.name)}*`),
    line(
      'Until the last day has passed, nobody can ask to migrate it, and nothing is started. Everyone sees who holds it and why.',
    ),
    reasonField('Why', 'Month-end close; ask me before'),
    input({
      block_id: HOLD_FIELDS.lastDay.block,
      label: plainText('Last day'),
      hint: plainText(`${calendarDate(days.latest)} at the latest. The hold ends automatically the day after.`),
      element: { type: 'datepicker', action_id: HOLD_FIELDS.lastDay.action, initial_date: days.usual },
    }),
  ];
  return { callback_id: VIEWS.hold, ...modal(carried, 'Hold', 'Hold', rows) };
}

/** The modal in which a migrator gives the reason for ending somebody else's hold. */
export function overrideHoldModal({ name }: ListedCredential, hold: Hold, state: HoldState): ModalView {
  const rows = [
    line(`${heldWords(nameCode(name), hold)} They will be notified that you ended it, and why. This starts nothing.`),
    reasonField('Why it cannot wait', 'The deadline is tomorrow'),
  ];
  return { callback_id: VIEWS.overrideHold, ...modal(state, 'Override hold', 'Override', rows) };
}

/** The modal's error for a reason that contains no words. */
export function noReasonError(): Record<string, string> {
  return { [HOLD_FIELDS.reason.block]: 'Say why, in a few words.' };
}

/** The modal's error for a day that is not possible. */
export function badDayError(latest: string): Record<string, string> {
  return { [HOLD_FIELDS.lastDay.block]: `Choose a day from today to ${calendarDate(latest)}.` };
}

/** To a person who owns no credential that is left to migrate. */
export function nothingToHoldMessage(): Message {
  return textMessage('None of your credentials is left to migrate, so there is nothing to hold.');
}

/** Reply to setting a hold. */
export function holdSetMessage(result: SetHoldResult): Message {
  switch (result.kind) {
    case 'set': {
      const stopped = result.isMigrationStopped ? ' Its confirmed migration was stopped; nothing was sent.' : '';
      return toMessage([
        line(`⏸️ ${nameCode(result.credential.name)} is on hold until ${calendarDate(result.hold.lastDay)}.${stopped}`),
        note('A migrator can still override it with a reason; you will be notified.'),
        buttons(endHoldButton(result.credential)),
      ]);
    }
    case 'in_flight':
      return textMessage(
        `Too late: ${nameCode(result.credential.name)} is already being migrated, so it was not put on hold.`,
      );
    case 'held': {
      const { name, hold } = result.credential;
      return textMessage(hold === null ? GONE : `${heldWords(nameCode(name), hold)} Your hold was not added.`);
    }
    case 'not_needed':
      return textMessage(
        `${nameCode(result.credential.name)} does not have to be migrated, so there is nothing to hold.`,
      );
    case 'bad_day':
      return textMessage('That day is no longer possible, so nothing was put on hold. Press *Hold…* again.');
    case 'gone':
      return textMessage(GONE);
  }
}

/** Reply to ending a hold. `mayMigrate`: whether the person may then migrate the credential. */
export function holdEndedMessage(result: EndHoldResult, { mayMigrate }: { readonly mayMigrate: boolean }): Message {
  switch (result.kind) {
    case 'ended': {
      const migrate = mayMigrate ? migrateButton({ ...result.credential, hold: null }) : undefined;
      return toMessage([
        line(`▶️ ${nameCode(result.credential.name)} is no longer on hold. Nothing was started.`, migrate),
      ]);
    }
    case 'no_reason': {
      const words = `${heldWords(nameCode(result.credential.name), result.hold)} To end it, give a reason.`;
      return toMessage([line(words), buttons(overrideHoldButton(result.credential))]);
    }
    case 'not_held':
      return textMessage(`${nameCode(result.credential.name)} is not on hold. Your click changed nothing.`);
    case 'gone':
      return textMessage(GONE);
  }
}

/** To a migrator who asks about a credential that is on hold. */
export function onHoldMessage(credential: ListedCredential, hold: Hold, userId: string): Message {
  const isOwn = hold.by === userId;
  const how = isOwn
    ? 'End your hold first.'
    : `Ask ${mention(hold.by)}, or override the hold with a reason; they will be notified.`;
  return toMessage([
    line(`${heldWords(nameCode(credential.name), hold)} Nothing was asked. ${how}`),
    buttons(isOwn ? endHoldButton(credential) : overrideHoldButton(credential)),
  ]);
}

/** To the holder, whose hold was ended by somebody else or expired. */
export function holdOverMessage({ name, reason, lastDay, endedBy }: HoldNotice): Message {
  const what = `your hold on ${nameCode(name)} (until ${calendarDate(lastDay)}: ${code(reason, MAX_REASON)})`;
  if (endedBy === null)
    return textMessage(
      `▶️ The last day of ${what} has passed. From now on, it can be migrated. To hold it longer, run \`/qs-creds status NAME\`.`,
    );
  const why = endedBy.why === null ? '' : ` Their reason: ${code(endedBy.why, MAX_REASON)}`;
  return textMessage(`▶️ ${mention(endedBy.userId)} ended ${what}. From now on, it can be migrated.${why}`);
}

/** Opens the modal of a hold; without a credential, one is chosen there. */
export function holdButton(credential: Pick<ListedCredential, 'name' | 'technicalAccountId'> | null): Button {
  if (credential === null)
    return button('Hold…', ACTIONS.hold, { value: 'mine', label: 'Hold one of your credentials' });
  return button('Hold…', ACTIONS.hold, {
    value: credential.technicalAccountId,
    label: plain(`Hold ${credential.name}`),
  });
}

export function endHoldButton({ name, technicalAccountId }: ListedCredential): Button {
  return button('End hold', ACTIONS.endHold, { value: technicalAccountId, label: plain(`End the hold on ${name}`) });
}

export function overrideHoldButton({ name, technicalAccountId }: ListedCredential): Button {
  return button('Override hold…', ACTIONS.overrideHold, {
    value: technicalAccountId,
    label: plain(`Override the hold on ${name}`),
  });
}

/** In a credential's status: what this person can do about a hold on it. */
export function holdButtons(
  credential: ListedCredential,
  may: { readonly hold: boolean; readonly end: boolean; readonly migrate: boolean },
): Button[] {
  if (credential.hold === null) return may.hold ? [holdButton(credential)] : [];
  if (may.end) return [endHoldButton(credential)];
  return may.migrate ? [overrideHoldButton(credential)] : [];
}
