import type { App } from '@slack/bolt';
import { z } from 'zod';
import { matchesPhrase } from '../migrations/confirmation-phrase.ts';
import { seenImpact } from '../migrations/seen-impact.ts';
import { ACTIONS, TYPED_NAME, VIEWS } from '../slack/ids.ts';
import { productionModal, wrongNameError } from '../slack/messages/question-modal.ts';
import { callerOf } from '../slack/request.ts';
import { repliesFromModal, wantedForRequest } from './buttons.ts';
import { replyNotConfirmed } from './confirm.ts';
import type { Action, ListenerParts } from './press.ts';

/** Confirming a migration in production: a button opens a modal, in which the name has to be typed. */

export const confirmProduction: Action = {
  id: ACTIONS.confirmProduction,
  wants: 'confirm',
  about: 'request',
  migratorsOnly: true,
  async run(press, { confirmations }, views) {
    const { person, value, responseUrl, triggerId } = press;
    const found = await confirmations.find(person, value);
    if (found.kind !== 'pending') return replyNotConfirmed(press, found);
    await views.openModal(triggerId, productionModal(found.request, { id: value, responseUrl }));
  },
};

/**
 * Registers the modal's submission. A wrong name keeps the modal open, and so does a change that it did not show yet;
 * otherwise it is closed first.
 */
export function registerProductionModal(app: App, { services, boundary, slack, count }: ListenerParts): void {
  app.view(VIEWS.production, async ({ ack, body, view }) => {
    const state = readState(view.private_metadata);
    if (state === null) return ack();
    const { id, responseUrl, mark } = state;
    const typed = view.state.values[TYPED_NAME.block]?.[TYPED_NAME.action]?.value ?? '';
    const caller = callerOf(body);
    const replies = repliesFromModal(responseUrl, caller.userId, slack);
    await boundary(VIEWS.production, replies.reply, async () => {
      const request = await services.migrations.get(id).catch(async (error: unknown) => {
        await ack();
        throw error;
      });
      if (request?.state === 'asked' && !matchesPhrase(request, typed))
        return ack({ response_action: 'errors', errors: wrongNameError(request) });
      const change = request?.state === 'asked' ? seenImpact(request, mark).change : null;
      if (request !== null && change !== null)
        return ack({ response_action: 'update', view: productionModal(request, { id, responseUrl }, change) });
      await ack();
      count(VIEWS.production);
      const person = await services.access.admitMigrator(caller, wantedForRequest('confirm', request));
      const result = await services.confirmations.confirm(person, id, { typed, responseUrl, mark });
      if (result.kind !== 'confirmed') await replyNotConfirmed({ ...replies, person, channel: null }, result);
    });
  });
}

const ModalState = z.object({
  id: z.string(),
  responseUrl: z.string().nullable(),
  mark: z.string().nullable().default(null),
});

/** What the app itself put into the modal; null for anything else, which is ignored. */
function readState(metadata: string): z.infer<typeof ModalState> | null {
  try {
    return ModalState.parse(JSON.parse(metadata));
  } catch {
    return null;
  }
}
