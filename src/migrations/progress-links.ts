import { isChannelId } from './channel-id.ts';
import type { MessageRef, Migration } from './migration.ts';
import type { ConfirmationMessages, MigrationStore } from './ports.ts';

/** Links kept at most; the oldest is dropped. */
const MAX_WAITING = 100;

interface Parts {
  readonly migrations: Pick<MigrationStore, 'setMessageLink'>;
  readonly messages: Pick<ConfirmationMessages, 'linkTo' | 'link'>;
}

type Posted = Migration & { readonly message: MessageRef };

/**
 * Keeps the address of the message about each migration, and links its confirmed question to it. A convenience, in memory
 * until Slack was asked: where an address is lost, what would link says the same without. Nothing waits for it.
 */
export class ProgressLinks {
  readonly #parts: Parts;
  readonly #waiting: Posted[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A message of this migration has been posted. */
  add(migration: Posted): void {
    if (!isKnownWhose(migration)) return;
    this.#waiting.push(migration);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
  }

  /** Keeps and shows the addresses that wait. Called repeatedly. */
  async show(): Promise<void> {
    const { migrations, messages } = this.#parts;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const messageLink = await messages.linkTo(next);
      if (messageLink === null) continue;
      let isKept: boolean;
      try {
        isKept = await migrations.setMessageLink(next.id, next.message, messageLink);
      } catch (error) {
        this.#waiting.unshift(next);
        throw error;
      }
      // Another instance may have posted as well, or since: the question leads to the one that is kept.
      if (isKept) await messages.link({ ...next, messageLink });
    }
  }
}

/** An end that goes elsewhere may be in anyone's direct messages. */
function isKnownWhose({ message, channel, endedAt }: Posted): boolean {
  return isChannelId(message.channel) || endedAt === null || message.channel === channel;
}
