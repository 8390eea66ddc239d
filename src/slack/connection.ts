import { setTimeout as delay } from 'node:timers/promises';
import { type Logger as BoltLogger, type Receiver, SocketModeReceiver, type webApi } from '@slack/bolt';
import type { SlackListener } from '../http/server.ts';
import { refusedToken } from './errors.ts';
import { createSlackReceiver } from './receiver.ts';

type Mode =
  | { readonly kind: 'http'; readonly signingSecret: string }
  | { readonly kind: 'socket'; readonly appToken: string };

/** How Slack's requests come in. */
export interface SlackConnection {
  readonly receiver: Receiver;
  /** HTTP mode: what serves them, on our own server. */
  readonly listener: SlackListener | null;
  /** Once the Bolt app has the receiver. Where Slack cannot be reached now, it goes on trying. @throws {StartError} */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** For `/readyz`. */
  state(): { ok: boolean; detail?: string };
}

export function connectSlack(
  settings: { readonly mode: Mode },
  options: { logger: BoltLogger; clientOptions: webApi.WebClientOptions },
): SlackConnection {
  const { mode } = settings;
  return mode.kind === 'http'
    ? overHttp(mode.signingSecret, options.logger)
    : overSocket(mode.appToken, options);
}

function overHttp(signingSecret: string, logger: BoltLogger): SlackConnection {
  const { receiver, listener } = createSlackReceiver({ signingSecret, logger });
  return {
    receiver,
    listener,
    // The operations server listens; Bolt's own is never started.
    start: async () => {},
    stop: async () => {},
    state: () => ({ ok: true }),
  };
}

/** Milliseconds for Slack's hello on a new connection; a deaf one is cut then. */
const HELLO_WITHIN = 30_000;
/** Milliseconds for Slack's answer to our goodbye. */
const GOODBYE_WITHIN = 1_000;
/** Milliseconds before a new connection; doubled each time, up to the second, until one has held for the third. */
const RECONNECT = { first: 200, most: 15_000, held: 10_000 };

/**
 * Reconnects by itself: Bolt's own way waits for 5 s after every orderly goodbye, and once Slack's API cannot be
 * reached it gives up for ever, by a rejection nobody hears.
 */
function overSocket(
  appToken: string,
  { logger, clientOptions }: { logger: BoltLogger; clientOptions: webApi.WebClientOptions },
): SlackConnection {
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    // A copy: the socket's client changes what it is given.
    installerOptions: { clientOptions: { ...clientOptions } },
  });
  const { client } = receiver;
  const stopping = new AbortController();
  let connected = false;
  let ended = Promise.withResolvers<void>();
  let deaf: NodeJS.Timeout | undefined;
  client.on('connecting', () => {
    deaf = setTimeout(hangUp, HELLO_WITHIN);
  });
  client.on('connected', () => {
    clearTimeout(deaf);
    connected = true;
  });
  client.on('disconnected', () => {
    clearTimeout(deaf);
    connected = false;
    ended.resolve();
  });

  async function hangUp(): Promise<void> {
    // Asked twice, the client does not wait for Slack's goodbye any more.
    const late = setTimeout(() => void client.disconnect(), GOODBYE_WITHIN);
    await client.disconnect();
    clearTimeout(late);
  }

  /** Resolves at Slack's hello. @throws when none came */
  async function connect(): Promise<void> {
    ended = Promise.withResolvers();
    await client.start();
    if (stopping.signal.aborted) await hangUp();
  }

  function sayTryingAgain(): void {
    // Why is in the client's own line before this one.
    if (!stopping.signal.aborted) logger.warn('Socket Mode could not connect; trying again');
  }

  async function stayConnected(): Promise<void> {
    for (let tries = 0; !stopping.signal.aborted; tries += 1) {
      const since = Date.now();
      if (connected) await ended.promise;
      if (Date.now() - since >= RECONNECT.held) tries = 0;
      const pause = Math.min(RECONNECT.first * 2 ** tries, RECONNECT.most);
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) await connect().catch(sayTryingAgain);
    }
  }

  return {
    receiver,
    listener: null,
    async start() {
      await connect().catch((error: unknown) => {
        const token =
          'an App-Level Token with connections:write from api.slack.com/apps › your app › Basic Information';
        const refused = refusedToken(error, 'SLACK_APP_TOKEN', token);
        if (refused !== null) throw refused;
        sayTryingAgain();
      });
      void stayConnected();
    },
    async stop() {
      stopping.abort();
      await hangUp();
    },
    state: () =>
      connected && client.websocket?.isActive()
        ? { ok: true }
        : { ok: false, detail: 'Socket Mode is not connected' },
  };
}
