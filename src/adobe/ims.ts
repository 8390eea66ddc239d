import type { AxiosInstance } from 'axios';
import { AdobeError } from '../credentials/adobe-error.ts';
import { call, createClient, type OnCall, ownConnection } from './client.ts';
import { translated } from './failures.ts';
import { parsed, TokenAnswer } from './schema.ts';

/** Gives the access token for Adobe's other hosts. */
export interface TokenSource {
  /** @throws {AdobeError} */
  token(): Promise<string>;
  /** Adobe refused this token: do not give it again. Does nothing when it was replaced already. */
  invalidate(token: string): void;
}

export interface ImsTokensOptions {
  readonly imsUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly clock: { now(): Date };
  readonly onCall?: OnCall;
}

interface Held {
  readonly token: string;
  /** Milliseconds since 1970, as the two below. */
  readonly expiresAt: number;
  readonly renewAt: number;
}

const OPERATION = 'get an access token';
const RENEW_EARLY_SECONDS = 10 * 60;
/** When renewing fails, the token held is still good for a while; Adobe throttles who asks too often. */
const RENEW_AGAIN_SECONDS = 60;

/**
 * The access token of an OAuth Server-to-Server credential (`POST /ims/token/v3`, Adobe's IMS documentation).
 * One request at a time; the token is kept until 10 minutes before its end, or until half of a life
 * shorter than 20 minutes.
 */
export class ImsTokens implements TokenSource {
  readonly #client: AxiosInstance;
  readonly #options: ImsTokensOptions;
  #held: Held | undefined;
  #pending: Promise<string> | undefined;

  constructor(options: ImsTokensOptions) {
    this.#client = createClient(options.imsUrl);
    this.#options = options;
  }

  /** @throws {AdobeError} kind `token_refused` with IMS's words when it refuses client, secret or scopes */
  async token(): Promise<string> {
    if (this.#held !== undefined && this.#now() < this.#held.renewAt) return this.#held.token;
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  invalidate(token: string): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  async #renew(): Promise<string> {
    const askedAt = this.#now();
    try {
      const { access_token: token, expires_in: seconds } = await this.#ask();
      const early = Math.min(RENEW_EARLY_SECONDS, seconds / 2);
      this.#held = {
        token,
        expiresAt: askedAt + seconds * 1000,
        renewAt: askedAt + (seconds - early) * 1000,
      };
      return token;
    } catch (error) {
      const held = this.#held;
      if (held === undefined || this.#now() >= held.expiresAt) throw error;
      this.#held = { ...held, renewAt: this.#now() + RENEW_AGAIN_SECONDS * 1000 };
      return held.token;
    }
  }

  #ask(): Promise<TokenAnswer> {
    const { clientId, clientSecret, scopes, onCall } = this.#options;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: scopes.join(','),
    });
    return call(OPERATION, onCall, async () => {
      const { data } = await this.#client
        .post<unknown>('/ims/token/v3', form, ownConnection)
        .catch((thrown: unknown) => {
          throw asRefusal(translated(OPERATION, thrown));
        });
      return parsed(OPERATION, TokenAnswer, data);
    });
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}

/** IMS answers 400 or 401 when client id, secret or scopes are wrong (Adobe's IMS documentation, public client code). */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof AdobeError)) return error;
  const { operation, status, code, detail } = error.problem;
  if (status !== 400 && status !== 401) return error;
  return new AdobeError('token_refused', operation, {
    status,
    ...(code !== undefined && { code }),
    ...(detail !== undefined && { detail }),
  });
}
