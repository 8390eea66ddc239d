import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import type { SlackListener } from '../http/server.ts';
import type { Logger } from '../lib/logger.ts';

/** The custom property in which a receiver puts the id of a delivery; a redelivery has the same id. */
export const DELIVERY = 'delivery';

/**
 * How long a delivery is remembered: a request dated five minutes ahead, the most that is accepted, is valid for ten.
 * Milliseconds.
 */
const REMEMBERED_MS = 10 * 60 * 1000;
/** Maximum number of deliveries remembered: far more than a workspace sends in that time. */
const MAX_REMEMBERED = 10_000;

/**
 * Wraps a receiver so that every request is acknowledged: a redelivery gets the original ack, without a reply in it,
 * and reaches no listener again, unless that ack replied in Socket Mode; and a request that no listener matches is
 * acknowledged at once. Bolt alone would run the listener twice, and would let Slack wait for 3 s. A request whose
 * listener fails before its ack stays unacknowledged, so that Slack shows an error.
 */
export function withRedelivery(
  receiver: Receiver & { readonly listener: SlackListener | null },
  logger: Logger,
): Receiver {
  const acks = new RecentAcks();
  /** Bodies of requests whose listener failed. */
  const failed = new WeakSet<object>();

  /** Acknowledges a request that no listener acknowledged. */
  async function process(app: App, event: ReceiverEvent): Promise<void> {
    let acknowledged = false;
    const ack: ReceiverEvent['ack'] = async (response) => {
      acknowledged = true;
      await event.ack(response);
    };
    await app.processEvent({ ...event, ack });
    if (acknowledged || failed.has(event.body)) return;
    logger.warn({}, 'acknowledged a Slack request that no listener matches');
    await ack();
  }

  async function processOnce(app: App, event: ReceiverEvent): Promise<void> {
    const id: unknown = event.customProperties?.[DELIVERY];
    if (typeof id !== 'string') return process(app, event);
    const now = Date.now();
    const original = acks.get(id, now);
    if (original !== undefined) {
      logger.info({}, 'Slack delivered a request again: replaying its acknowledgement');
      return event.ack(await original);
    }
    const sent = Promise.withResolvers<unknown>();
    acks.set(id, sent.promise, now);
    const ack: ReceiverEvent['ack'] = async (response) => {
      await event.ack(response);
      // A reply is only for the person who typed the command, not for somebody else who sends the same bytes.
      sent.resolve(isReply(response) ? undefined : response);
      // In Socket Mode, only Slack redelivers, and it needs the reply, so the listener runs again; it only reads.
      if (isReply(response) && receiver.listener === null) acks.delete(id);
    };
    try {
      await process(app, { ...event, ack });
    } finally {
      // Has no effect after an ack. Without one, Slack or the person may try again.
      sent.reject(new Error('the request was not acknowledged'));
      await sent.promise.catch(() => acks.delete(id));
    }
  }

  return {
    init(app) {
      app.use(async ({ body, next }) => {
        try {
          await next();
        } catch (error) {
          failed.add(body);
          throw error;
        }
      });
      const processEvent = (event: ReceiverEvent) => processOnce(app, event);
      receiver.init(Object.assign(Object.create(app) as App, { processEvent }));
    },
    start: () => receiver.start(),
    stop: () => receiver.stop(),
  };
}

/** Whether an ack carries a message for the person. */
function isReply(response: unknown): boolean {
  return typeof response === 'object' && response !== null && 'response_type' in response;
}

/** Acknowledgements of recent deliveries, by id. In memory, bounded by age and number. */
export class RecentAcks {
  /** Oldest first. */
  readonly #entries = new Map<string, { readonly at: number; readonly ack: Promise<unknown> }>();

  get size(): number {
    return this.#entries.size;
  }

  /** The response of the ack, once it is sent; undefined for an id that is unknown or too old. `now` in milliseconds. */
  get(id: string, now: number): Promise<unknown> | undefined {
    this.#forgetOld(now);
    return this.#entries.get(id)?.ack;
  }

  set(id: string, ack: Promise<unknown>, now: number): void {
    // A rejection matters only to those who wait for the ack; often nobody does.
    ack.catch(() => {});
    this.#entries.set(id, { at: now, ack });
    this.#forgetOld(now);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  #forgetOld(now: number): void {
    for (const [id, { at }] of this.#entries) {
      if (at > now - REMEMBERED_MS && this.#entries.size <= MAX_REMEMBERED) return;
      this.#entries.delete(id);
    }
  }
}
