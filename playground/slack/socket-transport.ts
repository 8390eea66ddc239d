import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { clearTimeout, setTimeout } from 'node:timers';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Json, jsonOf, parseJson } from './json.ts';
import { APP_ID } from './state.ts';
import { type Delivery, type DeliveryResult, type Forgery, type Transport, UNREACHABLE } from './transport.ts';

const CLOSE_LIMIT_MS = 500;

const TYPES = { command: 'slash_commands', interactive: 'interactive', event: 'events_api' } as const;

/** Delivers to the app over Socket Mode; the open connections take turns. */
export class SocketTransport implements Transport {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #open: WebSocket[] = [];
  readonly #tickets = new Set<string>();
  readonly #pendingAcks = new Map<string, (payload: unknown) => void>();
  readonly #ackLimitMs: number;
  readonly #onChange: () => void;
  #last: Json | undefined;
  #turn = 0;

  constructor(options: { ackLimitMs: number; onChange: () => void }) {
    this.#ackLimitMs = options.ackLimitMs;
    this.#onChange = options.onChange;
  }

  get connections(): number {
    return this.#open.length;
  }

  /** Issues the ticket that `apps.connections.open` adds to the URL; valid for one connection. */
  newTicket(): string {
    const ticket = randomBytes(12).toString('hex');
    this.#tickets.add(ticket);
    return ticket;
  }

  /** Accepts a WebSocket upgrade with a valid ticket and rejects any other. */
  accept(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(req.url ?? '/', 'ws://localhost').searchParams.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(req, socket, head, (ws) => this.#join(ws));
  }

  #join(ws: WebSocket): void {
    this.#open.push(ws);
    ws.on('message', (data) => this.#onMessage(String(data)));
    ws.on('error', () => ws.terminate());
    ws.on('close', () => {
      this.#leave(ws);
      this.#onChange();
    });
    ws.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#open.length,
        connection_info: { app_id: APP_ID },
        debug_info: { host: 'local-slack' },
      }),
    );
    this.#onChange();
  }

  #leave(ws: WebSocket): void {
    const at = this.#open.indexOf(ws);
    if (at >= 0) this.#open.splice(at, 1);
  }

  #onMessage(text: string): void {
    const ack = jsonOf(parseJson(text));
    this.#pendingAcks.get(String(ack['envelope_id']))?.(ack['payload']);
  }

  deliver(delivery: Delivery, forgery: Forgery): Promise<DeliveryResult> {
    const event = delivery.kind === 'event';
    this.#last = {
      type: TYPES[delivery.kind],
      envelope_id: randomBytes(8).toString('hex'),
      payload: delivery.payload,
      accepts_response_payload: !event,
      ...(forgery.retry === true ? { retry_attempt: 1, retry_reason: 'timeout' } : {}),
    };
    return this.#send(this.#last);
  }

  replay(): Promise<DeliveryResult> {
    if (this.#last === undefined) throw new Error('nothing has been sent yet');
    return this.#send(this.#last);
  }

  #send(envelope: Json): Promise<DeliveryResult> {
    this.#turn += 1;
    const ws = this.#open[this.#turn % this.#open.length];
    if (ws === undefined) return Promise.resolve(UNREACHABLE);
    const id = String(envelope['envelope_id']);
    const started = performance.now();
    return new Promise((resolve) => {
      const settle = (sent: Omit<DeliveryResult, 'ms'>): void => {
        clearTimeout(timer);
        this.#pendingAcks.delete(id);
        resolve({ ...sent, ms: performance.now() - started });
      };
      const timer = setTimeout(() => settle({ status: 0, body: '', error: 'operation_timeout' }), this.#ackLimitMs);
      this.#pendingAcks.set(id, (payload) => settle({ status: 200, body: payload ?? '' }));
      ws.send(JSON.stringify(envelope));
    });
  }

  /** Closes every connection with a disconnect message, as Slack does every few hours; the app should reconnect. */
  disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void {
    for (const ws of [...this.#open]) {
      this.#leave(ws);
      ws.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local-slack' } }));
      ws.close();
    }
    this.#onChange();
  }

  /** Closes every connection and terminates those that do not respond. */
  async stop(): Promise<void> {
    const closing = this.#open.map((ws) => {
      const gone = once(ws, 'close');
      const timer = setTimeout(() => ws.terminate(), CLOSE_LIMIT_MS);
      ws.close(1001);
      return gone.finally(() => clearTimeout(timer));
    });
    await Promise.all(closing);
    this.#server.close();
  }
}
