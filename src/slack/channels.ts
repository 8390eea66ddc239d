import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { isChannelId } from '../migrations/channel-id.ts';
import { isRejection, slackErrorCode, translateRateLimit } from './errors.ts';

/** Source: https://docs.slack.dev/reference/objects/conversation-object */
const Channel = z
  .object({
    is_ext_shared: z.boolean().default(false),
    is_pending_ext_shared: z.boolean().default(false),
    // A missing field counts as private, which only means that no link is shown.
    is_private: z.boolean().catch(true),
  })
  .transform((channel) => ({
    isShared: channel.is_ext_shared || channel.is_pending_ext_shared,
    isPublic: !channel.is_private,
  }));
type Channel = z.infer<typeof Channel>;

/**
 * Options of the client for channels. Without retries, this call and the one after it end before the claim of a
 * reminder expires. Timeout in milliseconds.
 */
export const CHANNEL_CLIENT: webApi.WebClientOptions = {
  rejectRateLimitedCalls: true,
  retryConfig: { retries: 0 },
  timeout: 5_000,
};

/** How long Slack's response about a channel is reused, in milliseconds. */
const REUSED_MS = 10 * 60 * 1000;

/**
 * Knows which channels are public, and which are shared with other companies (Slack Connect): nothing about a
 * credential is posted there.
 */
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
   * Also true while Slack rejects the lookup (missing_scope). `id` may be a person's, which is never shared.
   * @throws when Slack gives no response
   */
  async isShared(id: string): Promise<boolean> {
    if (!isChannelId(id)) return false;
    try {
      return (await this.#channel(id)).isShared;
    } catch (error) {
      // The app cannot post in a channel that it cannot see.
      if (isRejection(error)) return slackErrorCode(error) !== 'channel_not_found';
      throw translateRateLimit(error);
    }
  }

  /** Whether every member can open it; also false while Slack does not say. `id` may be a person's. Never throws. */
  async isPublic(id: string): Promise<boolean> {
    if (!isChannelId(id)) return false;
    return this.#channel(id).then(
      ({ isPublic }) => isPublic,
      () => false,
    );
  }

  async #channel(id: string): Promise<Channel> {
    // By the wall clock, which runs on while the machine is suspended; if it is set back, the entry is not used.
    const now = this.#clock.now().getTime();
    const known = this.#known.get(id);
    if (known !== undefined && known.askedAt <= now && now < known.askedAt + REUSED_MS) return known.channel;
    const channel = Channel.parse((await this.#client.conversations.info({ channel: id })).channel);
    this.#known.set(id, { channel, askedAt: now });
    return channel;
  }
}
