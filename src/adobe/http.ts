import { type AxiosInstance, isAxiosError } from 'axios';
import type { z } from 'zod';
import { call, createClient, newConnection, type OnCall, type RetryDelays } from './client.ts';
import type { TokenSource } from './ims.ts';
import { validate } from './schema.ts';

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
  /** What the call does, in words that follow "could not". */
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
  /** A fresh token that still got a 401: the credential lacks rights, so another token would not help. */
  #knownGoodToken: string | undefined;

  constructor({ baseUrl, clientId, orgId, tokens, onCall, retryDelays }: AdobeHttpOptions) {
    this.#client = createClient(baseUrl, retryDelays);
    this.#client.defaults.headers.common['x-api-key'] = clientId;
    if (orgId !== undefined) this.#client.defaults.headers.common['x-gw-ims-org-id'] = orgId;
    this.#tokens = tokens;
    this.#onCall = onCall;
  }

  /**
   * Reads and validates one response; after a 401, tries once more with a new token.
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
      return validate(operation, schema, data);
    });
  }

  /**
   * Sends one POST with the body `{}`, once: no retry, no second token, no redirect. Resolves on any 2xx, whatever the
   * body.
   * @throws {AdobeError}
   */
  post({ operation, path, sandbox, token, timeoutMs, signal }: Post): Promise<void> {
    return call(operation, this.#onCall, async () => {
      await this.#client.post(
        path,
        {},
        { ...newConnection, headers: headersOf(token, sandbox), timeout: timeoutMs, signal },
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
