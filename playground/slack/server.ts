import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Faults, httpFailure } from './faults.ts';
import { readBytes, readFields, sendJson, sendText } from './http.ts';
import { stringOf } from './json.ts';
import type { Page } from './page.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Uploads } from './uploads.ts';
import type { WebApi } from './web-api.ts';

/** Slack accepts larger files, but nothing here sends any. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

interface Routes {
  readonly webApi: WebApi;
  readonly responseUrls: ResponseUrls;
  readonly uploads: Uploads;
  readonly page: Page;
  readonly faults: Faults;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** One server on loopback: `/api/…`, `/response/…`, Socket Mode's `/link`, and the page. */
export class SlackServer {
  readonly #routes: Routes;
  readonly #server: Server;

  constructor(routes: Routes) {
    this.#routes = routes;
    this.#server = createServer((req, res) => {
      this.#handle(req, res).catch((error: unknown) => {
        // An error of the local Slack itself is printed, or a test would blame the app.
        console.error('local Slack:', error);
        if (!res.headersSent) sendText(res, 500, 'local Slack failed');
      });
    });
    this.#server.on('upgrade', (req, socket, head) => routes.upgrade(req, socket, head));
  }

  /** @returns the port */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        const address: AddressInfo | string | null = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://localhost');
    const [, family, name = ''] = url.pathname.split('/');
    if (family === 'api') await this.#api(req, res, name);
    else if (family === 'response' && req.method === 'POST') await this.#response(req, res, name);
    else if (family === 'upload' && req.method === 'POST') await this.#upload(req, res, name);
    else await this.#routes.page.handle(req, res, url);
  }

  async #api(req: IncomingMessage, res: ServerResponse, method: string): Promise<void> {
    const fields = await readFields(req);
    const bearer = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
    const response = this.#routes.webApi.call(method, fields, bearer ?? stringOf(fields['token']));
    this.#routes.faults.holdBack(response.hangMs, () => {
      if (response.isLost === true) req.socket.destroy();
      else sendJson(res, response.status, response.body, response.headers);
    });
  }

  async #response(req: IncomingMessage, res: ServerResponse, secret: string): Promise<void> {
    const body = await readFields(req);
    const fault = this.#routes.faults.take('response_url', '', body);
    const failure = httpFailure(fault);
    const hangMs = fault?.hangMs ?? 0;
    if (failure !== undefined) {
      this.#routes.responseUrls.record(body, fault?.error ?? String(failure.status));
      this.#routes.faults.holdBack(hangMs, () =>
        sendJson(res, failure.status, { ok: false, error: fault?.error }, failure.headers),
      );
      return;
    }
    const error = fault?.error ?? this.#routes.responseUrls.take(secret, body);
    this.#routes.responseUrls.record(body, error, fault?.blocks !== undefined);
    this.#routes.faults.holdBack(hangMs, () =>
      error === null ? sendJson(res, 200, { ok: true }) : sendText(res, 404, error),
    );
  }

  async #upload(req: IncomingMessage, res: ServerResponse, secret: string): Promise<void> {
    const content = await readBytes(req, MAX_FILE_BYTES);
    const fault = this.#routes.faults.take('upload_url');
    const failure = httpFailure(fault);
    const isAccepted = failure === undefined && this.#routes.uploads.take(secret, content);
    this.#routes.faults.holdBack(fault?.hangMs ?? 0, () =>
      sendText(res, failure?.status ?? (isAccepted ? 200 : 400), isAccepted ? 'OK' : 'failed'),
    );
  }
}
