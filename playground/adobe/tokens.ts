import type { Clock } from './organisation.ts';
import type { AdobeResponse } from './response.ts';

/** An OAuth Server-to-Server credential. */
export interface ClientIdentity {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly orgId: string;
  readonly scopes: readonly string[];
}

/** IMS: issues access tokens to the one client it knows and validates them. */
export class Tokens {
  readonly #expiresAt = new Map<string, number>();
  readonly #client: ClientIdentity;
  readonly #clock: Clock;
  readonly #ttlSeconds: number;
  #issued = 0;

  constructor(client: ClientIdentity, clock: Clock, ttlSeconds: number) {
    this.#client = client;
    this.#clock = clock;
    this.#ttlSeconds = ttlSeconds;
  }

  /** `POST /ims/token/v3` */
  issue(form: URLSearchParams): AdobeResponse {
    if (form.get('grant_type') !== 'client_credentials') {
      return refusal('unsupported_grant_type', 'only client_credentials is supported here');
    }
    if (form.get('client_id') !== this.#client.clientId) {
      return refusal('invalid_client', 'invalid client_id parameter');
    }
    if (form.get('client_secret') !== this.#client.clientSecret) {
      return refusal('invalid_client', 'invalid client_secret parameter');
    }
    const scopes = (form.get('scope') ?? '').split(/, ?/);
    if (!scopes.every((scope) => this.#client.scopes.includes(scope))) {
      return refusal('invalid_scope', 'invalid scope parameter');
    }
    this.#issued += 1;
    const token = `eyJ.simulated-token-${this.#issued}.x`;
    this.#expiresAt.set(token, this.#clock.now().getTime() + this.#ttlSeconds * 1000);
    return { status: 200, body: { access_token: token, token_type: 'bearer', expires_in: this.#ttlSeconds } };
  }

  isValid(authorization: string | undefined): boolean {
    const expiresAt = this.#expiresAt.get(authorization?.replace(/^Bearer /, '') ?? '');
    return expiresAt !== undefined && this.#clock.now().getTime() < expiresAt;
  }

  /** Revokes every token issued so far, as if the secret had been rotated. */
  revokeAll(): void {
    this.#expiresAt.clear();
  }
}

function refusal(error: string, error_description: string): AdobeResponse {
  return { status: 400, body: { error, error_description } };
}
