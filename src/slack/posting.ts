import type { webApi } from '@slack/bolt';
import type { MessageRef } from '../migrations/migration.ts';
import { isTooLong } from './errors.ts';
import { type Message, shortened } from './messages/blocks.ts';

/** `channel` may be a user's id: Slack then posts a direct message and responds with the channel it is in. */
export async function postMessage(client: webApi.WebClient, channel: string, message: Message): Promise<MessageRef> {
  const posted = await orShortened(message, (content) =>
    client.chat.postMessage({ channel, ...content, unfurl_links: false, unfurl_media: false }),
  );
  return { channel: posted.channel ?? channel, ts: posted.ts ?? '' };
}

export async function editMessage(
  client: webApi.WebClient,
  { channel, ts }: MessageRef,
  message: Message,
): Promise<void> {
  await orShortened(message, (content) => client.chat.update({ channel, ts, ...content }));
}

/** The last resort for a message that Slack finds too long, since it documents only some of its limits. */
async function orShortened<T>(message: Message, send: (message: Message) => Promise<T>): Promise<T> {
  try {
    return await send(message);
  } catch (error) {
    if (!isTooLong(error)) throw error;
    return send(shortened(message));
  }
}
