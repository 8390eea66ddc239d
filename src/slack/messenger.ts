import type { webApi } from '@slack/bolt';
import type { HomeView, ModalView } from '@slack/types';
import type { Migrators } from '../access/access.ts';
import type { Overview } from '../credentials/catalogue.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { MessageRef, Migration } from '../migrations/migration.ts';
import type { ConfirmationMessages } from '../migrations/ports.ts';
import type { ProgressMessages, ProgressState } from '../migrations/progress.ts';
import type { Digest, OwnerReminder, Posted, ReminderMessenger } from '../reminders/rounds.ts';
import {
  CHANNEL_UNAVAILABLE,
  hasCode,
  isRejection,
  NOT_EDITABLE,
  PERSON_UNREACHABLE,
  slackErrorCode,
  translateRateLimit,
} from './errors.ts';
import type { Message } from './messages/blocks.ts';
import { digestMessage } from './messages/digest.ts';
import { progressMessage } from './messages/progress.ts';
import { closedQuestion, questionMessage } from './messages/question.ts';
import { channelErrorMessage, endMessage, ownerMessage } from './messages/reminders.ts';
import type { SlackRecipients } from './people.ts';

/** The most migrators notified of a channel error. */
const MAX_NOTIFIED = 20;

/**
 * Options of the client for reminders. Our own rate limiter waits when Slack asks for a pause, because it renews the
 * lease meanwhile. Without retries a call does not outlast its claim, and one whose response is lost is not repeated.
 */
export const REMINDER_CLIENT: webApi.WebClientOptions = { rejectRateLimitedCalls: true, retryConfig: { retries: 0 } };

/** A rate limited client holds up all of its calls, so each kind of message has its own. */
interface Clients {
  /** For replies, modals and Home, which a person is waiting for. */
  readonly replies: webApi.WebClient;
  /** For questions and progress, which is edited every few seconds. */
  readonly migrations: webApi.WebClient;
  /** Created with `REMINDER_CLIENT`. */
  readonly reminders: webApi.WebClient;
}

interface Parts {
  readonly clients: Clients;
  readonly recipients: Pick<SlackRecipients, 'migratorIds'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything the app posts in Slack by its Web API; replies to a `response_url` are sent by `respond`. */
export class SlackMessenger implements ConfirmationMessages, ProgressMessages, ReminderMessenger {
  readonly #parts: Parts;
  readonly #settings: { readonly migrators: Migrators; readonly requireSecondPerson: boolean };

  constructor(parts: Parts, settings: { migrators: Migrators; requireSecondPerson: boolean }) {
    this.#parts = parts;
    this.#settings = settings;
  }

  async openModal(triggerId: string, view: ModalView): Promise<void> {
    await this.#parts.clients.replies.views.open({ trigger_id: triggerId, view });
  }

  async publishHome(userId: string, view: HomeView): Promise<void> {
    await this.#parts.clients.replies.views.publish({ user_id: userId, view });
  }

  /** Sends a direct message. */
  async send(userId: string, message: Message): Promise<void> {
    await postMessage(this.#parts.clients.replies, userId, message);
  }

  async post(question: Migration, credential: ListedCredential): Promise<MessageRef | null> {
    const message = questionMessage(question, credential, this.#settings.requireSecondPerson);
    try {
      return await postMessage(this.#parts.clients.migrations, question.channel, message);
    } catch (error) {
      if (hasCode(error, CHANNEL_UNAVAILABLE)) return null;
      throw error;
    }
  }

  async close(question: Migration, responseUrl: string | null): Promise<void> {
    const { clients, logger } = this.#parts;
    const message = closedQuestion(question);
    try {
      if (question.questionMessage !== null)
        await clients.migrations.chat.update({ ...question.questionMessage, ...message });
      else if (responseUrl !== null) await respond(responseUrl, message, { replace: true });
      // The URL the request was made with belongs to another message: a reply there can only be added.
      else if (question.responseUrl !== null) await respond(question.responseUrl, message);
    } catch (err) {
      logger.warn({ err, migration: question.id }, 'could not close a question in Slack');
    }
  }

  async show(migration: Migration, progress: ProgressState): Promise<MessageRef | null> {
    try {
      return await this.#show(migration, progressMessage(migration, progress));
    } catch (err) {
      if (!isRejection(err)) throw err;
      this.#parts.logger.warn({ err, migration: migration.id }, 'Slack rejected a message; trying again');
      return null;
    }
  }

  async #show(migration: Migration, message: Message): Promise<MessageRef> {
    const client = this.#parts.clients.migrations;
    // Without a timestamp, which Slack is not known to omit, it could never be edited.
    if (migration.message?.ts) {
      try {
        await client.chat.update({ ...migration.message, ...message });
        return migration.message;
      } catch (error) {
        // Someone may have deleted it: the outcome must still be seen.
        if (!hasCode(error, NOT_EDITABLE)) throw error;
      }
    }
    try {
      return await postMessage(client, migration.channel, message);
    } catch (error) {
      if (!hasCode(error, CHANNEL_UNAVAILABLE)) throw error;
      return postMessage(client, migration.decidedBy ?? migration.askedBy, message);
    }
  }

  async remindOwner(userId: string, reminder: OwnerReminder): Promise<Posted> {
    const message = ownerMessage(reminder, this.#parts.clock.now(), this.#settings.migrators);
    return this.#remind(userId, message, PERSON_UNREACHABLE);
  }

  async postDigest(channel: string, digest: Digest): Promise<Posted> {
    return this.#remind(channel, digestMessage(digest), CHANNEL_UNAVAILABLE);
  }

  async postAllDone(channel: string, { counts }: Overview): Promise<Posted> {
    return this.#remind(channel, endMessage(counts), CHANNEL_UNAVAILABLE);
  }

  async notifyChannelError(channel: string, code: string): Promise<void> {
    const { recipients, logger } = this.#parts;
    try {
      for (const userId of await recipients.migratorIds(MAX_NOTIFIED)) {
        await this.#remind(userId, channelErrorMessage(channel, code), PERSON_UNREACHABLE);
      }
    } catch (err) {
      logger.warn({ err }, 'could not notify every migrator of a reminder channel error');
    }
  }

  async #remind(channel: string, message: Message, rejections: ReadonlySet<string>): Promise<Posted> {
    try {
      return { kind: 'sent', message: await postMessage(this.#parts.clients.reminders, channel, message) };
    } catch (error) {
      const code = slackErrorCode(error);
      if (code !== null && rejections.has(code)) return { kind: 'rejected', code };
      throw translateRateLimit(error);
    }
  }
}

/** `channel` may be a user's id: Slack then posts a direct message and responds with the channel it is in. */
async function postMessage(client: webApi.WebClient, channel: string, message: Message): Promise<MessageRef> {
  const posted = await client.chat.postMessage({ channel, ...message, unfurl_links: false, unfurl_media: false });
  return { channel: posted.channel ?? channel, ts: posted.ts ?? '' };
}

/** Slack usually responds within a second. Milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Sends a reply, which only this person sees, to a `response_url`. Bolt's own `respond` has no timeout. The URL is a
 * capability, so no error contains it. `replace`: the message whose button was pressed. @throws {Error} when Slack does not accept the reply
 */
export async function respond(url: string, message: Message, { replace = false } = {}): Promise<void> {
  const body = { ...message, response_type: 'ephemeral', replace_original: replace };
  let status: number;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    await response.body?.cancel();
  } catch (error) {
    throw new Error(`Slack did not accept a reply: ${codeOf(error)}`);
  }
  if (status >= 300) throw new Error(`Slack did not accept a reply: HTTP ${status}`);
}

/** The error in one word (`ECONNREFUSED`, `TimeoutError`): its message may contain the URL. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}
