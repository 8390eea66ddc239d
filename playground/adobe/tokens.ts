import type { Answer } from './answer.ts';
import type { Clock } from './organisation.ts';

/** What an OAuth Server-to-Server credential is known by. */
export interface ClientIdentity {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly orgId: string;
  readonly scopes: readonly string[];
}

/** IMS: gives access tokens to the one client it knows and tells good ones from bad. */
export class Tokens {
  readonly #goodUntil = new Map<string, number>();
  readonly #client: ClientIdentity;
  readonly #clock: Clock;
  readonly #lifeSeconds: number;
  #given = 0;

  constructor(client: ClientIdentity, clock: Clock, lifeSeconds: number) {
    this.#client = client;
    this.#clock = clock;
    this.#lifeSeconds = lifeSeconds;
  }

  /** `POST /ims/token/v3` */
  answer(form: URLSearchParams): Answer {
    if (form.get('grant_type') !== 'client_credentials') {
      return refusal('unsupported_grant_type', 'only client_credentials is supported here');
    }
    if (form.get('client_id') !== this.#client.clientId) {
      return refusal('invalid_client', 'invalid client_id parameter');
    }
    if (form.get('client_secret') !== this.#client.clientSecret) {
      return refusal('invalid_client', 'invalid client_secret parameter');
    }
    const asked = (form.get('scope') ?? '').split(/, ?/);
    if (!asked.every((scope) => this.#client.scopes.includes(scope))) {
      return refusal('invalid_scope', 'invalid scope parameter');
    }
    this.#given += 1;
    const token = `eyJ.simulated-token-${this.#given}.x`;
    this.#goodUntil.set(token, this.#clock.now().getTime() + this.#lifeSeconds * 1000);
    return {
      status: 200,
      body: { access_token: token, token_type: 'bearer', expires_in: this.#lifeSeconds },
    };
  }

  isGood(authorization: string | undefined): boolean {
    const goodUntil = this.#goodUntil.get(authorization?.replace(/^Bearer /, '') ?? '');
    return goodUntil !== undefined && this.#clock.now().getTime() < goodUntil;
  }

  /** Makes every token given so far a bad one, as when somebody rotates the secret. */
  revokeAll(): void {
    this.#goodUntil.clear();
  }
}

function refusal(error: string, error_description: string): Answer {
  return { status: 400, body: { error, error_description } };
}
