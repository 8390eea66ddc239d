import { randomBytes } from 'node:crypto';
import { type Json, jsonListOf, stringOf } from './json.ts';
import { MAX_NEW_TEXT, messageRejection } from './limits/limits.ts';
import type { State } from './state.ts';
import type { Call } from './web-api.ts';

const VALID_MS = 30 * 60_000;
const USES = 5;

/** Where a response_url posts to, and which message it may replace or delete. */
interface ResponseSource {
  readonly userId: string;
  readonly channel: string;
  /** The button's message; null for a slash command. */
  readonly originalTs: string | null;
}

/** response_urls: each accepts five posts within thirty minutes; posts are ephemeral by default. */
export class ResponseUrls {
  /** Every post, oldest first: `response_url`, without its secret. */
  readonly posts: Call[] = [];
  readonly #state: State;
  readonly #baseUrl: () => string;
  readonly #issued = new Map<string, { readonly source: ResponseSource; readonly at: number; left: number }>();

  constructor(state: State, baseUrl: () => string) {
    this.#state = state;
    this.#baseUrl = baseUrl;
  }

  issue(source: ResponseSource): string {
    const secret = randomBytes(12).toString('hex');
    this.#issued.set(secret, { source, at: this.#state.now().getTime(), left: USES });
    return `${this.#baseUrl()}/response/${secret}`;
  }

  /** Takes one post; returns Slack's error code or null. Rejected posts do not count as uses. */
  take(secret: string, body: Json): string | null {
    const issued = this.#issued.get(secret);
    if (issued === undefined) return this.#reject('expired_url', []);
    const expiry = this.#expiry(issued);
    if (expiry !== null) return this.#reject(expiry, []);
    const rejection = this.apply(issued.source, body);
    if (rejection === null) issued.left -= 1;
    return rejection;
  }

  /** `error`: the error the app received; null: accepted. `isExpected`: the app has a plain form for this. */
  record(args: Json, error: string | null, isExpected = false): void {
    const outcome = error === null ? { ok: true } : { ok: false, error, ...(isExpected ? { isExpected } : {}) };
    this.posts.push({ at: this.#state.now(), method: 'response_url', args, ...outcome });
    this.#state.changed();
  }

  #expiry(issued: { readonly at: number; readonly left: number }): string | null {
    if (this.#state.now().getTime() - issued.at > VALID_MS) return 'expired_url';
    return issued.left === 0 ? 'used_url' : null;
  }

  #reject(error: string, messages: readonly string[]): string {
    this.#state.reject(['response_url', error, ...messages].join(': '));
    return error;
  }

  /** Posts, replaces or deletes a message; also applies the body of a command's acknowledgement. */
  apply(source: ResponseSource, body: Json): string | null {
    const { userId, channel, originalTs } = source;
    const original = this.#state.messages.find((m) => m.channel === channel && m.ts === originalTs);
    if (body['delete_original'] === true) {
      if (original === undefined) return this.#reject('message_not_found', []);
      this.#state.deleteMessage(original);
      return null;
    }
    const rejection = messageRejection(body['text'], body['blocks'], MAX_NEW_TEXT);
    if (rejection !== null) return this.#reject(rejection.error, rejection.messages);
    const text = stringOf(body['text']);
    const blocks = jsonListOf(body['blocks']);
    if (body['replace_original'] === true && originalTs !== null) {
      if (original === undefined) return this.#reject('message_not_found', []);
      this.#state.editMessage(original, { text, blocks });
    } else {
      const shared = body['response_type'] === 'in_channel';
      this.#state.post({ channel, text, blocks, ...(shared ? {} : { onlyFor: userId }) });
    }
    return null;
  }
}
