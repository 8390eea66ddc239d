import type { NotConfirmed } from '../migrations/confirmations.ts';
import { linkFor } from '../migrations/message-link.ts';
import { ACTIONS } from '../slack/ids.ts';
import { closedQuestion, noSuchQuestionMessage, unseenMessage } from '../slack/messages/question.ts';
import type { Action, Press } from './press.ts';

/** The buttons of a question; those for production are in production.ts. */

export const confirm: Action = {
  id: ACTIONS.confirm,
  wants: 'confirm',
  about: 'request',
  migratorsOnly: true,
  async run(press, { confirmations, impacts }) {
    const { person, value, blockId, responseUrl } = press;
    const result = await confirmations.confirm(person, value, { typed: null, responseUrl, mark: blockId });
    if (result.kind !== 'confirmed') await replyNotConfirmed(press, result);
    if (result.kind !== 'unseen') return;
    // An edit replaces the whole text, so it has to name the people who are asked again.
    const approvers = await confirmations.approversOf(result.request);
    await impacts.showAgain(result.request, approvers ?? []);
  },
};

export const cancel: Action = {
  id: ACTIONS.cancel,
  wants: 'cancel',
  about: 'request',
  migratorsOnly: true,
  async run(press, { confirmations }) {
    const { person, value, responseUrl } = press;
    const request = await confirmations.cancel(person, value, responseUrl);
    if (request === null) await replyNotConfirmed(press, { kind: 'no_such_request' });
    else if (request.state !== 'cancelled' || request.decidedBy !== person.id) {
      await replyNotConfirmed(press, { kind: 'too_late', request });
    }
  },
};

/** Says why a press changed nothing, in place of the question where only the person sees it. */
export async function replyNotConfirmed(
  press: Pick<Press, 'person' | 'channel' | 'reply' | 'replace'>,
  result: NotConfirmed,
): Promise<void> {
  const { reply, replace } = press;
  if (result.kind === 'no_such_request') return reply(noSuchQuestionMessage());
  const { request } = result;
  if (result.kind === 'unseen') return reply(unseenMessage(request, result.change));
  const message = closedQuestion(request, linkFor(request, press));
  if (request.questionMessage === null) await replace(message);
  else await reply(message);
}
