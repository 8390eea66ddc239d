import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** How Slack treats one attempt to connect. */
export type Reception =
  /** Connected. */
  | 'open'
  /** The API responds with this instead of an address. */
  | { readonly api: number; readonly body: object; readonly headers?: Readonly<Record<string, string>> }
  /** The API never responds. */
  | 'no response'
  /** The API responds after half a second. */
  | 'late address'
  /** The upgrade is rejected with HTTP 403. */
  | 'rejected'
  /** The upgrade gets no response. */
  | 'no upgrade'
  /** The socket is cut off at the upgrade. */
  | 'cut'
  /** Connected, without a hello. */
  | 'no hello'
  /** Connected, with a hello after a tenth of a second. */
  | 'late hello'
  /** Connected, without a pong for any ping. */
  | 'no pongs'
  /** Connected, with a hello that counts this many connections of the app. */
  | { readonly connections: number }
  /** Connected, and closed with this code after the hello; 1006: cut off. */
  | { readonly close: number };

/** Slack's side of Socket Mode: treats each attempt to connect as scripted in `receptions`, later ones as 'open'. */
export class SocketServer {
  readonly receptions: Reception[] = [];
  /** Requests for an address. */
  tries = 0;
  /** Acks of the app, oldest first. */
  readonly acks: unknown[] = [];
  /** Addresses that were sent late. */
  lateAddresses = 0;
  readonly #sockets = new Set<WebSocket>();
  readonly #http = createServer((_, response) => this.#open(response));
  readonly #byUrl = new Map<string, Reception>();
  apiUrl = '';

  async start(): Promise<void> {
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    this.apiUrl = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.terminate();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Sends a frame to every connection: an object as JSON, text and bytes as they are. */
  send(frame: object | string | Buffer): void {
    const data = typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame);
    for (const socket of this.#sockets) socket.send(data);
  }

  /** Reads nothing more from any connection: no response to a ping or a close. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  close(code: number): void {
    for (const socket of this.#sockets) end(socket, code);
  }

  async #open(response: ServerResponse): Promise<void> {
    this.tries += 1;
    const reception = this.receptions.shift() ?? 'open';
    if (reception === 'no response') return;
    if (typeof reception === 'object' && 'api' in reception) {
      response.writeHead(reception.api, { 'content-type': 'application/json', ...reception.headers });
      response.end(JSON.stringify(reception.body));
      return;
    }
    const path = `/${this.tries}`;
    this.#byUrl.set(path, reception);
    if (reception === 'late address') await delay(500);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: true, url: `${this.apiUrl.replace('http', 'ws').slice(0, -1)}${path}` }));
    if (reception === 'late address') this.lateAddresses += 1;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const reception = this.#byUrl.get(request.url ?? '') ?? 'cut';
    socket.on('error', () => {});
    if (reception === 'no upgrade') {
      onTestFinished(() => void socket.destroy());
      return;
    }
    if (reception === 'cut') {
      socket.destroy();
      return;
    }
    if (reception === 'rejected') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const server = new WebSocketServer({ noServer: true, autoPong: reception !== 'no pongs' });
    server.handleUpgrade(request, socket, head, (ws) => this.#join(ws, reception));
  }

  async #join(ws: WebSocket, reception: Reception): Promise<void> {
    this.#sockets.add(ws);
    ws.on('close', () => this.#sockets.delete(ws));
    ws.on('error', () => ws.terminate());
    ws.on('message', (data) => this.acks.push(JSON.parse(String(data))));
    if (reception === 'no hello') return;
    if (reception === 'late hello') await delay(100);
    const connections = typeof reception === 'object' && 'connections' in reception ? reception.connections : 1;
    ws.send(JSON.stringify({ type: 'hello', num_connections: connections }));
    if (typeof reception === 'object' && 'close' in reception) end(ws, reception.close);
  }
}

function end(ws: WebSocket, code: number): void {
  if (code === 1006) ws.terminate();
  else ws.close(code);
}
