import { setTimeout as delay } from 'node:timers/promises';
import { type AckFn, type App, type Logger as BoltLogger, webApi } from '@slack/bolt';
import { retryAfterMs, toTokenError } from './errors.ts';
import type { SlackReceiver } from './receiver.ts';
import { DELIVERY } from './receiver.ts';
import { type ConnectionLimits, type Envelope, SocketConnection } from './socket-connection.ts';

/** Milliseconds. With these values no dead connection goes unnoticed for a minute. */
export interface SocketLimits extends ConnectionLimits {
  /** Before the first reconnect; doubled with each failure, */
  readonly pause: number;
  /** up to this, */
  readonly longestPause: number;
  /** until a connection has been open for this long. */
  readonly held: number;
  /** The longest Retry-After that is respected. */
  readonly asked: number;
}

const LIMITS: SocketLimits = {
  hello: 30_000,
  pong: 5_000,
  goodbye: 1_000,
  pause: 200,
  longestPause: 15_000,
  held: 10_000,
  asked: 60_000,
};

interface SocketOptions {
  readonly appToken: string;
  readonly logger: BoltLogger;
  readonly clientOptions: webApi.WebClientOptions;
  readonly limits?: SocketLimits;
}

/**
 * Socket Mode that reconnects automatically and never gives up. Bolt's own receiver waits 5 s after each orderly close,
 * and stops for good once Slack's API is unreachable (node-slack-sdk#1495).
 */
export class SocketReceiver implements SlackReceiver {
  readonly listener = null;
  readonly #logger: BoltLogger;
  readonly #client: webApi.WebClient;
  readonly #limits: SocketLimits;
  readonly #stopping = new AbortController();
  #app: App | undefined;
  #connection: SocketConnection | undefined;
  #disconnectedSince = new Date();
  /** Whether the present outage has been logged. */
  #logged = false;

  constructor({ appToken, logger, clientOptions, limits = LIMITS }: SocketOptions) {
    this.#logger = logger;
    this.#limits = limits;
    // Retries and pauses are up to the reconnect below.
    const options = { ...clientOptions, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
    this.#client = new webApi.WebClient(appToken, options);
  }

  init(app: App): void {
    this.#app = app;
  }

  /** Resolves also when Slack is unreachable: it then keeps trying. @throws {StartError} when Slack rejects the token */
  async start(): Promise<void> {
    const connection = this.#connect();
    if (!(await connection.opened)) {
      const token = 'an App-Level Token with connections:write from api.slack.com/apps › your app › Basic Information';
      const rejection = toTokenError(await connection.closed, 'SLACK_APP_TOKEN', token);
      if (rejection !== null) throw rejection;
    }
    void this.#stayConnected(connection);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#connection?.close();
  }

  state(): { ok: boolean; detail?: string } {
    if (this.#connection?.isOpen) return { ok: true };
    const since = this.#disconnectedSince.toISOString().slice(0, 19).replace('T', ' ');
    return { ok: false, detail: `Socket Mode has been disconnected since ${since} UTC` };
  }

  async #stayConnected(first: SocketConnection): Promise<void> {
    const { signal } = this.#stopping;
    const { pause, longestPause, asked } = this.#limits;
    let connection = first;
    for (let failures = 0; ; failures += 1) {
      const held = await this.#hasHeld(connection);
      const error = await connection.closed;
      if (signal.aborted) return;
      if (held) failures = 0;
      else this.#logOutage(error);
      const backoff = Math.min(pause * 2 ** failures, longestPause);
      const retryAfter = Math.min(retryAfterMs(error) ?? 0, asked);
      await delay(Math.max(backoff, retryAfter), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      connection = this.#connect();
    }
  }

  /** Waits for the end. Whether the connection was open for long enough to end an outage. */
  async #hasHeld(connection: SocketConnection): Promise<boolean> {
    if (!(await connection.opened)) return false;
    const since = performance.now();
    await connection.closed;
    this.#disconnectedSince = new Date();
    const held = performance.now() - since >= this.#limits.held;
    if (held) this.#logged = false;
    return held;
  }

  #logOutage(error: unknown): void {
    if (this.#logged) return;
    this.#logged = true;
    this.#logger.warn('Socket Mode could not connect; trying again until it can', error);
  }

  #connect(): SocketConnection {
    this.#connection = new SocketConnection({
      limits: this.#limits,
      logger: this.#logger,
      address: async () => (await this.#client.apps.connections.open({})).url ?? '',
      receive: (envelope, ack) => void this.#process(envelope, ack),
    });
    return this.#connection;
  }

  /** Without an ack, Slack delivers the envelope again. */
  async #process({ payload, envelope_id }: Envelope, ack: AckFn<unknown>): Promise<void> {
    try {
      await this.#app?.processEvent({ body: payload, ack, customProperties: { [DELIVERY]: envelope_id } });
    } catch (error) {
      this.#logger.warn('a Slack request was not understood', error);
    }
  }
}
