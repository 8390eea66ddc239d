import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import http from 'node:http';
import https from 'node:https';
import axios, { AxiosError, type AxiosInstance, isAxiosError } from 'axios';
import axiosRetry, { retryAfter } from 'axios-retry';
import type { z } from 'zod';
import { AdobeError, type AdobeErrorKind, isTransient } from '../credentials/adobe-error.ts';
import { kindOf, toAdobeError, whenOpen } from './errors.ts';
import type { Pauses } from './pauses.ts';
import { validate } from './schema.ts';

/** One finished call to Adobe, including its retries; for metrics. */
export interface AdobeCall {
  /** In words, from a small fixed set: "read a migration status". Contains no name from the organisation. */
  readonly operation: string;
  readonly outcome: 'ok' | AdobeErrorKind;
  /** Node's code if the connection failed: `ENOTFOUND`; otherwise Adobe's own, which is text from outside. */
  readonly code?: string;
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
/** A whole response may take this many times the timeout, which limits silence only. */
const MAX_TIMEOUTS_PER_RESPONSE = 1.2;
const MAX_RESPONSE_BYTES = 20 * 1024 * 1024;
const RETRIES = 2;
/** If Adobe asks for a longer pause than this, a read is not retried. Milliseconds. */
const LONG_PAUSE_MS = 10_000;
const RETRY_DELAYS: RetryDelays = { first: 500, max: 10_000 };

/**
 * For requests that change something: a new connection, through the proxy if there is one. Adobe may close a reused one
 * just as we write, and then it is unclear whether the request arrived.
 */
export function newConnection(): { httpAgent: http.Agent; httpsAgent: https.Agent } {
  return {
    httpAgent: new http.Agent({ keepAlive: false, ...proxyOf(http.globalAgent) }),
    httpsAgent: new https.Agent({ keepAlive: false, ...proxyOf(https.globalAgent) }),
  };
}

/** The check for the request that is being made: whether it may be written. Only changes have one. */
const writeChecks = new AsyncLocalStorage<() => boolean>();

// The request is held back until it is connected: otherwise the system would send what TLS was given as soon as the
// handshake ends, however long this process was paused meanwhile. axios gives no access to the request.
subscribe('http.client.request.created', (message) => {
  const { request } = message as { request: http.ClientRequest };
  const mayWrite = writeChecks.getStore();
  if (mayWrite === undefined) return;
  request.once('socket', (socket) => {
    socket.cork();
    whenOpen(socket, () => {
      if (mayWrite()) socket.uncork();
      else request.destroy(new Error('not sent'));
    });
  });
});

/** The option that gives an agent its proxy; null: connections are direct. `options` is missing from Node's types. */
function proxyOf(agent: http.Agent & { options?: http.AgentOptions }): Pick<http.AgentOptions, 'proxyEnv'> | null {
  const proxyEnv = agent.options?.proxyEnv;
  return proxyEnv == null ? null : { proxyEnv };
}

/**
 * The axios instance for every call to Adobe. Retries GETs twice on transient errors (429, 5xx, network); never retries
 * anything else. Follows no redirects, which would send the token to a host that is not configured. The proxy is
 * that of Node's agents; axios's own reading of the environment is off.
 */
export function createClient(baseUrl: string, delays: RetryDelays = RETRY_DELAYS): AxiosInstance {
  const isProxied = proxyOf(baseUrl.startsWith('https:') ? https.globalAgent : http.globalAgent) !== null;
  const client = axios.create({
    baseURL: baseUrl,
    allowAbsoluteUrls: false,
    timeout: READ_TIMEOUT_MS,
    maxRedirects: 0,
    // If `proxy` is left out, axios leaves the proxy to the agent that has one; false would remove it from the agent.
    ...(!isProxied && { proxy: false }),
    maxContentLength: MAX_RESPONSE_BYTES,
    headers: { Accept: 'application/json' },
    // axios's defaults, except that a timeout gets the code ETIMEDOUT.
    transitional: { silentJSONParsing: true, forcedJSONParsing: true, clarifyTimeoutError: true },
  });
  const { interceptors } = client;
  const timeoutSignals = new WeakSet<object>();
  // axios's own timeout limits silence only: a response that trickles in would never end. A start has its own signal.
  interceptors.request.use((config) => {
    const { signal, timeout = READ_TIMEOUT_MS } = config;
    if (signal !== undefined && !timeoutSignals.has(signal)) return config;
    config.signal = AbortSignal.timeout(MAX_TIMEOUTS_PER_RESPONSE * timeout);
    timeoutSignals.add(config.signal);
    return config;
  });
  // Before the retries, so that they apply: a proxy's page, or JSON that breaks off, is not a response of Adobe's.
  interceptors.response.use((response) => {
    const { data, config, request } = response;
    const isJson = typeof data !== 'string' || (data === '' && config.method !== 'get');
    if (isJson) return response;
    throw new AxiosError('the response is not JSON', 'ERR_NOT_JSON', config, request, response);
  });
  axiosRetry(client, {
    retries: RETRIES,
    shouldResetTimeout: true,
    retryCondition: (error) =>
      error.config?.method === 'get' && isTransient(kindOf(error)) && retryAfter(error) <= LONG_PAUSE_MS,
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
export async function reportedCall<T>(
  operation: string,
  onCall: OnCall | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const report = (outcome: AdobeCall['outcome'], code?: string) =>
    onCall?.({
      operation: operation.replace(/ of sandbox .*/, ''),
      outcome,
      seconds: (performance.now() - started) / 1000,
      ...(code !== undefined && { code }),
    });
  try {
    const result = await work();
    report('ok');
    return result;
  } catch (thrown) {
    const error = toAdobeError(operation, thrown);
    if (error instanceof AdobeError)
      report(error.kind, error.kind === 'unreachable' ? error.problem.detail : error.problem.code);
    throw error;
  }
}

/** Provides the access token for Adobe's other hosts. */
export interface TokenSource {
  /** @throws {AdobeError} */
  token(): Promise<string>;
  /** Discards a token that Adobe refused. Does nothing if it was already replaced. */
  invalidate(token: string): void;
}

interface AdobeHttpOptions {
  readonly baseUrl: string;
  /** `ADOBE_CLIENT_ID`, sent as `x-api-key`. */
  readonly clientId: string;
  /** `ADOBE_ORG_ID`, sent as `x-gw-ims-org-id`: Platform calls only. */
  readonly orgId?: string;
  readonly tokens: TokenSource;
  /** The pauses of this host. */
  readonly pauses: Pauses;
  readonly onCall?: OnCall;
  readonly retryDelays?: RetryDelays;
}

interface ReadRequest<T> {
  /** What the call does, in words that follow "could not". */
  readonly operation: string;
  /** Path and query, already encoded. */
  readonly path: string;
  /** Sent as `x-sandbox-name`. */
  readonly sandbox?: string;
  readonly schema: z.ZodType<T>;
  /** A check that only the caller can make; an AdobeError that it throws counts as the call's. */
  readonly check?: (response: T) => void;
  /** Returned instead of an error for a 4xx other than 429: for data that the app can do without. */
  readonly ifRefused?: T;
}

/** A call that changes something at Adobe. */
export interface Change {
  readonly operation: string;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Sent as JSON; if left out, the request has no body. */
  readonly body?: object;
  /** Sent as `x-sandbox-name`. */
  readonly sandbox?: string;
  readonly token: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called once connected, right before the request is written. If false, nothing is written, and the call fails. */
  readonly mayWrite: () => boolean;
}

/** Calls one of Adobe's hosts with the bot's token. */
export class AdobeHttp {
  readonly #client: AxiosInstance;
  readonly #tokens: TokenSource;
  readonly #pauses: Pauses;
  readonly #onCall: OnCall | undefined;
  /** A fresh token that still got a 401: the credential lacks rights, so another token would not help. */
  #tokenWithoutRights: string | undefined;

  constructor({ baseUrl, clientId, orgId, tokens, pauses, onCall, retryDelays }: AdobeHttpOptions) {
    this.#client = createClient(baseUrl, retryDelays);
    this.#client.defaults.headers.common['x-api-key'] = clientId;
    if (orgId !== undefined) this.#client.defaults.headers.common['x-gw-ims-org-id'] = orgId;
    this.#tokens = tokens;
    this.#pauses = pauses;
    this.#onCall = onCall;
  }

  /**
   * Reads and validates one response; after a 401, tries once more with a new token.
   * @throws {AdobeError} of any kind but `no_such_organisation`
   */
  get<T>(request: ReadRequest<T>): Promise<T> {
    const { operation } = request;
    return reportedCall(operation, this.#onCall, () => this.#pauses.run(operation, () => this.#read(request)));
  }

  async #read<T>({ operation, path, sandbox, schema, check, ifRefused }: ReadRequest<T>): Promise<T> {
    let data: unknown;
    try {
      data = await this.#fetch(path, sandbox);
    } catch (error) {
      if (ifRefused === undefined || !isRefusal(error)) throw error;
      return ifRefused;
    }
    const response = validate(operation, schema, data);
    check?.(response);
    return response;
  }

  async #fetch(path: string, sandbox: string | undefined): Promise<unknown> {
    const token = await this.#tokens.token();
    try {
      return await this.#fetchWith(token, path, sandbox);
    } catch (error) {
      if (!isUnauthorized(error) || token === this.#tokenWithoutRights) throw error;
    }
    this.#tokens.invalidate(token);
    const freshToken = await this.#tokens.token();
    try {
      return await this.#fetchWith(freshToken, path, sandbox);
    } catch (error) {
      if (isUnauthorized(error)) this.#tokenWithoutRights = freshToken;
      throw error;
    }
  }

  async #fetchWith(token: string, path: string, sandbox: string | undefined): Promise<unknown> {
    return (await this.#client.get<unknown>(path, { headers: headersOf(token, sandbox) })).data;
  }

  /**
   * Sends a request that changes something, once: no retry, no second token, no redirect. Resolves on any 2xx with JSON
   * or nothing in it.
   * @throws {AdobeError}
   */
  send({ operation, method, path, body, sandbox, token, timeoutMs, signal, mayWrite }: Change): Promise<void> {
    const work = async () => {
      // Without a body axios sends the content type of a form, which a gateway may take for a broken request.
      const headers = { ...headersOf(token, sandbox), ...(body === undefined && { 'Content-Type': false }) };
      const options = {
        ...newConnection(),
        headers,
        timeout: timeoutMs,
        signal,
        ...(body !== undefined && { data: body }),
      };
      await writeChecks.run(mayWrite, () => this.#client.request({ ...options, method, url: path }));
    };
    return reportedCall(operation, this.#onCall, () => this.#pauses.run(operation, work, { isChange: true }));
  }
}

function headersOf(token: string, sandbox: string | undefined): Record<string, string> {
  return { Authorization: `Bearer ${token}`, ...(sandbox !== undefined && { 'x-sandbox-name': sandbox }) };
}

function isRefusal(error: unknown): boolean {
  const status = isAxiosError(error) ? (error.response?.status ?? 0) : 0;
  return status >= 400 && status < 500 && status !== 429;
}

function isUnauthorized(error: unknown): boolean {
  return isAxiosError(error) && error.response?.status === 401;
}
