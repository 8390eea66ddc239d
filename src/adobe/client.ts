import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosError, type AxiosInstance } from 'axios';
import axiosRetry, { retryAfter } from 'axios-retry';
import { AdobeError, type AdobeErrorKind, isTransient } from '../credentials/adobe-error.ts';
import { kindOf, toAdobeError } from './errors.ts';

/** One finished call to Adobe, including its retries; for metrics. */
export interface AdobeCall {
  /** In words, from a small fixed set: "read a migration status". */
  readonly operation: string;
  readonly outcome: 'ok' | AdobeErrorKind;
  readonly seconds: number;
}

export type OnCall = (call: AdobeCall) => void;

/** How long a retry of a read waits. Milliseconds. */
export interface RetryDelays {
  /** Before the first retry; doubled before the second. */
  readonly first: number;
  /** Upper limit, also for Retry-After. */
  readonly max: number;
}

const READ_TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 20 * 1024 * 1024;
const RETRIES = 2;
const RETRY_DELAYS: RetryDelays = { first: 500, max: 10_000 };

/**
 * For POST: a new connection. Adobe may close a reused one just as we write, and then it is unclear whether the request
 * arrived.
 */
export const newConnection = {
  httpAgent: new HttpAgent({ keepAlive: false }),
  httpsAgent: new HttpsAgent({ keepAlive: false }),
};

/**
 * The axios instance for every call to Adobe. Retries GETs twice on transient errors (429, 5xx, network); never retries
 * anything else. Follows no redirects and uses no proxy: both would send the token to a host that is not configured.
 */
export function createClient(baseUrl: string, delays: RetryDelays = RETRY_DELAYS): AxiosInstance {
  const client = axios.create({
    baseURL: baseUrl,
    allowAbsoluteUrls: false,
    timeout: READ_TIMEOUT_MS,
    maxRedirects: 0,
    proxy: false,
    maxContentLength: MAX_RESPONSE_BYTES,
    headers: { Accept: 'application/json' },
    // axios's defaults, except that a timeout gets the code ETIMEDOUT.
    transitional: { silentJSONParsing: true, forcedJSONParsing: true, clarifyTimeoutError: true },
  });
  axiosRetry(client, {
    retries: RETRIES,
    shouldResetTimeout: true,
    retryCondition: (error) => error.config?.method === 'get' && isTransient(kindOf(error)),
    retryDelay: (retry, error) => retryDelay(retry, error, delays),
  });
  return client;
}

/** Milliseconds to wait before a retry (1 or 2): doubling, or Retry-After if longer, plus up to a fifth of jitter. */
export function retryDelay(retry: number, error: AxiosError, { first, max }: RetryDelays): number {
  const backoff = first * 2 ** (retry - 1);
  return Math.min(max, Math.max(backoff, retryAfter(error)) + backoff * 0.2 * Math.random());
}

/** Runs one call, reports it to `onCall`, and throws AdobeErrors instead of axios's, which carry the token. */
export async function call<T>(operation: string, onCall: OnCall | undefined, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const report = (outcome: AdobeCall['outcome']) =>
    onCall?.({ operation, outcome, seconds: (performance.now() - started) / 1000 });
  try {
    const result = await work();
    report('ok');
    return result;
  } catch (thrown) {
    const error = toAdobeError(operation, thrown);
    if (error instanceof AdobeError) report(error.kind);
    throw error;
  }
}
