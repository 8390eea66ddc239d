import { type App, type Logger as BoltLogger, HTTPReceiver, type Receiver, type ReceiverEvent } from '@slack/bolt';
import type { BufferedRequest, SlackListener } from '../http/server.ts';
import type { Logger } from '../lib/logger.ts';

/** How Slack's requests reach the app, in either mode. Bolt gets it as its receiver; `start` and `stop` are called by us. */
export interface SlackReceiver extends Receiver {
  /** HTTP mode: serves the requests on the operations server. Null in Socket Mode. */
  readonly listener: SlackListener | null;
  /** For `/readyz`. */
  state(): { ok: boolean; detail?: string };
}

/** The path of every Request URL in manifest.yml. */
export const SLACK_PATH = '/slack/events';

const FORM = 'application/x-www-form-urlencoded';
/** Bolt checks only how old a request is, with the same limit. Seconds. */
const MAX_AHEAD = 5 * 60;

/** HTTP mode: Bolt's receiver behind the operations server, which does the listening. */
export function createHttpReceiver(options: {
  readonly signingSecret: string;
  readonly logger: BoltLogger;
}): SlackReceiver {
  const { logger } = options;
  const receiver = new HTTPReceiver({
    ...options,
    endpoints: SLACK_PATH,
    // Called after the signature is verified. Bolt verifies only this part of the header.
    customPropertiesExtractor: ({ headers }) => ({ [DELIVERY]: String(headers['x-slack-signature']).split('=')[1] }),
    // Errors of listeners end in `app.error`. These are requests Bolt cannot read, which it would answer with 500.
    processEventErrorHandler: async ({ error, response }) => {
      logger.warn('a Slack request was not understood', error);
      if (!response.headersSent) response.writeHead(400).end();
      return true;
    },
  });
  return {
    init: (app) => receiver.init(app),
    start: async () => {},
    stop: async () => {},
    state: () => ({ ok: true }),
    listener(request, response) {
      // Compared as sent: Bolt would also accept a path that resolves to it, such as /slack/%2e/events.
      if (request.method !== 'POST' || request.url?.split('?', 1)[0] !== SLACK_PATH) return 'not found';
      // Bolt takes a form for JSON when its content type has a charset.
      if (request.headers['content-type']?.startsWith(FORM)) request.headers['content-type'] = FORM;
      if (isAhead(request)) {
        logger.warn('rejected a Slack request with a timestamp in the future');
        response.writeHead(401).end();
      } else if (isNull(request)) {
        response.writeHead(400).end();
      } else {
        receiver.requestListener(request, response);
      }
      return 'handled';
    },
  };
}

function isAhead({ headers }: BufferedRequest): boolean {
  return Number(headers['x-slack-request-timestamp']) > Date.now() / 1000 + MAX_AHEAD;
}

/** Whether the payload is JSON's `null`: Bolt fails on it and never responds. */
function isNull({ headers, rawBody }: BufferedRequest): boolean {
  const text = rawBody.toString();
  const json = headers['content-type'] === FORM ? new URLSearchParams(text).get('payload') : text;
  return json?.trim() === 'null';
}

/** The custom property in which a receiver puts the id of a delivery; a redelivery has the same id. */
export const DELIVERY = 'delivery';

/** A request dated five minutes ahead, the most the receiver accepts, is valid for twice as long. Milliseconds. */
const REMEMBERED_MS = 10 * 60 * 1000;
/** Far more than a workspace sends in that time. */
const MAX_REMEMBERED = 10_000;

/**
 * Wraps a receiver so that every request is acknowledged: a redelivery gets the original ack and reaches no listener
 * again, and a request that no listener matches is acknowledged at once. Bolt alone would run the listener twice, and
 * would let Slack wait for 3 s. A request whose listener fails before its ack stays unacknowledged, so that Slack shows
 * an error.
 */
export function withRedelivery(receiver: Receiver, logger: Logger): Receiver {
  const acks = new RecentAcks();
  /** Bodies of requests whose listener failed. */
  const failed = new WeakSet<object>();

  /** Acknowledges what no listener did. */
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
      sent.resolve(response);
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

/** How recent deliveries were acknowledged, by their id. In memory, bounded by age and number. */
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
    // A rejection is for those who wait for the ack; often there is no one.
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
