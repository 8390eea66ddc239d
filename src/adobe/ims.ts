import type { AxiosInstance } from 'axios';
import { AdobeError } from '../credentials/adobe-error.ts';
import type { Clock } from '../lib/clock.ts';
import { toAdobeError } from './errors.ts';
import { createClient, newConnection, type OnCall, reportedCall, type TokenSource } from './http.ts';
import type { Pauses } from './pauses.ts';
import { TokenResponse, validate } from './schema.ts';

interface ImsTokensOptions {
  readonly imsUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly clock: Clock;
  /** The pauses of this host. */
  readonly pauses: Pauses;
  readonly onCall?: OnCall;
}

interface CurrentToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Milliseconds since 1970. */
  readonly renewAt: number;
}

const OPERATION = 'get an access token';
const RENEW_EARLY_SECONDS = 10 * 60;
/** Pause after a failed renewal, while the current token is still valid: Adobe throttles frequent requests. */
const RETRY_RENEWAL_SECONDS = 60;

/**
 * The access token of an OAuth Server-to-Server credential (`POST /ims/token/v3`, Adobe's IMS documentation). One
 * request at a time. The token is renewed 10 minutes before it expires, or at half its lifetime if that is shorter than
 * 20 minutes.
 */
export class ImsTokens implements TokenSource {
  readonly #client: AxiosInstance;
  readonly #options: ImsTokensOptions;
  #current: CurrentToken | undefined;
  #pending: Promise<string> | undefined;

  constructor(options: ImsTokensOptions) {
    this.#client = createClient(options.imsUrl);
    this.#options = options;
  }

  /** @throws {AdobeError} kind `token_refused` with IMS's message if it refuses client, secret or scopes */
  async token(): Promise<string> {
    if (this.#current !== undefined && this.#now() < this.#current.renewAt) return this.#current.token;
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  invalidate(token: string): void {
    if (this.#current?.token === token) this.#current = undefined;
  }

  async #renew(): Promise<string> {
    const askedAt = this.#now();
    try {
      const { access_token: token, expires_in: seconds } = await this.#request();
      const earlySeconds = Math.min(RENEW_EARLY_SECONDS, seconds / 2);
      this.#current = {
        token,
        expiresAt: askedAt + seconds * 1000,
        renewAt: askedAt + (seconds - earlySeconds) * 1000,
      };
      return token;
    } catch (error) {
      const current = this.#current;
      if (current === undefined || this.#now() >= current.expiresAt) throw error;
      this.#current = { ...current, renewAt: this.#now() + RETRY_RENEWAL_SECONDS * 1000 };
      return current.token;
    }
  }

  #request(): Promise<TokenResponse> {
    const { clientId, clientSecret, scopes, pauses, onCall } = this.#options;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: scopes.join(','),
    });
    return reportedCall(OPERATION, onCall, async () => {
      const { data } = await pauses
        .run(OPERATION, () => this.#client.post<unknown>('/ims/token/v3', form, newConnection()))
        .catch((thrown: unknown) => {
          throw asTokenRefused(toAdobeError(OPERATION, thrown));
        });
      return validate(OPERATION, TokenResponse, data);
    });
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}

/** IMS responds 400 or 401 if client id, secret or scopes are wrong (Adobe's IMS documentation, public client code). */
function asTokenRefused(error: unknown): unknown {
  if (!(error instanceof AdobeError)) return error;
  const { operation, status, code, detail, requestId } = error.problem;
  if (status !== 400 && status !== 401) return error;
  return new AdobeError('token_refused', operation, {
    status,
    ...(code !== undefined && { code }),
    ...(detail !== undefined && { detail }),
    ...(requestId !== undefined && { requestId }),
  });
}
