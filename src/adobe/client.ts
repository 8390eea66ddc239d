import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosError, type AxiosInstance } from 'axios';
import axiosRetry, { retryAfter } from 'axios-retry';
import { AdobeError, type AdobeErrorKind } from '../credentials/adobe-error.ts';
import { kindOf, translated } from './failures.ts';

/** One finished call to Adobe, its repetitions included; for metrics. */
export interface AdobeCall {
  /** In words, out of a small fixed set: "read a migration status". */
  readonly operation: string;
  readonly outcome: 'ok' | AdobeErrorKind;
  readonly seconds: number;
}

export type OnCall = (call: AdobeCall) => void;

/** How long a repeated read waits, in milliseconds. */
export interface RetryDelays {
  /** Before the first repetition; doubled before the second. */
  readonly first: number;
  /** Never longer than this, whatever Retry-After says. */
  readonly most: number;
}

const READ_TIMEOUT_MS = 10_000;
const LARGEST_ANSWER_BYTES = 20 * 1024 * 1024;
const REPETITIONS = 2;
const RETRY_DELAYS: RetryDelays = { first: 500, most: 10_000 };
const WORTH_REPEATING: readonly AdobeErrorKind[] = ['throttled', 'unavailable', 'unreachable', 'lost'];

/**
 * For POST: a connection of its own. On one kept open, Adobe may hang up just as we write,
 * and nobody could tell whether the request arrived.
 */
export const ownConnection = {
  httpAgent: new HttpAgent({ keepAlive: false }),
  httpsAgent: new HttpsAgent({ keepAlive: false }),
};

/**
 * The axios instance behind every call to Adobe. GETs are tried three times altogether on 429, 5xx and network
 * failures; nothing else is ever repeated. Redirects are not followed and proxies not used: both would
 * carry the token to a host nobody configured.
 */
export function createClient(baseUrl: string, delays: RetryDelays = RETRY_DELAYS): AxiosInstance {
  const client = axios.create({
    baseURL: baseUrl,
    allowAbsoluteUrls: false,
    timeout: READ_TIMEOUT_MS,
    maxRedirects: 0,
    proxy: false,
    maxContentLength: LARGEST_ANSWER_BYTES,
    headers: { Accept: 'application/json' },
    // axios's own defaults, but for a timeout that is called ETIMEDOUT.
    transitional: { silentJSONParsing: true, forcedJSONParsing: true, clarifyTimeoutError: true },
  });
  axiosRetry(client, {
    retries: REPETITIONS,
    shouldResetTimeout: true,
    retryCondition: (error) => error.config?.method === 'get' && WORTH_REPEATING.includes(kindOf(error)),
    retryDelay: (repetition, error) => retryDelay(repetition, error, delays),
  });
  return client;
}

/** Milliseconds to wait before a repetition (1 or 2): doubling with up to a fifth of jitter, or what Retry-After asks. */
export function retryDelay(repetition: number, error: AxiosError, { first, most }: RetryDelays): number {
  const backoff = first * 2 ** (repetition - 1);
  return Math.min(most, Math.max(backoff, retryAfter(error)) + backoff * 0.2 * Math.random());
}

/** Runs one call: reports it to `onCall`, and throws AdobeErrors instead of axios's, which carry the token. */
export async function call<T>(
  operation: string,
  onCall: OnCall | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const report = (outcome: AdobeCall['outcome']) =>
    onCall?.({ operation, outcome, seconds: (performance.now() - started) / 1000 });
  try {
    const answer = await work();
    report('ok');
    return answer;
  } catch (thrown) {
    const error = translated(operation, thrown);
    if (error instanceof AdobeError) report(error.kind);
    throw error;
  }
}
