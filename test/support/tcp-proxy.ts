import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, and breaks the connections as networks do. */
export class TcpProxy {
  /** Whether new connections are ended as soon as they are made. */
  isDown = false;
  /** Connections that are made and lead nowhere until `pass`; null: none is held. */
  #held: Socket[] | null = null;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => this.#connect(client));
  readonly #onClient: (client: Socket) => void;
  readonly #target: { readonly host: string; readonly port: number };

  /** @param onClient called with each connection before its first byte goes on */
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

  /** How many connections go through it. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Ends every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The connections there are carry nothing any more, without a word to either side; new ones work. */
  silence(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** From now on a connection is made and then stands still, before its first byte. */
  hold(): void {
    this.#held = [];
  }

  /** How many are held. */
  get held(): number {
    return this.#held?.length ?? 0;
  }

  /** Lets the held ones and all later ones through. */
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
