import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { isRejection, slackErrorCode, translateRateLimit } from './errors.ts';

/** Source: https://docs.slack.dev/reference/objects/conversation-object */
const Channel = z
  .object({ is_ext_shared: z.boolean().default(false), is_pending_ext_shared: z.boolean().default(false) })
  .transform((channel) => channel.is_ext_shared || channel.is_pending_ext_shared);

/** How long Slack's answer is used. Milliseconds. */
const KNOWN_MS = 10 * 60 * 1000;

/** Which channels are shared with other companies (Slack Connect): nothing of a credential is posted there. */
export class SlackChannels {
  readonly #client: webApi.WebClient;
  readonly #clock: Clock;
  readonly #known = new Map<string, { isShared: boolean; until: number }>();

  /** @param client created with `PEOPLE_CLIENT` */
  constructor(client: webApi.WebClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Also true when the app may not ask (missing_scope). `id` may be a person's: never shared. @throws when Slack gives no response */
  async isShared(id: string): Promise<boolean> {
    if (!/^[CG]/.test(id)) return false;
    const now = this.#clock.now().getTime();
    const known = this.#known.get(id);
    if (known !== undefined && now < known.until) return known.isShared;
    const isShared = await this.#ask(id);
    this.#known.set(id, { isShared, until: now + KNOWN_MS });
    return isShared;
  }

  async #ask(channel: string): Promise<boolean> {
    try {
      return Channel.parse((await this.#client.conversations.info({ channel })).channel);
    } catch (error) {
      // A channel that the app does not see takes none of its messages either.
      if (isRejection(error)) return slackErrorCode(error) === 'missing_scope';
      throw translateRateLimit(error);
    }
  }
}
