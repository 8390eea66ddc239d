import type { AckFn, RespondArguments } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { Message } from './messages/blocks.ts';
import { plainBlocks } from './messages/new-blocks.ts';

/** How long an acknowledgement waits for a reply to carry, in milliseconds; Slack waits for 3 s. */
const WAIT_MS = 500;

/**
 * Replies to a command that only reads. A reply that is ready in time goes in the acknowledgement, which saves a call
 * to Slack; a later one goes to the `response_url`. Source:
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export class AckReplies {
  readonly #ack: AckFn<string | RespondArguments>;
  readonly #respond: (message: Message) => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  readonly #latestAckAt = performance.now() + WAIT_MS;
  #ackSent: Promise<void> | undefined;

  constructor(ack: AckFn<string | RespondArguments>, respond: (message: Message) => Promise<void>) {
    this.#ack = ack;
    this.#respond = respond;
    this.#timer = setTimeout(() => void this.acknowledge().catch(() => undefined), WAIT_MS);
  }

  /** Acknowledges without a reply, unless an acknowledgement was sent already. @throws when Slack is gone */
  acknowledge(): Promise<void> {
    return this.#sendAck();
  }

  readonly reply = async (message: Message): Promise<void> => {
    // Slack does not report blocks refused in an acknowledgement, so their plain form could not follow.
    const hasNoNewBlocks = plainBlocks(message.blocks) === null;
    // A busy process fires the timer late, perhaps after Slack has stopped waiting.
    const isInTime = this.#ackSent === undefined && performance.now() <= this.#latestAckAt;
    if (isInTime && hasNoNewBlocks) {
      const reply: RespondArguments = {
        ...message,
        blocks: message.blocks as KnownBlock[],
        response_type: 'ephemeral',
      };
      try {
        await this.#sendAck(reply);
        return;
      } catch {
        // Sent to the `response_url` instead.
      }
    }
    await this.acknowledge().catch(() => undefined);
    await this.#respond(message);
  };

  #sendAck(reply?: RespondArguments): Promise<void> {
    clearTimeout(this.#timer);
    this.#ackSent ??= reply === undefined ? this.#ack() : this.#ack(reply);
    return this.#ackSent;
  }
}
