import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { isRejection, slackErrorCode, translateRateLimit } from './errors.ts';

/** Source: https://docs.slack.dev/reference/objects/conversation-object */
const Channel = z
  .object({
    is_ext_shared: z.boolean().default(false),
    is_pending_ext_shared: z.boolean().default(false),
    // Only a link is left out for want of it.
    is_private: z.boolean().catch(true),
  })
  .transform((channel) => ({
    isShared: channel.is_ext_shared || channel.is_pending_ext_shared,
    isPublic: !channel.is_private,
  }));
type Channel = z.infer<typeof Channel>;

/**
 * Options of the client for channels. Without retries, and with the call that follows, it does not outlast the claim of
 * a reminder. Milliseconds.
 */
export const CHANNEL_CLIENT: webApi.WebClientOptions = {
  rejectRateLimitedCalls: true,
  retryConfig: { retries: 0 },
  timeout: 5_000,
};

/** How long Slack's answer is used. Milliseconds. */
const KNOWN_MS = 10 * 60 * 1000;

/** Which channels are shared with other companies (Slack Connect), where nothing of a credential is posted, and which are public. */
export class SlackChannels {
  readonly #client: webApi.WebClient;
  readonly #clock: Clock;
  readonly #known = new Map<string, { channel: Channel; askedAt: number }>();

  /** @param client created with `CHANNEL_CLIENT` */
  constructor(client: webApi.WebClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Also true while Slack rejects the question (missing_scope). `id` may be a person's: never shared. @throws when
   * Slack gives no response
   */
  async isShared(id: string): Promise<boolean> {
    if (!/^[CG]/.test(id)) return false;
    try {
      return (await this.#channel(id)).isShared;
    } catch (error) {
      // A channel that the app does not see takes none of its messages either.
      if (isRejection(error)) return slackErrorCode(error) !== 'channel_not_found';
      throw translateRateLimit(error);
    }
  }

  /** Whether every member can open it; false also while Slack does not say. `id` may be a person's. Never throws. */
  async isPublic(id: string): Promise<boolean> {
    if (!/^[CG]/.test(id)) return false;
    return this.#channel(id).then(
      ({ isPublic }) => isPublic,
      () => false,
    );
  }

  async #channel(id: string): Promise<Channel> {
    // By the wall clock, which goes on in a suspended machine; set back, it ends what is known.
    const now = this.#clock.now().getTime();
    const known = this.#known.get(id);
    if (known !== undefined && known.askedAt <= now && now < known.askedAt + KNOWN_MS) return known.channel;
    const channel = Channel.parse((await this.#client.conversations.info({ channel: id })).channel);
    this.#known.set(id, { channel, askedAt: now });
    return channel;
  }
}
