import type { App } from '@slack/bolt';
import { isPossibleDay, latestLastDay, usualLastDay } from '../holds/days.ts';
import { ACTIONS, VIEWS } from '../slack/ids.ts';
import { goneMessage } from '../slack/messages/ask-replies.ts';
import {
  badDayError,
  holdEndedMessage,
  holdModal,
  holdSetMessage,
  nothingToHoldMessage,
  overrideHoldModal,
} from '../slack/messages/hold.ts';
import { registerForm } from './form.ts';
import type { Action, ListenerParts } from './press.ts';

/** Owners put their credentials on hold; they can end a hold, and so can migrators with a reason. */

/** Used instead of a technical account id if the person chooses one of their own credentials in the modal. */
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
    await reply(holdEndedMessage(await holds.end(person, value, null), person));
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
    if (credential.hold === null) return reply(holdEndedMessage({ kind: 'not_held', credential }, person));
    const state = { technicalAccountId: credential.technicalAccountId, responseUrl };
    await views.openModal(triggerId, overrideHoldModal(credential, credential.hold, state));
  },
};

/** Registers the submissions of both modals. */
export function registerHoldModals(app: App, listening: ListenerParts): void {
  const { access, holds, clock, settings } = listening.services;
  registerForm(app, VIEWS.hold, listening, {
    errorsOf({ lastDay }) {
      const now = clock.now();
      const isPossible = isPossibleDay(settings.reminders, lastDay, now);
      return isPossible ? null : badDayError(latestLastDay(settings.reminders, now));
    },
    async run(caller, { technicalAccountId, reason, lastDay }) {
      const person = await access.admit(caller, { action: 'hold', technicalAccountId });
      return holdSetMessage(await holds.set(person, technicalAccountId, { reason, lastDay }));
    },
  });
  registerForm(app, VIEWS.overrideHold, listening, {
    async run(caller, { technicalAccountId, reason }) {
      const person = await access.admitMigrator(caller, { action: 'end a hold', technicalAccountId });
      return holdEndedMessage(await holds.end(person, technicalAccountId, reason), person);
    },
  });
}
