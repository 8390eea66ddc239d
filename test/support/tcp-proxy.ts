import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy between a client and a server that breaks connections as networks do. */
export class TcpProxy {
  /** Whether new connections are ended as soon as they are made. */
  isDown = false;
  /** Connections that were accepted but are not connected onwards until `pass`; null: connections are not held. */
  #held: Socket[] | null = null;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => this.#connect(client));
  readonly #onClient: (client: Socket) => void;
  readonly #target: { readonly host: string; readonly port: number };

  /** @param onClient called with each connection before its first byte is forwarded */
  constructor(host: string, port: number, onClient: (client: Socket) => void = () => {}) {
    this.#target = { host, port };
    this.#onClient = onClient;
  }

  /** Listens on a free port, which it returns. */
  async start(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** How many connections pass through it now. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Ends every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Existing connections no longer carry anything, and neither side notices; new ones work. */
  silence(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** From now on, connections are accepted and then held before their first byte. */
  hold(): void {
    this.#held = [];
  }

  /** How many connections are held. */
  get held(): number {
    return this.#held?.length ?? 0;
  }

  /** Lets all held and all later connections through. */
  pass(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const client of held) this.#connect(client);
  }

  #connect(client: Socket): void {
    if (this.#held !== null) return void this.#held.push(client);
    if (this.isDown) return void client.destroy();
    const server = connect(this.#target);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    this.#onClient(client);
    client.pipe(server).pipe(client);
  }
}
