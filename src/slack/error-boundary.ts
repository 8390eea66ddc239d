import { AccessDenied, type DenialReason, type Migrators } from '../access/access.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import { translateRateLimit } from './errors.ts';
import { ACTIONS, VIEWS } from './ids.ts';
import type { Message } from './messages/blocks.ts';
import { deniedMessage } from './messages/denials.ts';
import { errorMessage, waitMessage } from './messages/errors.ts';

/** Actions in which an error may follow a recorded confirmation. */
const CONFIRMING: ReadonlySet<string> = new Set([ACTIONS.confirm, VIEWS.production, VIEWS.question]);

interface Parts {
  readonly tasks: TaskTracker;
  readonly logger: Logger;
  readonly migrators: Migrators;
  readonly newReference: () => string;
  readonly countDenial: (why: DenialReason) => void;
}

/** Runs the work of a request and never throws: when it fails, `reply` says why to the person. `what` is for the log. */
export type ErrorBoundary = (
  what: string,
  reply: (message: Message) => Promise<void>,
  work: () => Promise<void>,
) => Promise<void>;

/**
 * The one place where an error becomes a message: a denial says whom to ask, a pause how long it lasts, anything else
 * shows the reference under which the error is logged. The work is tracked, so that a shutdown waits for what was
 * acknowledged.
 */
export function createErrorBoundary(parts: Parts): ErrorBoundary {
  const { tasks, logger, migrators, newReference, countDenial } = parts;

  const run: ErrorBoundary = async (what, reply, work) => {
    try {
      await work();
    } catch (error) {
      const err = translateRateLimit(error);
      const reference = newReference();
      let message: Message;
      if (err instanceof AccessDenied) {
        countDenial(err.why);
        logger.info({ what, why: err.why }, 'access denied');
        message = deniedMessage(err.why, migrators, err);
      } else if (err instanceof RateLimitedError) {
        logger.warn({ what, ms: err.ms }, 'a request failed, since Slack limits the rate');
        message = waitMessage(err.ms);
      } else {
        logger.error({ err, what, reference }, 'a request failed');
        message = errorMessage(reference, { mayHaveStarted: CONFIRMING.has(what) });
      }
      await reply(message).catch((err: unknown) =>
        logger.error({ err, what, reference }, 'the reply to a failed request could not be sent'),
      );
    }
  };

  return (what, reply, work) => tasks.track(run(what, reply, work));
}
