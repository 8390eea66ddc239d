import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { PageAction, PageActionResult, PageState } from './contract.ts';
import { isJsonRequest, readBody, sendJson, sendText } from './http.ts';
import { isJson, parseJson, stringOf } from './json.ts';
import type { State } from './state.ts';

/** What the page's endpoints need of the local Slack. */
export interface PageHost {
  readonly state: State;
  readonly pageDir: string | undefined;
  pageState(userId: string): PageState;
  perform(action: PageAction): Promise<PageActionResult>;
  readonly panel: Panel | undefined;
}

/** What stands beside the Slack on the page, and is none of its business. */
export interface Panel {
  state(find: string): unknown;
  /** Whatever was sent: it is looked at there. */
  perform(action: unknown): Promise<PageActionResult>;
  onChange(listener: (version: number) => void): void;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const SECURITY = {
  'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** The playground's page and its three addresses, for this machine's own browser only. */
export class Page {
  readonly #host: PageHost;
  readonly #readers = new Set<ServerResponse>();

  constructor(host: PageHost) {
    this.#host = host;
    host.state.on('change', (version) => {
      for (const reader of this.#readers) reader.write(`data: ${version}\n\n`);
    });
    host.panel?.onChange((version) => {
      for (const reader of this.#readers) reader.write(`event: panel\ndata: ${version}\n\n`);
    });
  }

  async handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
    // A page elsewhere whose name was made to point here sends its own name: it must learn and do nothing.
    if (!isOwnRequest(req)) sendText(res, 403, 'only from this machine');
    else if (req.method === 'POST' && url.pathname === '/playground/action') await this.#perform(req, res);
    else if (url.pathname === '/playground/panel') await this.#panel(req, res, url);
    else if (req.method !== 'GET') sendText(res, 405, 'GET only');
    else if (url.pathname === '/playground/state') this.#state(res, url.searchParams.get('user'));
    else if (url.pathname === '/playground/events') this.#events(res);
    else await this.#file(res, url.pathname);
  }

  #state(res: ServerResponse, asked: string | null): void {
    const { people } = this.#host.state;
    // Who comes without a name begins as the first of the workspace.
    const userId = asked || (people.keys().next().value ?? '');
    if (people.has(userId)) sendJson(res, 200, this.#host.pageState(userId), SECURITY);
    else sendJson(res, 404, { error: 'nobody has this id' });
  }

  #events(res: ServerResponse): void {
    res.writeHead(200, { ...SECURITY, 'content-type': 'text/event-stream' });
    res.write(`data: ${this.#host.state.version}\n\n`);
    this.#readers.add(res);
    res.on('close', () => this.#readers.delete(res));
  }

  async #perform(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // A form of a foreign page cannot send this type without asking first.
    if (!isJsonRequest(req)) return sendText(res, 415, 'application/json only');
    const action = parseJson(await readBody(req));
    if (!isPageAction(action)) return sendJson(res, 400, { ok: false, error: 'not an actionion' });
    sendJson(res, 200, await this.#host.perform(action), SECURITY);
  }

  async #panel(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
    const { panel } = this.#host;
    if (panel === undefined) sendJson(res, 404, { error: 'nothing stands beside this Slack' });
    else if (req.method === 'GET') {
      sendJson(res, 200, panel.state(url.searchParams.get('find') ?? ''), SECURITY);
    } else if (!isJsonRequest(req)) sendText(res, 415, 'application/json only');
    else sendJson(res, 200, await panel.perform(parseJson(await readBody(req))), SECURITY);
  }

  async #file(res: ServerResponse, path: string): Promise<void> {
    const name = path === '/' ? 'index.html' : path.slice(1);
    const type = TYPES[extname(name)];
    // Plain names only, so that no path leads out of the folder.
    const safe = /^[\w-]+(\.[\w-]+)*(\/[\w-]+(\.[\w-]+)*)*$/.test(name);
    const { pageDir } = this.#host;
    const content =
      pageDir === undefined || !safe || type === undefined
        ? undefined
        : await readFile(join(pageDir, name)).catch(() => undefined);
    if (content === undefined) return sendText(res, 404, 'not found');
    res.writeHead(200, { ...SECURITY, 'content-type': type });
    res.end(content);
  }
}

const KINDS = ['command', 'message', 'read', 'press', 'suggest', 'submit', 'close', 'home'];

/** The kind is looked at here; the rest is refused in words by whoever reads it. */
function isPageAction(value: unknown): value is PageAction {
  return isJson(value) && KINDS.includes(stringOf(value['kind'])) && stringOf(value['user']) !== '';
}

function isOwnRequest(req: IncomingMessage): boolean {
  const host = req.headers.host ?? '';
  const origin = req.headers.origin;
  return (
    /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host) &&
    (origin === undefined || origin === `http://${host}`)
  );
}
