/** A fault injected into the next calls of a method. */
export interface Fault {
  /** Slack's error code; the call has no effect. */
  readonly error?: string;
  /** An HTTP status with `ok: false`, 200 included; the call has no effect. */
  readonly httpStatus?: number;
  /** `Retry-After` in seconds; on its own it means status 429. */
  readonly retryAfter?: number;
  /** Delay of the response in milliseconds. On its own, the call takes effect and only its response is late. */
  readonly hangMs?: number;
  /** The call takes effect, and the connection breaks before its response. */
  readonly isLost?: boolean;
  /** Only calls for this channel; all when left out. */
  readonly channel?: string;
  /** The number of calls affected; default 1. */
  readonly times?: number;
}

export class Faults {
  readonly #pending = new Map<string, { readonly fault: Fault; left: number }[]>();

  add(method: string, fault: Fault): void {
    const queue = this.#pending.get(method) ?? [];
    queue.push({ fault, left: fault.times ?? 1 });
    this.#pending.set(method, queue);
  }

  /** The fault for the next call of this method, if there is one. */
  take(method: string, channel = ''): Fault | undefined {
    const queue = this.#pending.get(method) ?? [];
    const index = queue.findIndex(({ fault }) => fault.channel === undefined || fault.channel === channel);
    const first = queue[index];
    if (first === undefined) return undefined;
    first.left -= 1;
    if (first.left <= 0) queue.splice(index, 1);
    return first.fault;
  }

  clear(): void {
    this.#pending.clear();
  }
}

/** The HTTP error response of a fault; undefined for other faults. */
export function httpFailure(fault: Fault | undefined): { status: number; headers: Record<string, string> } | undefined {
  const status = fault?.httpStatus ?? (fault?.retryAfter === undefined ? undefined : 429);
  if (status === undefined) return undefined;
  const retryAfter = fault?.retryAfter;
  return { status, headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) } };
}
