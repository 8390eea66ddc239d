import type { webApi } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
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

// Addresses outside the Web API, from Slack's requests and responses. Each is a capability: no error contains one.

/**
 * Whether this URL leads to Slack, by its host: `https://hooks.slack.com` for a `response_url`,
 * `https://files.slack.com` for an upload; or the host of `SLACK_API_URL`.
 */
export function isSlackUrl(url: string, apiUrl: string, service: 'hooks' | 'files'): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  const api = new URL(apiUrl);
  // `hooks.slack-gov.com` belongs to `slack-gov.com`.
  if (hostname === api.hostname || hostname === `${service}.${api.hostname}`) return protocol === api.protocol;
  return hostname === `${service}.slack.com` && protocol === 'https:';
}

/** The error in one word (`ECONNREFUSED`, `TimeoutError`): its message may contain the URL. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}

const Rejection = z.object({
  ok: z.literal(false),
  error: z
    .string()
    .regex(/^\w{1,100}$/)
    .catch('rejected'),
});

/** Slack's code where this body says `ok: false`, whatever the HTTP status; null where it does not. */
export function rejectionIn(text: string): string | null {
  try {
    const { data } = Rejection.safeParse(JSON.parse(text));
    return data?.error ?? null;
  } catch {
    return null;
  }
}

/** Timeout of a reply; Slack usually responds within a second. Milliseconds. */
const TIMEOUT_MS = 10_000;

/** Sends a reply. Returns Slack's error in one word; null if it accepted the reply. Slack's body is `ok` or JSON. */
export async function postReply(url: string, body: object): Promise<string | null> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (response.status >= 300) return `HTTP ${response.status}`;
  return rejectionIn(text);
}
