import type { Logger as BoltLogger, Receiver } from '@slack/bolt';
import type { SlackListener } from '../http/server.ts';
import { createSlackReceiver } from './receiver.ts';
import { Socket, type SocketOptions } from './socket.ts';

export type SlackMode =
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
  settings: { readonly mode: SlackMode },
  options: SocketOptions,
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

function overSocket(appToken: string, options: SocketOptions): SlackConnection {
  const socket = new Socket(appToken, options);
  return {
    receiver: socket,
    listener: null,
    start: () => socket.start(),
    stop: () => socket.stop(),
    state: () => socket.state(),
  };
}
