import { z } from 'zod';
import { AccessDenied, type Caller, type DenialReason, type Migrators } from '../access/access.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import { translateRateLimit } from './errors.ts';
import { ACTIONS, VIEWS } from './ids.ts';
import type { Message } from './messages/blocks.ts';
import { deniedMessage } from './messages/denials.ts';
import { errorMessage, waitMessage } from './messages/errors.ts';

const Command = z
  .object({ user_id: z.string(), team_id: z.string().nullish() })
  .transform(({ user_id, team_id }): Caller => ({ userId: user_id, teamId: team_id ?? null }));

/** A button, a menu or a modal. `team` is where it was used, `user.team_id` where the person comes from. */
const Interaction = z
  .object({
    user: z.object({ id: z.string(), team_id: z.string().nullish() }),
    team: z.object({ id: z.string() }).nullish(),
  })
  .transform(({ user, team }): Caller => ({ userId: user.id, teamId: user.team_id ?? team?.id ?? null }));

const Event = z
  .object({ team_id: z.string().nullish(), event: z.object({ user: z.string() }) })
  .transform(({ team_id, event }): Caller => ({ userId: event.user, teamId: team_id ?? null }));

const Payload = z.union([Command, Interaction, Event]);

/** Reads from any of Slack's payloads who sent it. @throws {z.ZodError} when it names no user */
export function callerOf(body: unknown): Caller {
  return Payload.parse(body);
}

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

  async function run(...[what, reply, work]: Parameters<ErrorBoundary>): Promise<void> {
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
        message = errorMessage(reference, CONFIRMING.has(what));
      }
      await reply(message).catch((err: unknown) =>
        logger.error({ err, what, reference }, 'the reply to a failed request could not be sent'),
      );
    }
  }

  return (...call) => tasks.track(run(...call));
}
