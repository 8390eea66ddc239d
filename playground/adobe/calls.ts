import type { IncomingMessage } from 'node:http';
import type { PanelCall } from '../panel/contract.ts';
import { redactBody, redactHeaders, redactPath } from './redact.ts';

/** How many calls keep their headers and body. */
const MAX_DETAILED = 2_000;

/** One request that arrived. */
export interface Call {
  readonly at: Date;
  readonly method: string;
  /** With its query; secrets are masked. */
  readonly path: string;
  /** null as long as, or since, nothing was answered. */
  readonly status: number | null;
}

interface RecordedCall extends Call {
  readonly id: number;
  status: number | null;
  /** Milliseconds until it was over, answered or not; null as long as it is not. */
  ms: number | null;
  /** Headers and body, masked; empty when it is too long ago. */
  detail: string;
}

/** A call that is not over yet. */
export interface PendingCall {
  /** What came after the headers. */
  body(text: string): void;
  /** The status that was sent whole, or null when the caller got none. */
  end(status: number | null): void;
}

/** Every call that came, with its secrets masked before they are kept. */
export class CallLog {
  readonly #calls: RecordedCall[] = [];
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Oldest first. */
  get all(): readonly Call[] {
    return this.#calls;
  }

  begin(at: Date, { method = '', url = '', headers }: IncomingMessage): PendingCall {
    const began = performance.now();
    const call: RecordedCall = {
      id: this.#calls.length + 1,
      at,
      method,
      path: redactPath(url),
      status: null,
      ms: null,
      detail: redactHeaders(headers),
    };
    this.#calls.push(call);
    const old = this.#calls[this.#calls.length - 1 - MAX_DETAILED];
    if (old !== undefined) old.detail = '';
    this.#changed();
    return {
      body: (text) => {
        if (text !== '') call.detail += `\n\n${redactBody(headers['content-type'], text)}`;
      },
      end: (status) => {
        call.status = status;
        call.ms = Math.round(performance.now() - began);
        this.#changed();
      },
    };
  }

  /** The last `count` calls for the panel, newest last. */
  last(count: number): PanelCall[] {
    return this.#calls.slice(-count).map(({ id, at, method, path, status, ms, detail }) => {
      const outcome = ms === null ? 'waiting' : status === null ? 'no answer' : String(status);
      return {
        id,
        at: at.toISOString(),
        to: 'Adobe',
        method,
        path,
        outcome,
        ok: ms === null || (status !== null && status < 400),
        detail: ms === null ? detail : `${detail}\n\n${outcome} after ${ms} ms`,
      };
    });
  }
}
