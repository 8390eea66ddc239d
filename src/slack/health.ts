import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { type Clock, utcWords } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { isRejection, isTokenRejected, slackErrorCode, unreachableWords } from './errors.ts';
import { groupFix } from './messages/denials.ts';
import { NO_RESPONSE } from './people.ts';

/** How long Slack has to fail before the outage is reported. Milliseconds. */
const OUTAGE_MS = 60_000;
/** The scopes that the bot token needs, the same as in manifest.yml, and what each is for. */
export const SCOPE_USES = {
  commands: 'people type /qs-creds',
  'chat:write': 'questions, progress and reminders are posted',
  'files:write': '/qs-creds export sends a file',
  'users:read': 'who may migrate is decided by who somebody is',
  'users:read.email': 'owners are found by their email, to be reminded',
  'usergroups:read': 'MIGRATORS may name user groups',
  'channels:read': 'channels shared with other companies are recognised',
  'groups:read': 'the same, of private channels',
} as const satisfies Readonly<Record<string, string>>;
export const SCOPES: readonly string[] = Object.keys(SCOPE_USES);

/** What to do about a user group whose lookups get no proper response. */
const WAIT_FIX = 'wait, and if that lasts set MIGRATORS to user ids';

const Rejection = z.object({ data: z.object({ error: z.literal('missing_scope'), needed: z.string() }) });

interface State {
  readonly ok: boolean;
  readonly detail?: string;
}

/** Knows whether Slack accepts the bot token and grants its scopes, from a check a minute and from all other calls. */
export class SlackHealth {
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Slack's code for a token that is no longer valid. */
  #rejectedWith: string | null = null;
  #outage: { readonly since: Date; readonly words: string } | null = null;
  /** What Slack last said that the token lacks. */
  #missingScopes: readonly string[] = [];
  /** Missing scopes that rejected calls named, by method. */
  readonly #missingByMethod = new Map<string, readonly string[]>();
  /** Slack's code for each user group whose members it does not return. */
  readonly #groupCodes = new Map<string, string>();
  /** User groups whose latest lookup got no proper response. */
  readonly #unansweredGroups = new Set<string>();
  #loggedDetail: string | undefined;

  constructor({ clock, logger }: { clock: Clock; logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Asks Slack. Never throws. */
  async check(client: webApi.WebClient): Promise<void> {
    try {
      const { response_metadata } = await client.auth.test();
      this.#rejectedWith = null;
      this.#outage = null;
      this.noteScopes(response_metadata?.scopes);
    } catch (error) {
      // Without a response, a token that was rejected before still counts as rejected.
      if (isRejection(error)) this.#rejectedWith = slackErrorCode(error);
      const words = slackErrorCode(error) ?? unreachableWords(error);
      this.#outage = { since: this.#outage?.since ?? this.#clock.now(), words };
    }
    this.#logChange();
  }

  /** Notes the scopes that Slack says the token has; undefined if it does not say. */
  noteScopes(scopes: readonly string[] | undefined): void {
    this.#missingScopes = scopes === undefined ? [] : SCOPES.filter((scope) => !scopes.includes(scope));
    // Otherwise a scope granted since would be reported until its method is called again, perhaps weeks later.
    for (const [method, needed] of this.#missingByMethod) {
      this.#missingByMethod.set(
        method,
        needed.filter((scope) => scopes?.includes(scope) !== true),
      );
    }
    this.#logChange();
  }

  /**
   * Called for every lookup of a user group. `code`: why Slack does not return its members, or `NO_RESPONSE`; null if
   * it does.
   */
  noteGroup(groupId: string, code: string | null): void {
    const wasUnanswered = this.#unansweredGroups.has(groupId);
    if (code === NO_RESPONSE) this.#unansweredGroups.add(groupId);
    else this.#unansweredGroups.delete(groupId);
    // A single failure may be a hiccup; what Slack said about the group before still holds.
    const isCertain = code !== NO_RESPONSE || (wasUnanswered && !this.#groupCodes.has(groupId));
    // A missing scope is reported once, for the method.
    if (code === null || code === 'missing_scope' || isTokenRejected(code)) this.#groupCodes.delete(groupId);
    else if (isCertain) this.#groupCodes.set(groupId, code);
    this.#logChange();
  }

  /** Called for every call, which reveals a missing scope or a rejected token at once. */
  noteCall(method: string, error: unknown): void {
    const code = slackErrorCode(error);
    if (code !== null && isTokenRejected(code)) this.#rejectedWith = code;
    else if (error === null) this.#rejectedWith = null;
    const rejection = Rejection.safeParse(error);
    if (rejection.success) this.#missingByMethod.set(method, rejection.data.data.needed.split(/,\s*/));
    else if (error === null) this.#missingByMethod.delete(method);
    this.#logChange();
  }

  state(): State {
    if (this.#rejectedWith !== null) {
      const detail = `Slack rejects SLACK_BOT_TOKEN (${this.#rejectedWith}): install the app in its workspace and set the new token`;
      return { ok: false, detail };
    }
    const missing = [...new Set([...this.#missingScopes, ...[...this.#missingByMethod.values()].flat()])];
    if (missing.length > 0) {
      const detail = `the bot token lacks ${missing.join(', ')}: add that at api.slack.com/apps › your app › OAuth & Permissions and reinstall the app`;
      return { ok: true, detail };
    }
    if (this.#groupCodes.size > 0) {
      const words = [...this.#groupCodes].map(
        ([id, code]) =>
          `Slack does not say who is in user group ${id} of MIGRATORS (${code}): ${code === NO_RESPONSE ? WAIT_FIX : groupFix(code).replaceAll('`', '')}`,
      );
      return { ok: true, detail: words.join('; ') };
    }
    const outage = this.#outage;
    if (outage === null || this.#clock.now().getTime() - outage.since.getTime() < OUTAGE_MS) return { ok: true };
    return { ok: true, detail: `Slack has not answered properly since ${utcWords(outage.since)}: ${outage.words}` };
  }

  #logChange(): void {
    const { ok, detail } = this.state();
    if (detail === this.#loggedDetail) return;
    this.#loggedDetail = detail;
    if (detail === undefined) this.#logger.info({}, 'Slack is well again');
    else this.#logger[ok ? 'warn' : 'error']({}, detail);
  }
}
