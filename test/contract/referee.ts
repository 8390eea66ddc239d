import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Operation } from './operations.ts';
import { judgeRequest, judgeResponse } from './rules.ts';

/** The operation, and the status of its response; null if no response arrived. */
interface Exchange {
  readonly operation: string;
  status: number | null;
}

/** A proxy between the bot and Adobe that changes nothing and records what the specifications do not allow. */
export class Referee {
  readonly exchanges: Exchange[] = [];
  /** For example `status: the response 200 /migrationStatus must be string`; each once. */
  readonly violations = new Set<string>();
  /** The address of Adobe. */
  upstream = '';
  readonly #servers = (['ims', 'platform', 'console'] as const).map((host) => ({
    host,
    server: createServer((incoming, outgoing) => {
      this.#pass(host, incoming, outgoing).catch(() => outgoing.destroy());
    }),
  }));

  /** Returns the settings that make the bot connect here: an address for each of Adobe's hosts. */
  async start(): Promise<Record<'ADOBE_IMS_URL' | 'ADOBE_PLATFORM_URL' | 'ADOBE_CONSOLE_URL', string>> {
    const urls = await Promise.all(
      this.#servers.map(async ({ server }) => {
        await once(server.listen(0, '127.0.0.1'), 'listening');
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      }),
    );
    const [ims = '', platform = '', console = ''] = urls;
    return { ADOBE_IMS_URL: ims, ADOBE_PLATFORM_URL: platform, ADOBE_CONSOLE_URL: console };
  }

  stop(): void {
    for (const { server } of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  /** The operations that were called, each once, in alphabetical order. */
  get operations(): string[] {
    return [...new Set(this.exchanges.map(({ operation }) => operation))].sort();
  }

  async #pass(host: Operation['host'], incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming;
    const body = await text(incoming);
    const { operation, wrong } = judgeRequest({ host, method, url, headers, body });
    const name = operation?.name ?? `${method} ${host} ${new URL(url, 'http://x').pathname}`;
    for (const each of wrong) this.violations.add(`${name}: the request: ${each}`);
    const exchange: Exchange = { operation: name, status: null };
    this.exchanges.push(exchange);

    const request = send(new URL(url, this.upstream), { method, headers, agent: false });
    outgoing.once('close', () => request.destroy());
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { statusCode: status = 0 } = response;
    const answer = await text(response);
    if (!response.complete) throw new Error('the response broke off');
    exchange.status = status;
    if (operation !== null) {
      for (const each of judgeResponse(operation, { status, headers: response.headers, body: answer }))
        this.violations.add(`${name}: the response: ${each}`);
    }
    outgoing.writeHead(status, response.headers);
    outgoing.end(answer);
  }
}
