import type { webApi } from '@slack/bolt';
import type { NoticeContent, NoticeMessages } from '../notices/ports.ts';
import type { SlackChannels } from './channels.ts';
import { isAppRejected, isNotTaken, isRejection, retryAfterMs, translateRateLimit } from './errors.ts';
import type { Message } from './messages/blocks.ts';
import { noticeMessage } from './messages/notices.ts';
import { postMessage } from './posting.ts';

/** Sends what people are told besides. */
export class SlackNotices implements NoticeMessages {
  readonly #client: webApi.WebClient;
  readonly #channels: Pick<SlackChannels, 'isShared'>;

  /** @param client created with `MIGRATION_CLIENT` */
  constructor(client: webApi.WebClient, channels: Pick<SlackChannels, 'isShared'>) {
    this.#client = client;
    this.#channels = channels;
  }

  async notify(userId: string, content: NoticeContent): Promise<'sent' | 'rejected' | 'not_sent'> {
    const message = noticeMessage(content);
    const outcome = await this.#post(userId, message);
    if (outcome !== 'rejected' || content.kind !== 'press') return outcome;
    // The whole queue waits for this person.
    const { channel } = content.migration;
    const isShared = await this.#channels.isShared(channel).catch(() => true);
    return isShared ? 'rejected' : this.#post(channel, message);
  }

  async #post(recipient: string, message: Message): Promise<'sent' | 'rejected' | 'not_sent'> {
    try {
      await postMessage(this.#client, recipient, message);
      return 'sent';
    } catch (error) {
      if (retryAfterMs(error) !== null) throw translateRateLimit(error);
      // An operator may mend what Slack has against the app.
      if (isRejection(error)) return isAppRejected(error) ? 'not_sent' : 'rejected';
      if (isNotTaken(error)) return 'not_sent';
      throw error;
    }
  }
}
