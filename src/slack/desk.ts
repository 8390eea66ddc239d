import type { Migrators, RefusalCode } from '../services/access.ts';
import { Refused } from '../services/access.ts';
import type { Logger } from '../services/logger.ts';
import type { Work } from '../services/work.ts';
import { errorMessage, refusedMessage } from './views/answers.ts';
import type { Message } from './views/blocks.ts';

interface Parts {
  readonly work: Work;
  readonly logger: Logger;
  readonly migrators: Migrators;
  readonly newReference: () => string;
  readonly countRefusal: (why: RefusalCode) => void;
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
    await this.#parts.work.track(this.#serve(what, tell, work));
  }

  async #serve(
    what: string,
    tell: (message: Message) => Promise<void>,
    work: () => Promise<void>,
  ): Promise<void> {
    const { logger, migrators, newReference, countRefusal } = this.#parts;
    try {
      await work();
    } catch (err) {
      const reference = newReference();
      let answer: Message;
      if (err instanceof Refused) {
        countRefusal(err.why);
        logger.info({ what, why: err.why }, 'refused');
        answer = refusedMessage(err.why, migrators);
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
