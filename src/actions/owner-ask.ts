import type { App } from '@slack/bolt';
import { ACTIONS, VIEWS } from '../slack/ids.ts';
import { nothingToAskForMessage, ownerAskedMessage, ownerAskModal } from '../slack/messages/owner-ask.ts';
import { registerForm } from './form.ts';
import type { Action, ListenerParts } from './press.ts';

/** An owner asks the migrators for a migration. */
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

export function registerOwnerAskModal(app: App, listening: ListenerParts): void {
  const { access, ownerAsks } = listening.services;
  registerForm(app, VIEWS.ownerAsk, listening, {
    async run(caller, { technicalAccountId, reason }) {
      const person = await access.admit(caller, { action: 'ask for migration', technicalAccountId });
      return ownerAskedMessage(await ownerAsks.ask(person, technicalAccountId, reason));
    },
  });
}
