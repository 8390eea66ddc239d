import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosError, type AxiosInstance, isAxiosError } from 'axios';
import axiosRetry, { retryAfter } from 'axios-retry';
import type { z } from 'zod';
import { AdobeError, type AdobeErrorKind } from '../domain/errors.ts';
import { kindOf, translated } from './failures.ts';
import type { TokenSource } from './ims.ts';
import { parsed } from './schema.ts';

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

export interface AdobeHttpOptions {
  readonly baseUrl: string;
  /** `ADOBE_CLIENT_ID`, sent as `x-api-key`. */
  readonly clientId: string;
  /** `ADOBE_ORG_ID`, sent as `x-gw-ims-org-id`: Platform calls only. */
  readonly orgId?: string;
  readonly tokens: TokenSource;
  readonly onCall?: OnCall;
  readonly retryDelays?: RetryDelays;
}

export interface Read<T> {
  /** What is tried, in words after "could not". */
  readonly operation: string;
  /** Path and query, already encoded. */
  readonly path: string;
  /** Sent as `x-sandbox-name`. */
  readonly sandbox?: string;
  readonly schema: z.ZodType<T>;
}

export interface Post {
  readonly operation: string;
  readonly path: string;
  readonly sandbox: string;
  readonly token: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Calls one of Adobe's hosts with the bot's token. */
export class AdobeHttp {
  readonly #client: AxiosInstance;
  readonly #tokens: TokenSource;
  readonly #onCall: OnCall | undefined;
  /** A token fresh from Adobe that was refused all the same: the rights are missing, another token would not help. */
  #notToBlame: string | undefined;

  constructor({ baseUrl, clientId, orgId, tokens, onCall, retryDelays }: AdobeHttpOptions) {
    this.#client = createClient(baseUrl, retryDelays);
    this.#client.defaults.headers.common['x-api-key'] = clientId;
    if (orgId !== undefined) this.#client.defaults.headers.common['x-gw-ims-org-id'] = orgId;
    this.#tokens = tokens;
    this.#onCall = onCall;
  }

  /**
   * Reads and checks one answer; after a 401 once more with a new token.
   * @throws {AdobeError} of any kind but `no_such_organisation`
   */
  get<T>({ operation, path, sandbox, schema }: Read<T>): Promise<T> {
    return call(operation, this.#onCall, async () => {
      const send = async (token: string) =>
        (await this.#client.get<unknown>(path, { headers: headersOf(token, sandbox) })).data;
      const token = await this.#tokens.token();
      const data = await send(token).catch(async (error: unknown) => {
        if (!isUnauthorized(error) || token === this.#notToBlame) throw error;
        this.#tokens.invalidate(token);
        const fresh = await this.#tokens.token();
        return send(fresh).catch((second: unknown) => {
          if (isUnauthorized(second)) this.#notToBlame = fresh;
          throw second;
        });
      });
      return parsed(operation, schema, data);
    });
  }

  /**
   * Sends one POST with the body `{}`, exactly once: no repetition, no second token, no redirect.
   * Resolves on any 2xx, whatever the answer says.
   * @throws {AdobeError}
   */
  post({ operation, path, sandbox, token, timeoutMs, signal }: Post): Promise<void> {
    return call(operation, this.#onCall, async () => {
      await this.#client.post(
        path,
        {},
        {
          ...ownConnection,
          headers: headersOf(token, sandbox),
          timeout: timeoutMs,
          signal,
        },
      );
    });
  }
}

function headersOf(token: string, sandbox: string | undefined): Record<string, string> {
  return { Authorization: `Bearer ${token}`, ...(sandbox !== undefined && { 'x-sandbox-name': sandbox }) };
}

function isUnauthorized(error: unknown): boolean {
  return isAxiosError(error) && error.response?.status === 401;
}
