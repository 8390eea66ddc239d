import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { clearTimeout, setTimeout } from 'node:timers';
import { parseJson } from './json.ts';
import type { Delivery, DeliveryResult, Forgery, Transport } from './transport.ts';

interface SignedRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Delivers to the app by HTTP, signed as Slack signs (v0). */
export class HttpTransport implements Transport {
  readonly #url: () => string;
  readonly #signingSecret: string;
  readonly #ackLimitMs: number;
  // Keep-alive connections would delay the app's shutdown.
  readonly #agent = new Agent({ keepAlive: false });
  #last: SignedRequest | undefined;

  constructor(options: { url: () => string; signingSecret: string; ackLimitMs: number }) {
    this.#url = options.url;
    this.#signingSecret = options.signingSecret;
    this.#ackLimitMs = options.ackLimitMs;
  }

  deliver(delivery: Delivery, forgery: Forgery): Promise<DeliveryResult> {
    this.#last = this.#sign(delivery, forgery);
    return this.#send(this.#last);
  }

  replay(): Promise<DeliveryResult> {
    if (this.#last === undefined) throw new Error('nothing has been sent yet');
    return this.#send(this.#last);
  }

  #sign(delivery: Delivery, forgery: Forgery): SignedRequest {
    const body = encode(delivery);
    // Bolt compares with the machine's clock, not with the workspace's.
    const timestamp = forgery.timestamp ?? String(Math.floor(Date.now() / 1000));
    const hmac = createHmac('sha256', this.#signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    return {
      body,
      headers: {
        'content-type': delivery.kind === 'event' ? 'application/json' : 'application/x-www-form-urlencoded',
        'content-length': String(Buffer.byteLength(body)),
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': forgery.signature ?? `v0=${hmac}`,
        ...(forgery.retry === true ? { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' } : {}),
      },
    };
  }

  #send({ body, headers }: SignedRequest): Promise<DeliveryResult> {
    const started = performance.now();
    return new Promise((resolve) => {
      const settle = (sent: Omit<DeliveryResult, 'ms'>): void => {
        clearTimeout(timer);
        resolve({ ...sent, ms: performance.now() - started });
      };
      const req = request(this.#url(), { method: 'POST', headers, agent: this.#agent }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => {
          const status = res.statusCode ?? 0;
          const response = decode(Buffer.concat(chunks).toString());
          if (status >= 200 && status < 300) settle({ status, body: response });
          else settle({ status, body: response, error: 'dispatch_failed' });
        });
      });
      const timer = setTimeout(() => {
        settle({ status: 0, body: '', error: 'operation_timeout' });
        req.destroy();
      }, this.#ackLimitMs);
      req.on('error', () => settle({ status: 0, body: '', error: 'dispatch_failed' }));
      req.end(body);
    });
  }
}

function encode({ kind, payload }: Delivery): string {
  if (kind === 'event') return JSON.stringify(payload);
  if (kind === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const fields = Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]);
  return new URLSearchParams(fields).toString();
}

function decode(text: string): unknown {
  return /^\s*[{[]/.test(text) ? (parseJson(text) ?? text) : text;
}
