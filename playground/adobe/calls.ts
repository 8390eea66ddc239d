import type { IncomingMessage } from 'node:http';
import type { PanelCall } from '../panel/contract.ts';
import { redactBody, redactHeaders, redactPath } from './redact.ts';

/** The number of latest calls that keep their headers and body. */
const MAX_DETAILED = 2_000;

/** One request received. */
export interface Call {
  readonly at: Date;
  readonly method: string;
  /** With the query; secrets are redacted. */
  readonly path: string;
  /** null until a response was sent; stays null without one. */
  readonly status: number | null;
}

interface RecordedCall extends Call {
  readonly id: number;
  status: number | null;
  /** The duration in milliseconds; null while in progress. */
  ms: number | null;
  /** Headers and body, redacted; empty for older calls. */
  detail: string;
}

/** A call in progress. */
interface PendingCall {
  recordBody(text: string): void;
  /** Records the status of a complete response, or null when the caller received none. */
  end(status: number | null): void;
}

/** Records every call; secrets are redacted before they are stored. */
export class CallLog {
  readonly #calls: RecordedCall[] = [];
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Oldest first. */
  get all(): readonly Call[] {
    return this.#calls;
  }

  begin(at: Date, { method = '', url = '', headers }: IncomingMessage): PendingCall {
    const startedAt = performance.now();
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
    this.#onChange();
    return {
      recordBody: (text) => {
        if (text !== '') call.detail += `\n\n${redactBody(headers['content-type'], text)}`;
      },
      end: (status) => {
        call.status = status;
        call.ms = Math.round(performance.now() - startedAt);
        this.#onChange();
      },
    };
  }

  /** The last `count` calls for the panel, newest last. */
  last(count: number): PanelCall[] {
    return this.#calls.slice(-count).map(({ id, at, method, path, status, ms, detail }) => {
      const outcome = outcomeOf(status, ms);
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

function outcomeOf(status: number | null, ms: number | null): string {
  if (ms === null) return 'pending';
  return status === null ? 'no response' : String(status);
}
