import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { z } from 'zod';
import type { PageAction, PageActionResult, PageState } from './contract.ts';
import { isJsonRequest, readBody, sendJson, sendText } from './http.ts';
import { parseJson } from './json.ts';
import { pageActionSchema } from './page-action-schema.ts';
import type { State } from './state.ts';

/** What the page's endpoints need of the local Slack. */
interface PageHost {
  readonly state: State;
  readonly pageDir: string | undefined;
  pageState(userId: string): PageState;
  perform(action: PageAction): Promise<PageActionResult>;
  readonly panel: Panel | undefined;
}

/** The column beside the Slack on the page; the local Slack only passes its data on. */
export interface Panel {
  state(find: string): unknown;
  /** Takes unvalidated input. */
  perform(action: unknown): Promise<PageActionResult>;
  onChange(listener: (version: number) => void): void;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const SHARED_FILES = '/playground/file/';

const SECURITY = {
  'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** Serves the playground's page and its API, to browsers on this machine only. */
export class Page {
  readonly #host: PageHost;
  readonly #subscribers = new Set<ServerResponse>();

  constructor(host: PageHost) {
    this.#host = host;
    host.state.on('change', (version) => {
      for (const subscriber of this.#subscribers) subscriber.write(`data: ${version}\n\n`);
    });
    host.panel?.onChange((version) => {
      for (const subscriber of this.#subscribers) subscriber.write(`event: panel\ndata: ${version}\n\n`);
    });
  }

  async handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
    // Against DNS rebinding: a foreign page whose name resolves to this machine sends its own host.
    if (!isOwnRequest(req)) sendText(res, 403, 'only from this machine');
    else if (req.method === 'POST' && url.pathname === '/playground/action') await this.#perform(req, res);
    else if (url.pathname === '/playground/panel') await this.#panel(req, res, url);
    else if (req.method !== 'GET') sendText(res, 405, 'GET only');
    else if (url.pathname === '/playground/state') this.#state(res, url.searchParams.get('user'));
    else if (url.pathname === '/playground/events') this.#events(res);
    else if (url.pathname.startsWith(SHARED_FILES)) this.#sharedFile(res, url.pathname.slice(SHARED_FILES.length));
    else await this.#staticFile(res, url.pathname);
  }

  #state(res: ServerResponse, requested: string | null): void {
    const { people } = this.#host.state;
    // A new visitor starts as the first person of the workspace.
    const userId = requested || (people.keys().next().value ?? '');
    if (people.has(userId)) sendJson(res, 200, this.#host.pageState(userId), SECURITY);
    else sendJson(res, 404, { error: 'no user has this id' });
  }

  #events(res: ServerResponse): void {
    res.writeHead(200, { ...SECURITY, 'content-type': 'text/event-stream' });
    res.write(`data: ${this.#host.state.version}\n\n`);
    this.#subscribers.add(res);
    res.on('close', () => this.#subscribers.delete(res));
  }

  async #perform(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // A foreign page cannot send this content type without a preflight request.
    if (!isJsonRequest(req)) return sendText(res, 415, 'application/json only');
    const action = pageActionSchema.safeParse(parseJson(await readBody(req)));
    if (action.success) sendJson(res, 200, await this.#host.perform(action.data), SECURITY);
    else sendJson(res, 400, { ok: false, error: `not an action of the page: ${z.prettifyError(action.error)}` });
  }

  async #panel(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
    const { panel } = this.#host;
    if (panel === undefined) sendJson(res, 404, { error: 'this Slack has no panel' });
    else if (req.method === 'GET') {
      sendJson(res, 200, panel.state(url.searchParams.get('find') ?? ''), SECURITY);
    } else if (!isJsonRequest(req)) sendText(res, 415, 'application/json only');
    else sendJson(res, 200, await panel.perform(parseJson(await readBody(req))), SECURITY);
  }

  /** Serves a file that the app shared as a download, never as a page. */
  #sharedFile(res: ServerResponse, id: string): void {
    const file = this.#host.state.messages.flatMap(({ files }) => files).find((each) => each.id === id);
    if (file === undefined) sendText(res, 404, 'not found');
    else {
      const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`;
      res.writeHead(200, {
        ...SECURITY,
        'content-type': 'application/octet-stream',
        'content-disposition': disposition,
      });
      res.end(file.content);
    }
  }

  async #staticFile(res: ServerResponse, path: string): Promise<void> {
    const name = path === '/' ? 'index.html' : path.slice(1);
    const type = TYPES[extname(name)];
    // Allows plain names only, so that no path leads out of the folder.
    const isSafe = /^[\w-]+(\.[\w-]+)*(\/[\w-]+(\.[\w-]+)*)*$/.test(name);
    const { pageDir } = this.#host;
    if (pageDir === undefined || !isSafe || type === undefined) return sendText(res, 404, 'not found');
    const content = await readFile(join(pageDir, name)).catch(() => undefined);
    if (content === undefined) return sendText(res, 404, 'not found');
    res.writeHead(200, { ...SECURITY, 'content-type': type });
    res.end(content);
  }
}

function isOwnRequest(req: IncomingMessage): boolean {
  const host = req.headers.host ?? '';
  const origin = req.headers.origin;
  return (
    /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host) && (origin === undefined || origin === `http://${host}`)
  );
}
