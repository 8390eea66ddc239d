import type { webApi } from '@slack/bolt';
import type { ListedCredential } from '../credentials/credential.ts';
import type { Logger } from '../lib/logger.ts';
import type { ConfirmationMessages } from '../migrations/confirmations.ts';
import type { MessageRef, Migration } from '../migrations/migration.ts';
import type { ProgressMessages, ProgressState } from '../migrations/progress.ts';
import { isRefusal, NOT_THERE, slackErrorCode } from './errors.ts';
import type { Message } from './messages/blocks.ts';
import { progressMessage } from './messages/progress.ts';
import { closedQuestion, questionMessage } from './messages/question.ts';
import { respond } from './respond.ts';

/** Slack's codes for "this message cannot be edited any more". */
const NOT_EDITABLE = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  ...NOT_THERE,
]);

/** Puts questions and progress where people see them. */
export class SlackMessenger implements ConfirmationMessages, ProgressMessages {
  readonly #client: webApi.WebClient;
  readonly #logger: Logger;
  readonly #requireSecondPerson: boolean;

  constructor(client: webApi.WebClient, logger: Logger, settings: { requireSecondPerson: boolean }) {
    this.#client = client;
    this.#logger = logger;
    this.#requireSecondPerson = settings.requireSecondPerson;
  }

  async post(question: Migration, credential: ListedCredential): Promise<MessageRef | null> {
    try {
      const message = questionMessage(question, credential, this.#requireSecondPerson);
      return await this.#post(question.channel, message);
    } catch (error) {
      if (NOT_THERE.has(slackErrorCode(error) ?? '')) return null;
      throw error;
    }
  }

  async close(question: Migration, responseUrl: string | null): Promise<void> {
    const message = closedQuestion(question);
    try {
      if (question.questionMessage !== null)
        await this.#client.chat.update({ ...question.questionMessage, ...message });
      else if (responseUrl !== null) await respond(responseUrl, message, { replace: true });
      // The address the question was asked by stands for another message: it can only be added to.
      else if (question.responseUrl !== null) await respond(question.responseUrl, message);
    } catch (err) {
      this.#logger.warn({ err, migration: question.id }, 'a question could not be closed in Slack');
    }
  }

  async show(migration: Migration, progress: ProgressState): Promise<MessageRef | null> {
    try {
      return await this.#show(migration, progress);
    } catch (err) {
      if (!isRefusal(err)) throw err;
      this.#logger.warn({ err, migration: migration.id }, 'Slack refuses a message; trying again');
      return null;
    }
  }

  async #show(migration: Migration, progress: ProgressState): Promise<MessageRef> {
    const message = progressMessage(migration, progress);
    if (migration.message !== null) {
      try {
        await this.#client.chat.update({ ...migration.message, ...message });
        return migration.message;
      } catch (error) {
        // Deleted by somebody: the end must be seen all the same.
        if (!NOT_EDITABLE.has(slackErrorCode(error) ?? '')) throw error;
      }
    }
    try {
      return await this.#post(migration.channel, message);
    } catch (error) {
      if (!NOT_THERE.has(slackErrorCode(error) ?? '')) throw error;
      return this.#post(migration.decidedBy ?? migration.askedBy, message);
    }
  }

  /** A user's id as channel opens the direct messages with that user; the answer names the channel to edit in. */
  async #post(channel: string, message: Message): Promise<MessageRef> {
    const posted = await this.#client.chat.postMessage({
      channel,
      ...message,
      unfurl_links: false,
      unfurl_media: false,
    });
    if (posted.ts === undefined) throw new Error('Slack posted a message without a timestamp.');
    return { channel: posted.channel ?? channel, ts: posted.ts };
  }
}
