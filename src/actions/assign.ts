import type { App } from '@slack/bolt';
import { z } from 'zod';
import { MAX_NOT_MINE } from '../notices/notice.ts';
import { ACTIONS, ASSIGN_FIELD, VIEWS } from '../slack/ids.ts';
import { assignedMessage, assignModal, givenBackMessage } from '../slack/messages/assign.ts';
import { callerOf } from '../slack/request.ts';
import { repliesFromModal } from './buttons.ts';
import type { Action, ListenerParts } from './press.ts';

/** Assigning an owner's reminders to somebody else, by a migrator, and giving them back. */

const UserId = z.string().regex(/^[UW][A-Z0-9]+$/);
const Target = z.union([
  z.strictObject({ owner: z.string().nullable() }),
  z.strictObject({ takenBy: UserId }),
  z.strictObject({ credentials: z.array(z.string()).min(1).max(MAX_NOT_MINE), saidBy: UserId }),
]);
const ModalState = z.object({
  shown: z.object({
    target: Target,
    at: z.coerce.date(),
    areHeld: z.boolean(),
    notified: z.string().nullable(),
    marks: z.string().nullable(),
  }),
  responseUrl: z.string().nullable(),
});
const Values = z.object({
  [ASSIGN_FIELD.block]: z.object({ [ASSIGN_FIELD.action]: z.object({ selected_user: z.string().nullish() }) }),
});

export const assign: Action = {
  id: ACTIONS.assign,
  wants: 'assign',
  migratorsOnly: true,
  async run({ person, value, responseUrl, triggerId, reply }, { assignments }, views) {
    const target = Target.parse(JSON.parse(value));
    const offer = await assignments.offer(target);
    if (offer.credentials.length === 0) return reply(assignedMessage({ kind: 'none_left' }, person.id));
    await views.openModal(triggerId, assignModal(offer, responseUrl, person.id));
  },
};

export const giveBack: Action = {
  id: ACTIONS.giveBack,
  wants: 'give back',
  async run({ person, value, message, reply, replace }, { assignments }, views) {
    const result = givenBackMessage(await assignments.giveBack(person, value));
    // Edits a direct message, or replies if Slack rejects the edit; replaces a message that only the person sees.
    if (message === null) await replace(result);
    else await views.edit(message, result).catch(() => reply(result));
  },
};

/** Registers the modal's submission. */
export function registerAssignModal(app: App, { services, boundary, slack, count }: ListenerParts): void {
  app.view(VIEWS.assign, async ({ ack, body, view }) => {
    const submitted = readForm(view);
    if (submitted === null) return ack();
    const { shown, responseUrl, userId } = submitted;
    if (userId === null)
      return ack({ response_action: 'errors', errors: { [ASSIGN_FIELD.block]: 'Choose a person.' } });
    await ack();
    const caller = callerOf(body);
    const { reply } = repliesFromModal(responseUrl, caller.userId, slack);
    count(VIEWS.assign);
    await boundary(VIEWS.assign, reply, async () => {
      const person = await services.access.admitMigrator(caller, { action: 'assign' });
      await reply(assignedMessage(await services.assignments.assign(person, shown, userId), person.id));
    });
  });
}

/** What was submitted; null for a modal that is not ours. */
function readForm(view: { readonly private_metadata: string; readonly state: { readonly values: unknown } }) {
  try {
    const { shown, responseUrl } = ModalState.parse(JSON.parse(view.private_metadata));
    const values = Values.parse(view.state.values);
    return { shown, responseUrl, userId: values[ASSIGN_FIELD.block][ASSIGN_FIELD.action].selected_user ?? null };
  } catch {
    return null;
  }
}
