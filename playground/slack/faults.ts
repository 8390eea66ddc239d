/** What goes wrong with the next calls of a method, instead of or besides Slack's answer. */
export interface Fault {
  /** Slack's error code; the call has no effect. */
  readonly error?: string;
  /** A bare HTTP failure; the call has no effect. */
  readonly httpStatus?: number;
  /** Seconds, for `Retry-After`; alone it means 429. */
  readonly retryAfter?: number;
  /** How long the answer is held back. Alone, the call takes effect: its answer is what is late. */
  readonly hangMs?: number;
  /** How many calls it befalls; default 1. */
  readonly times?: number;
}

export class Faults {
  readonly #pending = new Map<string, { readonly fault: Fault; left: number }[]>();

  add(method: string, fault: Fault): void {
    const queue = this.#pending.get(method) ?? [];
    queue.push({ fault, left: fault.times ?? 1 });
    this.#pending.set(method, queue);
  }

  /** The fault of this call, if one is due. */
  take(method: string): Fault | undefined {
    const queue = this.#pending.get(method);
    const first = queue?.[0];
    if (queue === undefined || first === undefined) return undefined;
    first.left -= 1;
    if (first.left <= 0) queue.shift();
    return first.fault;
  }

  clear(): void {
    this.#pending.clear();
  }
}

/** The bare HTTP answer a fault stands for, if it does. */
export function httpFailure(
  fault: Fault | undefined,
): { status: number; headers: Record<string, string> } | undefined {
  const status = fault?.httpStatus ?? (fault?.retryAfter === undefined ? undefined : 429);
  if (status === undefined) return undefined;
  const retryAfter = fault?.retryAfter;
  return { status, headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) } };
}
