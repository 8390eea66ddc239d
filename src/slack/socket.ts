import { setTimeout as delay } from 'node:timers/promises';
import { type AckFn, type App, type Logger as BoltLogger, webApi } from '@slack/bolt';
import { connectionCode } from '../lib/connection-fault.ts';
import { retryAfterMs, toTokenError, unreachableWords } from './errors.ts';
import type { SlackReceiver } from './receiver.ts';
import { DELIVERY } from './redelivery.ts';
import { type ConnectionLimits, type Envelope, SocketConnection } from './socket-connection.ts';

/** Time limits. With the values below, no dead connection goes unnoticed for a minute. */
export interface SocketLimits extends ConnectionLimits {
  /** The pause before the first reconnect; doubled with each failure. */
  readonly firstPauseMs: number;
  /** The longest pause. */
  readonly longestPauseMs: number;
  /** A connection that was open for this long ends the outage. */
  readonly stableMs: number;
  /** The longest Retry-After that is respected. */
  readonly longestRetryAfterMs: number;
}

const LIMITS: SocketLimits = {
  helloMs: 30_000,
  pongMs: 5_000,
  goodbyeMs: 1_000,
  firstPauseMs: 200,
  longestPauseMs: 15_000,
  stableMs: 10_000,
  longestRetryAfterMs: 60_000,
};

/** Where a person finds SLACK_APP_TOKEN. */
export const APP_TOKEN =
  'an App-Level Token with connections:write from api.slack.com/apps › your app › Basic Information';

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
  #isOutageLogged = false;
  /** Why Socket Mode is disconnected and how to fix that, if it is known. */
  #cause: string | null = null;
  #hasWarnedOfOthers = false;
  /** How many connections were opened so far. */
  #opened = 0;

  constructor({ appToken, logger, clientOptions, limits = LIMITS }: SocketOptions) {
    this.#logger = logger;
    this.#limits = limits;
    // The reconnect below handles retries and pauses.
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
      const rejection = toTokenError(await connection.closed, 'SLACK_APP_TOKEN', APP_TOKEN);
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
    const cause = this.#cause === null ? '' : `: ${this.#cause}`;
    return { ok: false, detail: `Socket Mode has been disconnected since ${since} UTC${cause}` };
  }

  async #stayConnected(first: SocketConnection): Promise<void> {
    const { signal } = this.#stopping;
    const { firstPauseMs, longestPauseMs, longestRetryAfterMs } = this.#limits;
    let connection = first;
    for (let failures = 0; ; failures += 1) {
      const wasStable = await this.#waitForEnd(connection);
      const error = await connection.closed;
      if (signal.aborted) return;
      if (wasStable) failures = 0;
      else this.#logOutage(error);
      const backoff = Math.min(firstPauseMs * 2 ** failures, longestPauseMs);
      const retryAfter = Math.min(retryAfterMs(error) ?? 0, longestRetryAfterMs);
      await delay(Math.max(backoff, retryAfter), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      connection = this.#connect();
    }
  }

  /** Waits until the connection ends. Returns whether it was open for long enough to end an outage. */
  async #waitForEnd(connection: SocketConnection): Promise<boolean> {
    if (!(await connection.opened)) return false;
    const openedAt = performance.now();
    await connection.closed;
    this.#disconnectedSince = new Date();
    const wasStable = performance.now() - openedAt >= this.#limits.stableMs;
    if (wasStable) this.#isOutageLogged = false;
    return wasStable;
  }

  #logOutage(error: unknown): void {
    const rejection = toTokenError(error, 'SLACK_APP_TOKEN', APP_TOKEN)?.message ?? null;
    const isNews = rejection !== null && rejection !== this.#cause;
    this.#cause = rejection ?? (connectionCode(error) === null ? null : unreachableWords(error));
    if (this.#isOutageLogged && !isNews) return;
    this.#isOutageLogged = true;
    const words = 'Socket Mode could not connect; trying again until it can';
    this.#logger.warn(rejection === null ? words : `${words}: ${rejection}`, error);
  }

  /** Slack splits its requests between all connections of an app, no matter which database each of them uses. */
  #warnOfOthers(connections: number): void {
    this.#cause = null;
    // After a reconnect, Slack may still count the previous connection.
    const ours = this.#opened > 1 ? 2 : 1;
    if (connections <= ours || this.#hasWarnedOfOthers) return;
    this.#hasWarnedOfOthers = true;
    this.#logger.warn(
      `Slack has ${connections} connections of this app open, one of them this process's. If the others are not instances with the same database, each gets only a part of what people do: give every deployment an app of its own`,
    );
  }

  #connect(): SocketConnection {
    this.#opened += 1;
    this.#connection = new SocketConnection({
      limits: this.#limits,
      logger: this.#logger,
      fetchAddress: async () => (await this.#client.apps.connections.open({})).url ?? '',
      onConnectionCount: (connections) => this.#warnOfOthers(connections),
      onEnvelope: (envelope, ack) => void this.#process(envelope, ack),
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
