import type { Message } from './messages/blocks.ts';

/** Slack takes answers here within a second as a rule; nobody waits longer for one that got stuck. */
const TIMEOUT_MS = 10_000;

export interface ResponseOptions {
  /** Puts it in the place of the message whose button was pressed. */
  readonly replace?: boolean;
}

/**
 * Answers by a `response_url`: to the person alone. Bolt's own `respond` has no timeout. The address is a capability:
 * it never stands in an error. @throws {Error} when Slack does not take it
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
    throw new Error(`Slack did not take an answer: ${codeOf(error)}`);
  }
  if (status >= 300) throw new Error(`Slack did not take an answer: HTTP ${status}`);
}

/** What went wrong in one word (`ECONNREFUSED`, `TimeoutError`): the error's own words may hold the address. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}
