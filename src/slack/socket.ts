import { setTimeout as delay } from 'node:timers/promises';
import {
  type App,
  type Logger as BoltLogger,
  type Receiver,
  SocketModeReceiver,
  type webApi,
} from '@slack/bolt';
import { z } from 'zod';
import { DELIVERY } from './answering-app.ts';
import { retryAfterMs, toTokenError } from './errors.ts';

/** Milliseconds. Together they let no connection be deaf for a minute. */
export interface SocketLimits {
  /** From asking Slack for a connection to its hello there. */
  readonly hello: number;
  /** For Slack's answer to a ping, once there was one. */
  readonly pong: number;
  /** For the other side to close what ends. */
  readonly goodbye: number;
  /** Before a new connection: doubled each time, */
  readonly pause: number;
  /** up to this, */
  readonly longestPause: number;
  /** until one has held this long. */
  readonly held: number;
  /** The most that Slack is heeded when it asks to wait. */
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

export interface SocketOptions {
  readonly logger: BoltLogger;
  readonly clientOptions: webApi.WebClientOptions;
  readonly limits?: SocketLimits;
}

/** One connection, from the question for its address to its end. */
interface Line {
  /** Resolves at Slack's hello. Rejects when there will be none. */
  readonly opened: Promise<void>;
  /** Resolves when nothing can come any more. */
  readonly over: Promise<void>;
  isOpen(): boolean;
  /** Ends it, whatever it is at. Never rejects, and takes at most twice the goodbye. */
  hangUp(): Promise<void>;
}

/** Slack's frames, of which anything else would be taken for one of the client's own events. */
const Frame = z.object({
  type: z.enum(['hello', 'disconnect', 'events_api', 'slash_commands', 'interactive']),
});
const OPEN = 1;

/**
 * Socket Mode that reconnects by itself, each time from scratch: Bolt's own way waits for 5 s after every orderly
 * goodbye, and once Slack's API cannot be reached it gives up for ever, by a rejection nobody hears.
 */
export class Socket implements Receiver {
  readonly #appToken: string;
  readonly #options: SocketOptions;
  readonly #limits: SocketLimits;
  readonly #stopping = new AbortController();
  #app: App | undefined;
  #line: Line | undefined;
  /** Null while a line is open. */
  #deafSince: Date | null = new Date();
  /** Of an outage the log has one line. */
  #said = false;

  constructor(appToken: string, options: SocketOptions) {
    this.#appToken = appToken;
    this.#options = options;
    this.#limits = options.limits ?? LIMITS;
  }

  init(app: App): void {
    this.#app = app;
  }

  /** Where Slack cannot be reached now, it goes on trying. @throws {StartError} when Slack refuses the token */
  async start(): Promise<void> {
    const line = this.#dial();
    const failure = await line.opened.catch((error: unknown) => {
      const token =
        'an App-Level Token with connections:write from api.slack.com/apps › your app › Basic Information';
      const refused = toTokenError(error, 'SLACK_APP_TOKEN', token);
      if (refused !== null) throw refused;
      return error;
    });
    void this.#stayConnected(line, failure);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#line?.hangUp();
  }

  state(): { ok: boolean; detail?: string } {
    if (this.#line?.isOpen()) return { ok: true };
    const since = (this.#deafSince ?? new Date()).toISOString().slice(0, 19).replace('T', ' ');
    return { ok: false, detail: `Socket Mode is not connected since ${since} UTC` };
  }

  async #stayConnected(first: Line, failure: unknown): Promise<void> {
    const { signal } = this.#stopping;
    let line = first;
    let error = failure;
    for (let tries = 0; ; tries += 1) {
      if (error === undefined && (await this.#held(line))) tries = 0;
      else this.#say(error);
      const { pause, longestPause, asked } = this.#limits;
      const backoff = Math.min(pause * 2 ** tries, longestPause);
      await delay(Math.max(backoff, Math.min(retryAfterMs(error) ?? 0, asked)), undefined, { signal }).catch(
        () => {},
      );
      if (signal.aborted) return;
      line = this.#dial();
      error = await line.opened.catch((thrown: unknown) => thrown);
    }
  }

  /** Waits for the end of an open line. Whether it came later than at once. */
  async #held({ over }: Line): Promise<boolean> {
    const held = setTimeout(() => {
      this.#said = false;
    }, this.#limits.held);
    const since = performance.now();
    this.#deafSince = null;
    await over;
    clearTimeout(held);
    this.#deafSince = new Date();
    return performance.now() - since >= this.#limits.held;
  }

  #say(error: unknown): void {
    if (this.#said || this.#stopping.signal.aborted) return;
    this.#said = true;
    const why = error ?? new Error('Slack closed the connection at once');
    this.#options.logger.warn('Socket Mode could not connect; trying again until it can', why);
  }

  #dial(): Line {
    const app = this.#app;
    if (app === undefined) throw new Error('the socket was started before its app had it');
    const line = dial(app, this.#appToken, this.#options, this.#limits);
    this.#line = line;
    return line;
  }
}

function dial(
  app: App,
  appToken: string,
  { logger, clientOptions }: SocketOptions,
  limits: SocketLimits,
): Line {
  // The client says as an error whatever ends a connection, which is told once and as a whole.
  const quiet: BoltLogger = { ...logger, warn: logger.info, error: logger.info };
  const receiver = new SocketModeReceiver({
    appToken,
    logger: quiet,
    autoReconnectEnabled: false,
    clientPingTimeout: limits.pong,
    // A copy: the socket's client changes what it is given. Trying again is done here.
    installerOptions: {
      clientOptions: { ...clientOptions, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
    },
    customPropertiesExtractor: ({ envelope_id }) => ({ [DELIVERY]: envelope_id }),
    processEventErrorHandler: async ({ error }) => {
      logger.warn('a Slack request was not understood', error);
      return false;
    },
  });
  receiver.init(app);
  const { client } = receiver;
  const over = Promise.withResolvers<void>();
  const abandoned = Promise.withResolvers<never>();
  let greeted = false;
  let hanging: Promise<void> | undefined;

  const read = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', async (data: unknown, isBinary: boolean) => {
    // What cannot be acknowledged any more comes again.
    if (greeted && !isOpen()) return;
    try {
      Frame.parse(JSON.parse(String(data)));
      for (const each of read) await each(data, isBinary);
    } catch {
      logger.info('a frame from Slack was not understood');
    }
  });
  client.once('connected', () => {
    greeted = true;
  });
  client.once('disconnected', () => over.resolve());
  client.on('connecting', () => {
    // Slack's address came after it was given up.
    if (hanging !== undefined) setImmediate(() => void client.disconnect());
  });

  const isOpen = () => greeted && hanging === undefined && client.websocket?.readyState === OPEN;

  async function end(): Promise<void> {
    abandoned.reject(new Error('Slack did not say hello in time'));
    // Asked twice, the client does not wait for Slack's goodbye any more.
    const late = setTimeout(() => void client.disconnect(), limits.goodbye);
    await Promise.race([client.disconnect(), delay(2 * limits.goodbye, undefined, { ref: false })]);
    clearTimeout(late);
    over.resolve();
  }

  function hangUp(): Promise<void> {
    hanging ??= end();
    return hanging;
  }

  const late = setTimeout(hangUp, limits.hello);
  const opened = Promise.race([client.start(), abandoned.promise]).then(
    () => clearTimeout(late),
    (error: unknown) => {
      clearTimeout(late);
      void hangUp();
      throw error ?? new Error('Slack closed the connection');
    },
  );
  // One side alone may have closed it, of which the client would say nothing for long.
  const watch = setInterval(() => {
    if (!greeted || isOpen()) return;
    over.resolve();
    void hangUp();
  }, limits.goodbye);
  void over.promise.then(() => clearInterval(watch));
  return { opened, over: over.promise, isOpen, hangUp };
}
