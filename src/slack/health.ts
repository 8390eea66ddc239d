import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { isRejection, slackErrorCode, unreachableWords } from './errors.ts';

/** How long Slack has to fail before it is reported. Milliseconds. */
const OUTAGE_MS = 60_000;
/** What the app needs its bot token to be allowed; the same as in manifest.yml. */
export const SCOPES = ['commands', 'chat:write', 'users:read', 'users:read.email', 'usergroups:read'];

const Rejection = z.object({ data: z.object({ error: z.literal('missing_scope'), needed: z.string() }) });

interface State {
  readonly ok: boolean;
  readonly detail?: string;
}

/** Whether Slack takes the bot token and grants its scopes: asked each minute, and learnt from every other call. */
export class SlackHealth {
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Slack's code for a token that is no good any more. */
  #rejectedWith: string | null = null;
  #failing: { readonly since: Date; readonly words: string } | null = null;
  #lacking: readonly string[] = [];
  /** Scopes that calls were rejected for, by method. */
  readonly #needed = new Map<string, string>();
  #logged: string | undefined;

  constructor({ clock, logger }: { clock: Clock; logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Asks Slack. Never throws. */
  async check(client: webApi.WebClient): Promise<void> {
    try {
      const { response_metadata } = await client.auth.test();
      this.#rejectedWith = null;
      this.#failing = null;
      this.granted(response_metadata?.scopes);
    } catch (error) {
      this.#rejectedWith = isRejection(error) ? slackErrorCode(error) : null;
      const words = slackErrorCode(error) ?? unreachableWords(error);
      this.#failing = { since: this.#failing?.since ?? this.#clock.now(), words };
    }
    this.#log();
  }

  /** What Slack says the token may do; undefined when it does not say. */
  granted(scopes: readonly string[] | undefined): void {
    this.#lacking = scopes === undefined ? [] : SCOPES.filter((scope) => !scopes.includes(scope));
    this.#log();
  }

  /** For every call: a missing scope is known by it at once. */
  note(method: string, error: unknown): void {
    const rejection = Rejection.safeParse(error);
    if (rejection.success) this.#needed.set(method, rejection.data.data.needed);
    else if (error === null) this.#needed.delete(method);
    this.#log();
  }

  state(): State {
    if (this.#rejectedWith !== null) {
      const detail = `Slack rejects SLACK_BOT_TOKEN (${this.#rejectedWith}): install the app in its workspace and set the new token`;
      return { ok: false, detail };
    }
    const lacking = [...new Set([...this.#lacking, ...this.#needed.values()])];
    if (lacking.length > 0) {
      const detail = `the bot token lacks ${lacking.join(', ')}: add that at api.slack.com/apps › your app › OAuth & Permissions and reinstall the app`;
      return { ok: true, detail };
    }
    const failing = this.#failing;
    if (failing === null || this.#clock.now().getTime() - failing.since.getTime() < OUTAGE_MS) return { ok: true };
    const since = failing.since.toISOString().slice(0, 16).replace('T', ' ');
    return { ok: true, detail: `Slack has not answered properly since ${since} UTC: ${failing.words}` };
  }

  #log(): void {
    const { ok, detail } = this.state();
    if (detail === this.#logged) return;
    this.#logged = detail;
    if (detail === undefined) this.#logger.info({}, 'Slack is well again');
    else this.#logger[ok ? 'warn' : 'error']({}, detail);
  }
}
