import type { webApi } from '@slack/bolt';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import { isChannelId } from '../migrations/channel-id.ts';
import type { MessageRef, Migration } from '../migrations/migration.ts';
import { isForEveryone, THREAD } from '../notices/notice.ts';
import type { AnsweredAsk, NoticeContent, NoticeMessages } from '../notices/ports.ts';
import type { SlackChannels } from './channels.ts';
import { isAppRejected, isRejection, isResponseLost, retryAfterMs, translateRateLimit } from './errors.ts';
import type { Message } from './messages/blocks.ts';
import { noticeMessage } from './messages/notices.ts';
import { answeredAskMessage } from './messages/owner-ask.ts';
import { editMessage, postMessage, type Thread } from './posting.ts';

type Outcome = MessageRef | 'rejected' | 'not_sent';

/** Sends notices to people: as direct messages, in a channel or below a migration's message. */
export class SlackNotices implements NoticeMessages {
  readonly #client: webApi.WebClient;
  readonly #channels: Pick<SlackChannels, 'isShared'>;

  /** @param client created with `MIGRATION_CLIENT` */
  constructor(client: webApi.WebClient, channels: Pick<SlackChannels, 'isShared'>) {
    this.#client = client;
    this.#channels = channels;
  }

  async notify(recipient: string, content: NoticeContent): Promise<Outcome> {
    if (recipient === THREAD) {
      if (!('migration' in content)) return 'rejected';
      const alsoInChannel = content.kind === 'end' && isForEveryone(content.migration);
      return this.#reply(content.migration, noticeMessage(content, { isOwner: false }), { alsoInChannel });
    }
    const message = noticeMessage(content);
    const outcome = await this.#postUnlessShared(recipient, message);
    if (outcome !== 'rejected' || content.kind !== 'press') return outcome;
    // The whole queue waits for this person.
    return this.#postUnlessShared(content.migration.channel, message);
  }

  async closeAsk(ask: AnsweredAsk, migration: Migration | null): Promise<void> {
    try {
      // It may have been shared with another company since.
      if (await this.#channels.isShared(ask.message.channel)) return;
      await editMessage(this.#client, ask.message, answeredAskMessage(ask, migration));
    } catch (error) {
      if (error instanceof RateLimitedError || retryAfterMs(error) !== null) throw translateRateLimit(error);
      // An edit that Slack rejects, for instance because the message was deleted, is not tried again.
      if (!isRejection(error) || isAppRejected(error)) throw error;
    }
  }

  /**
   * Replies below the migration's message, and with `alsoInChannel` in its channel, too. If Slack rejects that, or other
   * companies can read it, the message goes to the person who confirmed.
   */
  async #reply(
    { message, decidedBy, askedBy }: Migration,
    reply: Message,
    { alsoInChannel }: { readonly alsoInChannel: boolean },
  ): Promise<Outcome> {
    if (message?.ts) {
      const { channel, ts } = message;
      const isBroadcast = alsoInChannel && isChannelId(channel);
      let outcome = await this.#postUnlessShared(channel, reply, { ts, isBroadcast });
      // A channel may accept a reply, but not one that is also shown in the channel.
      if (outcome === 'rejected' && isBroadcast) outcome = await this.#postUnlessShared(channel, reply, { ts });
      if (outcome !== 'rejected') return outcome;
    }
    return this.#post(decidedBy ?? askedBy, reply);
  }

  /** Posts only where no other company can read it. */
  async #postUnlessShared(channel: string, message: Message, thread?: Thread): Promise<Outcome> {
    try {
      if (await this.#channels.isShared(channel)) return 'rejected';
    } catch (error) {
      if (error instanceof RateLimitedError) throw error;
      return 'not_sent';
    }
    return this.#post(channel, message, thread);
  }

  async #post(channel: string, message: Message, thread?: Thread): Promise<Outcome> {
    try {
      return await postMessage(this.#client, channel, message, thread);
    } catch (error) {
      if (retryAfterMs(error) !== null) throw translateRateLimit(error);
      // An operator may fix the reason for which Slack rejects the app.
      if (isRejection(error)) return isAppRejected(error) ? 'not_sent' : 'rejected';
      if (isResponseLost(error)) throw error;
      // After a gateway's error it may have arrived; a duplicate is better than none while the gateway fails.
      return 'not_sent';
    }
  }
}
