import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Migrator } from '../access/access.ts';
import { askReply, notAskedMessage } from '../commands/ask-reply.ts';
import { matchesPhrase, needsPhrase } from '../migrations/confirmation-phrase.ts';
import type { Origin } from '../migrations/confirmations.ts';
import { linkFor } from '../migrations/message-link.ts';
import type { Migration } from '../migrations/migration.ts';
import type { Services } from '../services.ts';
import { isRejection } from '../slack/errors.ts';
import { TYPED_NAME, VIEWS } from '../slack/ids.ts';
import { type Message, textMessage } from '../slack/messages/blocks.ts';
import { closedQuestion, noSuchQuestionMessage, unseenMessage } from '../slack/messages/question.ts';
import { questionModal, resultModal, wrongNameError } from '../slack/messages/question-modal.ts';
import { callerOf } from '../slack/request.ts';
import { wantedForRequest } from './buttons.ts';
import type { ListenerParts, OpenModal, Press, SlackViews } from './press.ts';

/** Asking and confirming in a modal, for Home, which belongs to no channel and cannot show a reply. */

/** Asks where the button was pressed: in a channel with a message, in Home with a modal. */
export async function askWherePressed(
  press: Press<Migrator>,
  services: Services,
  views: SlackViews,
  technicalAccountId: string,
  step: 'start' | 'finish' = 'start',
): Promise<void> {
  const { person, channel, responseUrl, reply } = press;
  if (channel === null) return askInModal(press, services, views, technicalAccountId, step);
  const message = await askReply(services, person, technicalAccountId, { channel, responseUrl }, { step });
  if (message !== null) await reply(message);
}

/** Replies where the button was pressed. */
export async function replyWherePressed({ channel, triggerId, reply }: Press, views: SlackViews, message: Message) {
  if (channel !== null) return reply(message);
  await views.openModal(triggerId, resultModal(message)).catch(async (error: unknown) => {
    if (!isRejection(error)) throw error;
    await reply(message);
  });
}

/** Shows the question at once; what depends on the credential is filled in once Adobe has responded. */
async function askInModal(
  press: Press<Migrator>,
  services: Services,
  views: SlackViews,
  technicalAccountId: string,
  step: 'start' | 'finish',
): Promise<void> {
  const { person, triggerId } = press;
  const { confirmations, impacts, settings } = services;
  let modal: OpenModal | null = null;
  const show: Origin['show'] = async (request, credential) => {
    modal = await views.openModal(triggerId, questionModal(request, credential, { isReading: true }));
  };
  const origin = { channel: person.id, responseUrl: null };
  try {
    const asked = await confirmations.ask(person, technicalAccountId, { ...origin, show }, { step });
    if (asked.kind !== 'asked')
      return await replyWherePressed(press, views, notAskedMessage(asked, press, settings, step));
    const { request, credential } = asked;
    const impact = await impacts.read(credential);
    const reviseModal = async (revised: Migration) =>
      modal !== null && views.updateModal(modal, questionModal(revised, credential, { isReading: false }));
    await impacts.show(request, credential, impact, { reviseModal });
  } catch (error) {
    // Slack does not open the modal, for instance after three seconds: the question is asked in a direct message.
    if (!isRejection(error)) throw error;
    const message = await askReply(services, person, technicalAccountId, origin, { step });
    if (message !== null) await press.reply(message);
  }
}

/**
 * Registers what submitting and closing the modal do. A wrong name keeps the question, a change that it did not show
 * yet brings it back with that change, and any other outcome replaces it.
 */
export function registerQuestionModal(app: App, { services, boundary, slack, count }: ListenerParts): void {
  const { access, catalogue, confirmations, migrations } = services;

  app.view(VIEWS.question, async ({ ack, body, view }) => {
    const { id, mark } = readState(view.private_metadata);
    const typed = view.state.values[TYPED_NAME.block]?.[TYPED_NAME.action]?.value ?? '';
    const caller = callerOf(body);
    const show = async (message: Message, modal: ModalView = resultModal(message)) => {
      // A modal that Slack cannot update would say forever that the confirmation is being checked.
      const isShown = await slack.updateModal({ id: view.id, hash: '' }, modal).catch(() => false);
      if (!isShown) await slack.send(caller.userId, message);
    };
    await boundary(VIEWS.question, show, async () => {
      const request = await migrations.get(id).catch(async (error: unknown) => {
        await ack({ response_action: 'update', view: resultModal(WAITING) });
        throw error;
      });
      if (request?.state === 'asked' && needsPhrase(request.shown) && !matchesPhrase(request, typed))
        return ack({ response_action: 'errors', errors: wrongNameError(request) });
      await ack({ response_action: 'update', view: resultModal(WAITING) });
      count(VIEWS.question);
      const person = await access.admitMigrator(caller, wantedForRequest('confirm', request));
      const result = await confirmations.confirm(person, id, { typed, responseUrl: null, mark });
      if (result.kind === 'no_such_request') return show(noSuchQuestionMessage());
      if (result.kind === 'unseen') {
        const { change } = result;
        const credential = await catalogue.get(result.request.technicalAccountId);
        const message = unseenMessage(result.request, change);
        if (credential === null) return show(message);
        return show(message, questionModal(result.request, credential, { isReading: false, change }));
      }
      const migration = result.kind === 'confirmed' ? result.migration : result.request;
      await show(closedQuestion(migration, linkFor(migration, { person, channel: null })));
    });
  });

  app.view({ callback_id: VIEWS.question, type: 'view_closed' }, async ({ ack, body, view }) => {
    await ack();
    const caller = callerOf(body);
    // Nobody expects a reply, and a request that stays open expires.
    await boundary(
      `${VIEWS.question} closed`,
      async () => {},
      async () => {
        const request = await migrations.get(readState(view.private_metadata).id);
        if (request?.state !== 'asked') return;
        const person = await access.admitMigrator(caller, wantedForRequest('cancel', request));
        await confirmations.cancel(person, request.id, null);
      },
    );
  });
}

const ModalState = z.object({ id: z.string(), mark: z.string() });

/** What the app itself put into the modal; an older version put only the request's id there. */
function readState(metadata: string): { readonly id: string; readonly mark: string | null } {
  try {
    return ModalState.parse(JSON.parse(metadata));
  } catch {
    return { id: metadata, mark: null };
  }
}

/** Shown until the confirmation is recorded. */
const WAITING = textMessage('⏳ Checking your confirmation…');
