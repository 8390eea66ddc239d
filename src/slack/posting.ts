import type { webApi } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { MessageRef } from '../migrations/migration.ts';
import { isTooLong, rejectsBlocks } from './errors.ts';
import { type Message, shortened } from './messages/blocks.ts';
import { plainBlocks } from './messages/new-blocks.ts';

/** Where a reply goes. */
export interface Thread {
  /** The timestamp of the message that it replies to. */
  readonly ts: string;
  /** Shown in the channel, too. */
  readonly isBroadcast?: boolean;
}

/** `channel` may be a user's id: Slack then posts a direct message and responds with the channel it is in. */
export async function postMessage(
  client: webApi.WebClient,
  channel: string,
  message: Message,
  thread?: Thread,
): Promise<MessageRef> {
  // Slack's types accept only literals here, not a variable.
  const reply = thread !== undefined && { thread_ts: thread.ts, reply_broadcast: thread.isBroadcast === true };
  const where = { channel, ...reply } as { channel: string; thread_ts: string; reply_broadcast: true };
  const posted = await orShortened(message, (content) =>
    client.chat.postMessage({ ...where, ...content, unfurl_links: false, unfurl_media: false }),
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

/**
 * Sends the message; if Slack rejects its blocks, without the newer ones. The last resort for a message that Slack
 * finds too long is a shorter one, since Slack documents only some of its limits.
 */
async function orShortened<T>(message: Message, send: (message: Message) => Promise<T>): Promise<T> {
  try {
    return await orPlain(message.blocks, (blocks) => send({ ...message, blocks }));
  } catch (error) {
    if (!isTooLong(error)) throw error;
    return send(shortened(message));
  }
}

/** Sends these blocks; if Slack rejects them, without those newer than sections. */
export async function orPlain<T>(blocks: KnownBlock[], send: (blocks: KnownBlock[]) => Promise<T>): Promise<T> {
  try {
    return await send(blocks);
  } catch (error) {
    const plain = plainBlocks(blocks);
    if (plain === null || !rejectsBlocks(error)) throw error;
    return send(plain);
  }
}
