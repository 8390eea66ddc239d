import type { Migration } from './migration.ts';
import type { ConfirmationMessages } from './ports.ts';

/** Maximum number of links kept; the oldest is dropped. */
const MAX_WAITING = 100;

/**
 * Links each confirmed question to the message that shows its progress. A convenience, in memory only: where a link is
 * lost, the question still says that there is such a message. Neither progress nor a confirmation waits for it.
 */
export class QuestionLinks {
  readonly #messages: Pick<ConfirmationMessages, 'link'>;
  readonly #waiting: Migration[] = [];

  constructor(messages: Pick<ConfirmationMessages, 'link'>) {
    this.#messages = messages;
  }

  /** The first message of this migration has been posted. */
  add(migration: Migration): void {
    this.#waiting.push(migration);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
  }

  /** Shows the links that wait. Called repeatedly. */
  async show(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#messages.link(next);
    }
  }
}
