import type { App } from '@slack/bolt';
import { ACTIONS, VIEWS } from '../slack/ids.ts';
import { closedQuestion, noSuchQuestionMessage } from '../slack/messages/question.ts';
import { declineModal } from '../slack/messages/question-modal.ts';
import { wantedForRequest } from './buttons.ts';
import { replyNotConfirmed } from './confirm.ts';
import { registerForm } from './form.ts';
import type { Action, ListenerParts } from './press.ts';

/** The second person says no, and why. */
export const decline: Action = {
  id: ACTIONS.decline,
  wants: 'decline',
  about: 'request',
  migratorsOnly: true,
  async run(press, { confirmations }, views) {
    const { person, value, responseUrl, triggerId } = press;
    const found = await confirmations.find(person, value, 'decline');
    if (found.kind !== 'pending') return replyNotConfirmed(press, found);
    await views.openModal(triggerId, declineModal(found.request, responseUrl));
  },
};

export function registerDeclineModal(app: App, listening: ListenerParts): void {
  const { access, confirmations, migrations } = listening.services;
  registerForm(app, VIEWS.decline, listening, {
    async run(caller, { requestId, reason }) {
      const wanted = wantedForRequest('decline', await migrations.get(requestId));
      const person = await access.admitMigrator(caller, wanted);
      const request = await confirmations.decline(person, requestId, reason);
      return request === null ? noSuchQuestionMessage() : closedQuestion(request);
    },
  });
}
