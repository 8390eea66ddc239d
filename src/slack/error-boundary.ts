import type { DenialReason, Migrators } from '../access/access.ts';
import { AccessDenied } from '../access/access.ts';
import type { Logger } from '../lib/logger.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { Message } from './messages/blocks.ts';
import { deniedMessage } from './messages/denials.ts';
import { errorMessage } from './messages/errors.ts';

interface Parts {
  readonly tasks: TaskTracker;
  readonly logger: Logger;
  readonly migrators: Migrators;
  readonly newReference: () => string;
  readonly countDenial: (why: DenialReason) => void;
}

/**
 * The one place where a failure becomes words: a refusal says whom to ask, anything else shows the reference under
 * which the log has it. What is done after an acknowledgement is tracked here, so that a shutdown can wait for it.
 */
export class Desk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Does the work and never throws. `tell` reaches the person who asked for it. */
  async serve(
    what: string,
    tell: (message: Message) => Promise<void>,
    work: () => Promise<void>,
  ): Promise<void> {
    await this.#parts.tasks.track(this.#serve(what, tell, work));
  }

  async #serve(
    what: string,
    tell: (message: Message) => Promise<void>,
    work: () => Promise<void>,
  ): Promise<void> {
    const { logger, migrators, newReference, countDenial } = this.#parts;
    try {
      await work();
    } catch (err) {
      const reference = newReference();
      let answer: Message;
      if (err instanceof AccessDenied) {
        countDenial(err.why);
        logger.info({ what, why: err.why }, 'refused');
        answer = deniedMessage(err.why, migrators);
      } else {
        logger.error({ err, what, reference }, 'a request failed');
        answer = errorMessage(reference);
      }
      try {
        await tell(answer);
      } catch (err) {
        logger.error({ err, what, reference }, 'a failure could not be told');
      }
    }
  }
}
