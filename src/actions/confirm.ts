import type { NotConfirmed } from '../migrations/confirmations.ts';
import { linkFor, type Reader } from '../migrations/message-link.ts';
import { ACTIONS } from '../slack/ids.ts';
import { closedQuestion, noSuchQuestionMessage, unseenMessage } from '../slack/messages/question.ts';
import type { Action, Replies } from './press.ts';

/** The buttons of a question; production's are in production.ts. */

export const confirm: Action = {
  id: ACTIONS.confirm,
  wants: 'confirm',
  about: 'request',
  migratorsOnly: true,
  async run({ person, value, blockId, responseUrl, ...replies }, { confirmations, impacts }) {
    const result = await confirmations.confirm(person, value, { typed: null, responseUrl, mark: blockId });
    const reader = { id: person.id, channel: replies.channel };
    if (result.kind !== 'confirmed') await replyNotConfirmed(replies, result, reader);
    if (result.kind !== 'unseen') return;
    // An edit replaces the whole text: whom it asks is still in it.
    const approvers = await confirmations.approversOf(result.request);
    await impacts.showAgain(result.request, approvers ?? []);
  },
};

export const cancel: Action = {
  id: ACTIONS.cancel,
  wants: 'cancel',
  about: 'request',
  migratorsOnly: true,
  async run({ person, value, responseUrl, ...replies }, { confirmations }) {
    const request = await confirmations.cancel(person, value, responseUrl);
    const reader = { id: person.id, channel: replies.channel };
    if (request === null) await replyNotConfirmed(replies, { kind: 'no_such_request' }, reader);
    else if (request.state !== 'cancelled' || request.decidedBy !== person.id) {
      await replyNotConfirmed(replies, { kind: 'too_late', request }, reader);
    }
  },
};

/** Says why a press changed nothing, in place of the question where only the person sees it. */
export async function replyNotConfirmed(
  { reply, replace }: Replies,
  result: NotConfirmed,
  reader: Reader,
): Promise<void> {
  if (result.kind === 'no_such_request') return reply(noSuchQuestionMessage());
  const { request } = result;
  if (result.kind === 'unseen') return reply(unseenMessage(request, result.change));
  await (request.questionMessage === null ? replace : reply)(closedQuestion(request, linkFor(request, reader)));
}
