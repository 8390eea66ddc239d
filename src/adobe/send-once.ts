import { AdobeError } from '../credentials/adobe-error.ts';
import type { StartOutcome } from '../migrations/method.ts';
import type { AdobeHttp, Change, TokenSource } from './http.ts';

/** HTTP statuses that leave open whether the request was accepted: timeout, conflict (already running?), too early. */
const INCONCLUSIVE = [408, 409, 425];

interface Sending {
  readonly http: AdobeHttp;
  readonly tokens: TokenSource;
  readonly change: Pick<Change, 'operation' | 'method' | 'body' | 'sandbox' | 'timeoutMs'>;
  /** May read from Adobe what the path needs. @throws {AdobeError} */
  readonly path: () => Promise<string>;
  readonly signal: AbortSignal;
  /** Asked once connected, right before the request is written. */
  readonly maySend: () => boolean;
}

/** Sends a request that changes something at Adobe, at most once, and never throws: every result is an outcome. */
export async function sendOnce(sending: Sending): Promise<StartOutcome> {
  const { http, tokens, change, signal, maySend } = sending;
  const { operation } = change;
  let path: string;
  let token: string;
  try {
    path = await sending.path();
    token = await tokens.token();
    signal.throwIfAborted();
  } catch (thrown) {
    return { kind: 'unsent', error: ensureAdobeError(thrown, 'unreachable', operation) };
  }
  let isLate = false;
  const mayWrite = () => {
    isLate = !maySend();
    return !isLate;
  };
  try {
    await http.send({ ...change, path, token, signal, mayWrite });
    return { kind: 'accepted' };
  } catch (thrown) {
    if (isLate) return { kind: 'late' };
    const error = ensureAdobeError(thrown, 'lost', operation);
    // This request is not repeated; the next one gets a new token.
    if (error.problem.status === 401) tokens.invalidate(token);
    return { kind: outcomeOf(error), error };
  }
}

function outcomeOf({ problem: { kind, status } }: AdobeError): Exclude<StartOutcome['kind'], 'accepted' | 'late'> {
  // Throttled without a status: not sent, because of an earlier pause.
  if (kind === 'unreachable' || (kind === 'throttled' && status === undefined)) return 'unsent';
  if (status === undefined || status >= 500 || INCONCLUSIVE.includes(status)) return 'unclear';
  return 'refused';
}

/** Turns every error into an AdobeError, even a bug of ours, since the caller has already persisted its intent. */
function ensureAdobeError(thrown: unknown, kind: 'unreachable' | 'lost', operation: string): AdobeError {
  if (thrown instanceof AdobeError) return thrown;
  const cause = new Error(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'unknown');
  return new AdobeError(kind, operation, { cause });
}
