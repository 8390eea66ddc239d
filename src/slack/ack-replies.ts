import type { AckFn, RespondArguments } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { Message } from './messages/blocks.ts';
import { plainBlocks } from './messages/new-blocks.ts';

/** How long an acknowledgement waits for a reply that it could carry; Slack waits for 3 s. Milliseconds. */
const WAIT_MS = 500;

/**
 * Replies to a command that only reads. What is ready in time goes in the acknowledgement, which saves a call to Slack;
 * what comes later goes to the `response_url`. Source: https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export class AckReplies {
  readonly #ack: AckFn<string | RespondArguments>;
  readonly #respond: (message: Message) => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  readonly #until = performance.now() + WAIT_MS;
  #sent: Promise<void> | undefined;

  constructor(ack: AckFn<string | RespondArguments>, respond: (message: Message) => Promise<void>) {
    this.#ack = ack;
    this.#respond = respond;
    this.#timer = setTimeout(() => void this.acknowledge().catch(() => undefined), WAIT_MS);
  }

  /** Without a reply, unless it was acknowledged already. @throws when Slack is gone */
  acknowledge(): Promise<void> {
    return this.#send();
  }

  readonly reply = async (message: Message): Promise<void> => {
    // Slack does not say when it refuses blocks in an acknowledgement, so they could not be sent in their plain form.
    const fits = plainBlocks(message.blocks) === null;
    // A process that was busy fires the timer late, perhaps when Slack waits no more.
    const isInTime = this.#sent === undefined && performance.now() <= this.#until;
    if (isInTime && fits) {
      const reply: RespondArguments = {
        ...message,
        blocks: message.blocks as KnownBlock[],
        response_type: 'ephemeral',
      };
      const isSent = await this.#send(reply).then(
        () => true,
        () => false,
      );
      if (isSent) return;
    }
    await this.acknowledge().catch(() => undefined);
    await this.#respond(message);
  };

  #send(reply?: RespondArguments): Promise<void> {
    clearTimeout(this.#timer);
    this.#sent ??= reply === undefined ? this.#ack() : this.#ack(reply);
    return this.#sent;
  }
}
