import { type AxiosInstance, isAxiosError } from 'axios';
import type { z } from 'zod';
import { call, createClient, type OnCall, ownConnection, type RetryDelays } from './client.ts';
import type { TokenSource } from './ims.ts';
import { parsed } from './schema.ts';

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
  #knownGoodToken: string | undefined;

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
        if (!isUnauthorized(error) || token === this.#knownGoodToken) throw error;
        this.#tokens.invalidate(token);
        const fresh = await this.#tokens.token();
        return send(fresh).catch((second: unknown) => {
          if (isUnauthorized(second)) this.#knownGoodToken = fresh;
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
