import { App, type AppOptions, type ReceiverEvent } from '@slack/bolt';
import type { Logger } from '../lib/logger.ts';
import { Deliveries } from './deliveries.ts';

/** The custom property by which a receiver names a delivery: the same for a request that comes again as it was. */
export const DELIVERY = 'delivery';
const FAILED = 'failed';

/**
 * Bolt's app, but that every request is answered: what comes again, as it was the first time and without acting again;
 * what nothing here listens to, at once. Bolt would act twice, and keep Slack waiting for 3 s.
 */
export class AnsweringApp extends App {
  readonly #deliveries = new Deliveries();
  readonly #logger: Logger;

  constructor(options: AppOptions, logger: Logger) {
    super(options);
    this.#logger = logger;
    this.use(async ({ context, next }) => {
      try {
        await next();
      } catch (error) {
        context[FAILED].yes = true;
        throw error;
      }
    });
  }

  override async processEvent(event: ReceiverEvent): Promise<void> {
    const id = event.customProperties?.[DELIVERY];
    if (typeof id !== 'string') return this.#answer(event);
    const now = Date.now();
    const before = this.#deliveries.answerTo(id, now);
    if (before !== undefined) {
      this.#logger.info({}, 'a Slack request came again; it was answered as before');
      return event.ack(await before);
    }
    const answer = Promise.withResolvers<unknown>();
    answer.promise.catch(() => {});
    this.#deliveries.remember(id, answer.promise, now);
    const ack: ReceiverEvent['ack'] = async (response) => {
      await event.ack(response);
      answer.resolve(response);
    };
    try {
      await this.#answer({ ...event, ack });
    } finally {
      // Without an acknowledgement, Slack or the person may rightly try again. After one this is nothing.
      answer.reject(new Error('it was not acknowledged'));
      await answer.promise.catch(() => this.#deliveries.forget(id));
    }
  }

  /** Acknowledges what no listener did; not where one failed, so that Slack tells the person. */
  async #answer(event: ReceiverEvent): Promise<void> {
    let acknowledged = false;
    const failed = { yes: false };
    const ack: ReceiverEvent['ack'] = async (response) => {
      acknowledged = true;
      await event.ack(response);
    };
    await super.processEvent({
      ...event,
      ack,
      customProperties: { ...event.customProperties, [FAILED]: failed },
    });
    if (acknowledged || failed.yes) return;
    this.#logger.warn({}, 'a Slack request that nothing here listens to was acknowledged');
    await ack();
  }
}
