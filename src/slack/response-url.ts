import { errorCodeOf, isSlackUrl, rejectionIn } from './capability-urls.ts';
import { isTooLongCode } from './errors.ts';
import { type Message, shortened } from './messages/blocks.ts';
import { plainBlocks } from './messages/new-blocks.ts';

/**
 * How long Slack accepts replies to a `response_url`, in milliseconds. Source:
 * https://docs.slack.dev/interactivity/handling-user-interaction
 */
export const RESPONSE_URL_MS = 30 * 60 * 1000;

/** Timeout of a reply; Slack usually responds within a second. Milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Sends a reply, which only this person sees, to a `response_url`. Bolt's own `respond` has no timeout. `replace`: the
 * message whose button was pressed.
 * @throws {Error} when the URL is not Slack's, or Slack does not accept the reply; without the URL
 */
export async function respondTo(
  url: string,
  apiUrl: string,
  message: Message,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const send = (content: Message) =>
    postReply(url, { ...content, response_type: 'ephemeral', replace_original: replace });
  const problem = isSlackUrl(url, apiUrl, 'hooks')
    ? await sendInSomeForm(message, send).catch(errorCodeOf)
    : 'not an address of Slack';
  if (problem !== null) throw new Error(`Slack did not accept a reply: ${problem}`);
}

/** Sends the message; if Slack rejects it, without the newer blocks; if it is too long, shortened. Returns the last error. */
async function sendInSomeForm(
  message: Message,
  send: (message: Message) => Promise<string | null>,
): Promise<string | null> {
  let rejection = await send(message);
  const plain = plainBlocks(message.blocks);
  // Slack may reject a reply with only a status; after a gateway's error (5xx), the reply may have arrived.
  const isRejected = rejection !== null && !rejection.startsWith('HTTP 5');
  if (isRejected && plain !== null) rejection = await send({ ...message, blocks: plain });
  return isTooLongCode(rejection) ? send(shortened(message)) : rejection;
}

/** Sends a reply. Returns Slack's error in one word; null if it accepted the reply. Slack's body is `ok` or JSON. */
async function postReply(url: string, body: object): Promise<string | null> {
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
