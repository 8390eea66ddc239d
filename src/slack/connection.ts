import {
  type App,
  type Logger as BoltLogger,
  type Receiver,
  SocketModeReceiver,
  type webApi,
} from '@slack/bolt';
import type { SlackListener } from '../http/server.ts';
import { createSlackReceiver } from '../http/slack.ts';

type Mode =
  | { readonly kind: 'http'; readonly signingSecret: string }
  | { readonly kind: 'socket'; readonly appToken: string };

/** How Slack's requests come in. */
export interface SlackConnection {
  readonly receiver: Receiver;
  /** HTTP mode: what serves them, on our own server. */
  readonly listener: SlackListener | null;
  start(app: App): Promise<void>;
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

function overSocket(
  appToken: string,
  { logger, clientOptions }: { logger: BoltLogger; clientOptions: webApi.WebClientOptions },
): SlackConnection {
  const receiver = new SocketModeReceiver({ appToken, logger, installerOptions: { clientOptions } });
  let connected = false;
  receiver.client.on('connected', () => {
    connected = true;
  });
  for (const event of ['close', 'reconnecting', 'disconnecting', 'disconnected']) {
    receiver.client.on(event, () => {
      connected = false;
    });
  }
  return {
    receiver,
    listener: null,
    start: async (app) => {
      await app.start();
    },
    stop: async () => {
      await receiver.client.disconnect();
    },
    state: () => (connected ? { ok: true } : { ok: false, detail: 'Socket Mode is not connected' }),
  };
}
