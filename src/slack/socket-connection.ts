import https from 'node:https';
import type { AckFn, Logger as BoltLogger } from '@slack/bolt';
import WebSocket from 'ws';
import { z } from 'zod';

/** Time limits of a connection. */
export interface ConnectionLimits {
  /** Between asking Slack for an address and its hello there. */
  readonly helloMs: number;
  /** How long to wait for Slack's response to a ping. */
  readonly pongMs: number;
  /** How long to wait for Slack to complete the closing handshake. */
  readonly goodbyeMs: number;
}

const Envelope = z.object({
  type: z.enum(['events_api', 'slash_commands', 'interactive']),
  envelope_id: z.string(),
  payload: z.record(z.string(), z.unknown()),
  accepts_response_payload: z.boolean().catch(false),
});
/** One request from Slack. Source: https://docs.slack.dev/apis/events-api/using-socket-mode */
export type Envelope = z.output<typeof Envelope>;

const Frame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), num_connections: z.number().catch(1) }),
  z.object({ type: z.literal('disconnect'), reason: z.string().catch('no reason given') }),
  Envelope,
]);

interface ConnectionOptions {
  readonly limits: ConnectionLimits;
  readonly logger: BoltLogger;
  /** Asks Slack for an address, which is good for one connection. */
  readonly fetchAddress: () => Promise<string>;
  /** Called with the number of connections of the app that Slack has open, this one included. */
  readonly onConnectionCount: (connections: number) => void;
  /** `ack` rejects when the connection has closed. Must not throw. */
  readonly onEnvelope: (envelope: Envelope, ack: AckFn<unknown>) => void;
}

/** One Socket Mode connection: connecting, then open from Slack's hello on, then closed for good. */
export class SocketConnection {
  readonly #options: ConnectionOptions;
  readonly #opened = Promise.withResolvers<boolean>();
  readonly #closed = Promise.withResolvers<unknown>();
  readonly #helloTimer: NodeJS.Timeout;
  #pingTimer: NodeJS.Timeout | undefined;
  #socket: WebSocket | undefined;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { helloMs } = options.limits;
    this.#helloTimer = setTimeout(() => this.#end(new Error(`Slack sent no hello within ${helloMs} ms`)), helloMs);
    void this.#connect();
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Resolves with true at Slack's hello, with false when the connection closes before it. */
  get opened(): Promise<boolean> {
    return this.#opened.promise;
  }

  /** Resolves with the error that ended the connection, once no more envelopes are received. */
  get closed(): Promise<unknown> {
    return this.#closed.promise;
  }

  /** Closes the connection in any state and waits until the socket is gone: at most `goodbyeMs`. Never rejects. */
  async close(): Promise<void> {
    this.#end(new Error('the app closed the connection'));
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
    await new Promise((resolve) => socket.once('close', resolve));
  }

  async #connect(): Promise<void> {
    const { fetchAddress, limits } = this.#options;
    try {
      const url = await fetchAddress();
      // Too late for this connection; the address is not used.
      if (this.#state === 'closed') return;
      // `closeTimeout` is missing from the types of ws. Without `agent`, ws would bypass the global agent, and with it
      // the proxy.
      const options: WebSocket.ClientOptions & { closeTimeout: number } = {
        closeTimeout: limits.goodbyeMs,
        ...(url.startsWith('wss:') && { agent: https.globalAgent }),
      };
      const socket = new WebSocket(url, options);
      this.#socket = socket;
      socket.on('open', () => this.#pingRegularly(socket));
      socket.on('message', (data, isBinary) => this.#read(socket, isBinary ? '' : String(data)));
      socket.on('error', (error) => this.#end(error));
      socket.on('close', (code) => this.#end(new Error(`Slack closed the connection with code ${code}`)));
    } catch (error) {
      this.#end(error);
    }
  }

  /** Detects half-closed connections by pings, with at most one unanswered at a time. */
  #pingRegularly(socket: WebSocket): void {
    const { pongMs } = this.#options.limits;
    const ping = () => {
      socket.ping();
      this.#pingTimer = setTimeout(() => this.#end(new Error(`Slack sent no pong within ${pongMs} ms`)), pongMs);
    };
    socket.on('pong', () => {
      clearTimeout(this.#pingTimer);
      if (this.#state !== 'closed') this.#pingTimer = setTimeout(ping, pongMs / 3);
    });
    ping();
  }

  #read(socket: WebSocket, text: string): void {
    // A request that can no longer be acknowledged is left to Slack's redelivery.
    if (this.#state === 'closed') return;
    const frame = parseFrame(text);
    if (frame === null) this.#options.logger.info('a frame from Slack was not understood');
    else if (frame.type === 'disconnect') this.#end(new Error(`Slack asked to reconnect: ${frame.reason}`));
    else if (frame.type === 'hello') this.#open(frame.num_connections);
    else this.#options.onEnvelope(frame, ackOf(socket, frame));
  }

  #open(connections: number): void {
    this.#state = 'open';
    this.#options.onConnectionCount(connections);
    clearTimeout(this.#helloTimer);
    this.#opened.resolve(true);
  }

  #end(error: unknown): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#helloTimer);
    clearTimeout(this.#pingTimer);
    this.#opened.resolve(false);
    this.#closed.resolve(error);
    this.#socket?.close(1000);
  }
}

function parseFrame(text: string): z.output<typeof Frame> | null {
  try {
    return Frame.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function ackOf(socket: WebSocket, envelope: Envelope): AckFn<unknown> {
  return (response) => {
    const payload = typeof response === 'string' ? { text: response } : (response ?? {});
    const { envelope_id, accepts_response_payload } = envelope;
    const frame = JSON.stringify({ envelope_id, ...(accepts_response_payload && { payload }) });
    return new Promise((resolve, reject) => socket.send(frame, (error) => (error ? reject(error) : resolve())));
  };
}
