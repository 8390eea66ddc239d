import type { webApi } from '@slack/bolt';
import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import type { Migrators } from '../access/access.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import type { Overview } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import { linkInQuestion } from '../migrations/message-link.ts';
import type { MessageLink, MessageRef, Migration } from '../migrations/migration.ts';
import type { ConfirmationMessages, ProgressMessages } from '../migrations/ports.ts';
import type { ProgressState } from '../migrations/progress-state.ts';
import type { AssignedNow, PostedDigest } from '../reminders/assignment.ts';
import type { Digest } from '../reminders/digest.ts';
import type { OwnerReminder } from '../reminders/owner-reminder.ts';
import type { Posted, ReminderMessenger } from '../reminders/rounds.ts';
import type { SlackChannels } from './channels.ts';
import { isAppRejected, isRejection, slackErrorCode, translateRateLimit } from './errors.ts';
import type { Message } from './messages/blocks.ts';
import { type DigestPart, digestParts, editedDigest } from './messages/digest.ts';
import { closedQuestion, questionMessage } from './messages/question.ts';
import { channelErrorMessage, endMessage, ownerMessage, SHARED_CHANNEL } from './messages/reminders.ts';
import { editMessage, orPlain, postMessage } from './posting.ts';
import { ProgressPosts } from './progress-posts.ts';
import type { SlackRecipients } from './recipients.ts';
import { RESPONSE_URL_MS, respondTo } from './response-url.ts';

/** Maximum number of groups that a question mentions. */
const MAX_GROUPS_MENTIONED = 3;
/** Maximum number of migrators notified of a channel error. */
const MAX_NOTIFIED = 20;

/**
 * Options of the client for reminders. Our own rate limiter waits when Slack asks for a pause, because it renews the
 * lease meanwhile. Without retries a call does not outlast its claim, and one whose response is lost is not repeated.
 */
export const REMINDER_CLIENT: webApi.WebClientOptions = { rejectRateLimitedCalls: true, retryConfig: { retries: 0 } };

/**
 * Options of the client for questions, posts of progress, ends and direct messages. A retry might send what is outdated
 * by then, or post twice; so might giving up while Slack is only slow. Timeout in milliseconds.
 */
export const MIGRATION_CLIENT: webApi.WebClientOptions = { ...REMINDER_CLIENT, timeout: 30_000 };

/**
 * Options of the client for edits of progress, with the timeout of ten seconds that all clients have. An end waits for
 * a running edit no longer than that. An edit that Slack applies after the end is repaired: it creates no second
 * message.
 */
export const PROGRESS_CLIENT: webApi.WebClientOptions = REMINDER_CLIENT;

/** Options of the client for modals and Home: a pause that Slack asks for is reported to the person at once. */
export const REPLY_CLIENT: webApi.WebClientOptions = { rejectRateLimitedCalls: true };

/** A rate limited client holds up all of its calls, so each kind of message has its own. */
interface Clients {
  /** For modals and Home, which a person is waiting for. Created with `REPLY_CLIENT`. */
  readonly replies: webApi.WebClient;
  /** For questions, posts of progress, ends and replies by direct message. Created with `MIGRATION_CLIENT`. */
  readonly migrations: webApi.WebClient;
  /** For edits of progress. Created with `PROGRESS_CLIENT`. */
  readonly progress: webApi.WebClient;
  /** Created with `REMINDER_CLIENT`. */
  readonly reminders: webApi.WebClient;
}

interface Parts {
  readonly clients: Clients;
  readonly recipients: Pick<SlackRecipients, 'migratorIds'>;
  readonly channels: Pick<SlackChannels, 'isShared' | 'isPublic'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything the app posts in Slack. */
export class SlackMessenger implements ConfirmationMessages, ProgressMessages, ReminderMessenger {
  readonly #parts: Parts;
  readonly #settings: { readonly migrators: Migrators; readonly requireSecondPerson: boolean };
  readonly #posts: ProgressPosts;

  constructor(parts: Parts, settings: { migrators: Migrators; requireSecondPerson: boolean }) {
    this.#parts = parts;
    this.#settings = settings;
    this.#posts = new ProgressPosts({
      ...parts,
      client: parts.clients.migrations,
      progressClient: parts.clients.progress,
    });
  }

  async openModal(triggerId: string, view: ModalView): Promise<{ id: string; hash: string }> {
    const { views } = this.#parts.clients.replies;
    const { view: opened } = await orPlain(view.blocks as KnownBlock[], (blocks) =>
      views.open({ trigger_id: triggerId, view: { ...view, blocks } }),
    );
    return { id: opened?.id ?? '', hash: opened?.hash ?? '' };
  }

  /** False if the modal was closed or has changed since: then nothing is replaced. */
  async updateModal({ id, hash }: { id: string; hash: string }, view: ModalView): Promise<boolean> {
    const { views } = this.#parts.clients.replies;
    try {
      await orPlain(view.blocks as KnownBlock[], (blocks) =>
        views.update({ view_id: id, ...(hash !== '' && { hash }), view: { ...view, blocks } }),
      );
      return true;
    } catch (error) {
      if (isRejection(error)) return false;
      throw error;
    }
  }

  async publishHome(userId: string, view: HomeView): Promise<void> {
    const { views } = this.#parts.clients.replies;
    // Home has no text, so there is no shorter form to fall back to.
    await orPlain(view.blocks as KnownBlock[], (blocks) =>
      views.publish({ user_id: userId, view: { ...view, blocks } }),
    );
  }

  /** Replies only to this person, as `respondTo` says. `replace`: the message whose button was pressed. */
  async respond(url: string, message: Message, { replace = false } = {}): Promise<void> {
    await respondTo(url, this.#parts.clients.replies.slackApiUrl, message, { replace });
  }

  async edit(message: MessageRef, content: Message): Promise<void> {
    await editMessage(this.#parts.clients.migrations, message, content);
  }

  /** Sends a direct message. */
  async send(userId: string, message: Message): Promise<void> {
    await postMessage(this.#parts.clients.migrations, userId, message);
  }

  async post(
    request: Migration,
    credential: ListedCredential,
    approvers: readonly string[],
  ): Promise<MessageRef | null> {
    if (await this.#parts.channels.isShared(request.channel)) return null;
    const message = questionMessage(request, credential, this.#whomToAsk(approvers));
    return this.#posts.post(request.channel, message).catch((error: unknown) => {
      throw translateRateLimit(error);
    });
  }

  async revise(request: Migration, credential: ListedCredential, approvers: readonly string[]): Promise<void> {
    const message = questionMessage(request, credential, this.#whomToAsk(approvers));
    if (request.questionMessage === null) return;
    if (await this.#parts.channels.isShared(request.questionMessage.channel))
      throw new Error('the channel of a question is shared with another company by now');
    await editMessage(this.#parts.clients.migrations, request.questionMessage, message);
  }

  /** Whom a question asks, as ids: groups rather than their members. Null: the asker confirms. */
  #whomToAsk(userIds: readonly string[]): readonly string[] | null {
    const { requireSecondPerson, migrators } = this.#settings;
    if (!requireSecondPerson) return null;
    return migrators.groups.length > 0 ? migrators.groups.slice(0, MAX_GROUPS_MENTIONED) : userIds;
  }

  async close(request: Migration, responseUrl: string | null): Promise<void> {
    const { clients, logger } = this.#parts;
    const message = closedQuestion(request, linkInQuestion(request));
    try {
      if (request.questionMessage !== null) await editMessage(clients.migrations, request.questionMessage, message);
      // Without either, the question stays as it is: only its reader sees it, and a press on it gets a reply.
      else if (responseUrl !== null) await this.respond(responseUrl, message, { replace: true });
    } catch (err) {
      logger.warn({ err, migration: request.id }, 'could not close a question in Slack');
    }
  }

  async linkTo(migration: Migration): Promise<MessageLink | null> {
    return this.#posts.linkTo(migration);
  }

  async link(migration: Migration): Promise<void> {
    const { clients, logger } = this.#parts;
    const { questionMessage, responseUrl, decidedAt } = migration;
    const url = linkInQuestion(migration);
    if (url === null) return;
    try {
      const linked = closedQuestion(migration, url);
      if (questionMessage !== null) await editMessage(clients.progress, questionMessage, linked);
      else if (responseUrl !== null && this.#mayStillReply(decidedAt))
        await this.respond(responseUrl, linked, { replace: true });
    } catch (err) {
      logger.debug({ err, migration: migration.id }, 'a question was not linked to its progress');
    }
  }

  /** Whether Slack still accepts a reply to a command or press of that time. */
  #mayStillReply(at: Date | null): boolean {
    return at !== null && this.#parts.clock.now().getTime() - at.getTime() < RESPONSE_URL_MS;
  }

  async show(migration: Migration, progress: ProgressState): Promise<MessageRef | null> {
    return this.#posts.show(migration, progress);
  }

  async remindOwner(userId: string, reminder: OwnerReminder): Promise<Posted> {
    const message = ownerMessage(reminder, this.#parts.clock.now(), this.#settings.migrators);
    return this.#remind(userId, message, isAppRejected);
  }

  async digestParts(digest: Digest): Promise<number> {
    return digestParts(digest).length;
  }

  async postDigest(channel: string, digest: Digest, part: number): Promise<Posted> {
    const { message, content } = digestParts(digest)[part] as DigestPart;
    const posted = await this.#remindChannel(channel, message);
    return posted.kind === 'sent' && content !== null ? { ...posted, content } : posted;
  }

  async reviseDigest({ message, content }: PostedDigest, now: AssignedNow): Promise<boolean> {
    const { channels, clients, clock } = this.#parts;
    // It may have been shared with another company since.
    if (await channels.isShared(message.channel)) return false;
    try {
      await editMessage(clients.reminders, message, editedDigest(content, now, clock.now()));
      return true;
    } catch (error) {
      if (isRejection(error) && !isAppRejected(error)) return false;
      throw translateRateLimit(error);
    }
  }

  async postAllDone(channel: string, overview: Overview): Promise<Posted> {
    return this.#remindChannel(channel, endMessage(overview));
  }

  async #remindChannel(channel: string, message: Message): Promise<Posted> {
    if (await this.#parts.channels.isShared(channel)) return { kind: 'rejected', code: SHARED_CHANNEL };
    return this.#remind(channel, message);
  }

  async notifyChannelError(channel: string, code: string): Promise<boolean> {
    const { recipients, logger } = this.#parts;
    let notified = 0;
    let failure: unknown = null;
    try {
      for (const userId of await recipients.migratorIds(MAX_NOTIFIED)) {
        try {
          await this.#remind(userId, channelErrorMessage(channel, code));
          notified += 1;
        } catch (error) {
          failure = error;
          if (error instanceof RateLimitedError) break;
        }
      }
    } catch (error) {
      failure = error;
    }
    if (failure !== null) logger.warn({ err: failure }, 'could not notify every migrator of a reminder channel error');
    return failure === null || notified > 0;
  }

  /** `shouldRetry`: whether a rejection is not the recipient's fault, so that the message is to be retried. */
  async #remind(recipient: string, message: Message, shouldRetry = (_: unknown) => false): Promise<Posted> {
    try {
      return { kind: 'sent', message: await postMessage(this.#parts.clients.reminders, recipient, message) };
    } catch (error) {
      const code = slackErrorCode(error);
      if (code !== null && isRejection(error) && !shouldRetry(error)) return { kind: 'rejected', code };
      throw translateRateLimit(error);
    }
  }
}
