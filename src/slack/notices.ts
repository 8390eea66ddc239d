import type { webApi } from '@slack/bolt';
import type { NoticeContent, NoticeMessages } from '../notices/ports.ts';
import { isAppRejected, isNotTaken, isRejection, retryAfterMs, translateRateLimit } from './errors.ts';
import { noticeMessage } from './messages/notices.ts';
import { postMessage } from './posting.ts';

/** Sends what people are told besides, as direct messages. */
export class SlackNotices implements NoticeMessages {
  readonly #client: webApi.WebClient;

  /** @param client created with `MIGRATION_CLIENT` */
  constructor(client: webApi.WebClient) {
    this.#client = client;
  }

  async notify(userId: string, content: NoticeContent): Promise<'sent' | 'rejected' | 'not_sent'> {
    try {
      await postMessage(this.#client, userId, noticeMessage(content));
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
