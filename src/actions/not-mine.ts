import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Services } from '../services.ts';
import { NOT_MINE_FIELDS, VIEWS } from '../slack/ids.ts';
import {
  noneChosenError,
  nothingNotMineMessage,
  notMineModal,
  saidNotMineMessage,
  saidNotMineRow,
} from '../slack/messages/not-mine.ts';
import { callerOf } from '../slack/request.ts';
import { repliesFromModal } from './buttons.ts';
import type { ListenerParts, Press, SlackViews } from './press.ts';
import { showReminder } from './show-reminder.ts';

/** The person whom Adobe names as the owner says which credentials are not theirs. */

const ModalState = z.object({
  technicalAccountId: z.string().nullable(),
  message: z.object({ channel: z.string(), ts: z.string() }).nullable(),
  responseUrl: z.string().nullable(),
});
const { credentials, note } = NOT_MINE_FIELDS;
const Values = z.object({
  [credentials.block]: z
    .object({ [credentials.action]: z.object({ selected_options: z.array(z.object({ value: z.string() })) }) })
    .optional(),
  [note.block]: z.object({ [note.action]: z.object({ value: z.string().nullish() }) }),
});

/** Opens the modal, or replies that there is nothing to choose. */
export async function openNotMine(
  { person, message, responseUrl, triggerId, reply }: Press,
  { ownerAsks }: Pick<Services, 'ownerAsks'>,
  views: SlackViews,
): Promise<void> {
  const choices = await ownerAsks.notMineChoices(person);
  if (choices.length === 0) return reply(nothingNotMineMessage());
  await views.openModal(triggerId, notMineModal(choices, { message, responseUrl }));
}

/** Registers the modal's submission. */
export function registerNotMineModal(app: App, { services, boundary, slack, count }: ListenerParts): void {
  app.view(VIEWS.notMine, async ({ ack, body, view }) => {
    const form = readForm(view);
    if (form === null) return ack();
    if (form.ids.length === 0) return ack({ response_action: 'errors', errors: noneChosenError() });
    await ack();
    const caller = callerOf(body);
    const { reply } = repliesFromModal(form.responseUrl, caller.userId, slack);
    count(VIEWS.notMine);
    await boundary(VIEWS.notMine, reply, async () => {
      const person = await services.access.admit(caller, { action: 'not mine' });
      const result = await services.ownerAsks.sayNotMine(person, form.ids, form.note);
      const at = services.clock.now();
      const place = { person, message: form.message, reply };
      await showReminder(place, services, slack, saidNotMineMessage(result, at), saidNotMineRow(result, at));
    });
  });
}

/** What was submitted; null for a modal that is not ours. */
function readForm(view: { readonly private_metadata: string; readonly state: { readonly values: unknown } }) {
  try {
    const { technicalAccountId, message, responseUrl } = ModalState.parse(JSON.parse(view.private_metadata));
    const values = Values.parse(view.state.values);
    const chosen = values[credentials.block]?.[credentials.action]?.selected_options ?? [];
    const ids = technicalAccountId === null ? chosen.map(({ value }) => value) : [technicalAccountId];
    return { ids, message, responseUrl, note: values[note.block][note.action].value?.trim() ?? '' };
  } catch {
    return null;
  }
}
