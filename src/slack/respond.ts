import type { Message } from './messages/blocks.ts';

/** Slack usually responds within a second. Milliseconds. */
const TIMEOUT_MS = 10_000;

export interface ResponseOptions {
  /** Replaces the message whose button was pressed. */
  readonly replace?: boolean;
}

/**
 * Sends a reply, which only this person sees, to a `response_url`. Bolt's own `respond` has no timeout. The URL is a
 * capability, so no error contains it. @throws {Error} when Slack does not accept the reply
 */
export async function respond(url: string, message: Message, options: ResponseOptions = {}): Promise<void> {
  const body = { ...message, response_type: 'ephemeral', replace_original: options.replace ?? false };
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
