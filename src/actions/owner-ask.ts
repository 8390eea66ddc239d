import type { App } from '@slack/bolt';
import { ACTIONS, VIEWS } from '../slack/ids.ts';
import { noReasonError } from '../slack/messages/hold.ts';
import { nothingToAskForMessage, ownerAskedMessage, ownerAskModal } from '../slack/messages/owner-ask.ts';
import { callerOf } from '../slack/request.ts';
import { repliesTo } from './buttons.ts';
import { readForm } from './hold.ts';
import type { Action, Listening } from './press.ts';

/** An owner asks those who may migrate. */
export const ownerAsk: Action = {
  id: ACTIONS.ownerAsk,
  wants: 'ask for migration',
  async run({ person, responseUrl, triggerId, reply }, { holds }, views) {
    const choices = (await holds.choicesOf(person)).filter(
      ({ status, hold }) => status === 'eligible' && hold === null,
    );
    if (choices.length === 0) return reply(nothingToAskForMessage());
    await views.openModal(triggerId, ownerAskModal(choices, { technicalAccountId: null, responseUrl }));
  },
};

export function registerOwnerAskModal(app: App, { services, boundary, slack, count }: Listening): void {
  app.view(VIEWS.ownerAsk, async ({ ack, body, view }) => {
    const form = readForm(view);
    if (form === null) return ack();
    const { technicalAccountId, reason } = form;
    if (reason === '') return ack({ response_action: 'errors', errors: noReasonError() });
    await ack();
    const caller = callerOf(body);
    const { reply } = repliesTo(form.responseUrl, caller.userId, slack);
    count(VIEWS.ownerAsk);
    await boundary(VIEWS.ownerAsk, reply, async () => {
      const person = await services.access.admit(caller, { action: 'ask for migration', technicalAccountId });
      await reply(ownerAskedMessage(await services.ownerAsks.ask(person, technicalAccountId, reason)));
    });
  });
}
