import type { App } from '@slack/bolt';
import { z } from 'zod';
import { isPossibleDay, latestLastDay, usualLastDay } from '../holds/days.ts';
import { ACTIONS, HOLD_FIELDS, VIEWS } from '../slack/ids.ts';
import { goneMessage } from '../slack/messages/ask-replies.ts';
import {
  badDayError,
  holdEndedMessage,
  holdModal,
  holdSetMessage,
  noReasonError,
  nothingToHoldMessage,
  overrideHoldModal,
} from '../slack/messages/hold.ts';
import { callerOf } from '../slack/request.ts';
import { repliesTo } from './buttons.ts';
import type { Action, Listening } from './press.ts';

/** Owners hold their credentials; they, and migrators with a reason, end that. */

/** Instead of a technical account id: one of the person's own is chosen in the modal. */
const MINE = 'mine';

export const hold: Action = {
  id: ACTIONS.hold,
  wants: 'hold',
  async run({ person, value, responseUrl, triggerId, reply }, { catalogue, holds, clock, settings }, views) {
    const credential = value === MINE ? null : await catalogue.get(value);
    if (value !== MINE && credential === null) return reply(goneMessage());
    const choices = credential === null ? await holds.choicesOf(person) : [credential];
    if (choices.length === 0) return reply(nothingToHoldMessage());
    const plan = settings.reminders;
    const now = clock.now();
    const days = { usual: usualLastDay(plan, now), latest: latestLastDay(plan, now) };
    await views.openModal(triggerId, holdModal(choices, days, { technicalAccountId: null, responseUrl }));
  },
};

export const endHold: Action = {
  id: ACTIONS.endHold,
  wants: 'end a hold',
  about: 'credential',
  async run({ person, value, reply }, { holds }) {
    await reply(holdEndedMessage(await holds.end(person, value, null), person.mayMigrate));
  },
};

export const overrideHold: Action = {
  id: ACTIONS.overrideHold,
  wants: 'end a hold',
  about: 'credential',
  migratorsOnly: true,
  async run({ person, value, responseUrl, triggerId, reply }, { catalogue }, views) {
    const credential = await catalogue.get(value);
    if (credential === null) return reply(goneMessage());
    if (credential.hold === null) return reply(holdEndedMessage({ kind: 'not_held', credential }, person.mayMigrate));
    const state = { technicalAccountId: credential.technicalAccountId, responseUrl };
    await views.openModal(triggerId, overrideHoldModal(credential, credential.hold, state));
  },
};

const ModalState = z.object({ technicalAccountId: z.string().nullable(), responseUrl: z.string().nullable() });

const Values = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      value: z.string().nullish(),
      selected_date: z.string().nullish(),
      selected_option: z.object({ value: z.string() }).nullish(),
    }),
  ),
);

/** What was submitted; null for a modal that is not ours. */
export function readForm(view: { readonly private_metadata: string; readonly state: { readonly values: unknown } }) {
  try {
    const { technicalAccountId, responseUrl } = ModalState.parse(JSON.parse(view.private_metadata));
    const values = Values.parse(view.state.values);
    const field = ({ block, action }: (typeof HOLD_FIELDS)[keyof typeof HOLD_FIELDS]) => values[block]?.[action];
    return {
      technicalAccountId: technicalAccountId ?? field(HOLD_FIELDS.credential)?.selected_option?.value ?? '',
      responseUrl,
      reason: field(HOLD_FIELDS.reason)?.value?.trim() ?? '',
      lastDay: field(HOLD_FIELDS.lastDay)?.selected_date ?? '',
    };
  } catch {
    return null;
  }
}

/** Registers the submissions. What is missing keeps a modal open; anything else closes it first. */
export function registerHoldModals(app: App, { services, boundary, slack, count }: Listening): void {
  const { access, holds, clock, settings } = services;
  app.view(VIEWS.hold, async ({ ack, body, view }) => {
    const form = readForm(view);
    if (form === null) return ack();
    const { technicalAccountId, reason, lastDay } = form;
    if (reason === '') return ack({ response_action: 'errors', errors: noReasonError() });
    if (!isPossibleDay(settings.reminders, lastDay, clock.now())) {
      const errors = badDayError(latestLastDay(settings.reminders, clock.now()));
      return ack({ response_action: 'errors', errors });
    }
    await ack();
    const caller = callerOf(body);
    const { reply } = repliesTo(form.responseUrl, caller.userId, slack);
    count(VIEWS.hold);
    await boundary(VIEWS.hold, reply, async () => {
      const person = await access.admit(caller, { action: 'hold', technicalAccountId });
      await reply(holdSetMessage(await holds.set(person, technicalAccountId, { reason, lastDay })));
    });
  });
  app.view(VIEWS.overrideHold, async ({ ack, body, view }) => {
    const form = readForm(view);
    if (form === null) return ack();
    const { technicalAccountId, reason } = form;
    if (reason === '') return ack({ response_action: 'errors', errors: noReasonError() });
    await ack();
    const caller = callerOf(body);
    const { reply } = repliesTo(form.responseUrl, caller.userId, slack);
    count(VIEWS.overrideHold);
    await boundary(VIEWS.overrideHold, reply, async () => {
      const person = await access.admitMigrator(caller, { action: 'end a hold', technicalAccountId });
      await reply(holdEndedMessage(await holds.end(person, technicalAccountId, reason), person.mayMigrate));
    });
  });
}
