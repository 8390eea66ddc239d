/** What the simulated Adobe can be asked for; faults are put on these. */
export type Operation =
  | 'token'
  | 'accounts'
  | 'organizations'
  | 'integrations'
  | 'integration'
  | 'status'
  | 'start'
  | 'queries'
  | 'schedules';

export type Fault =
  /** Answers this instead of doing the work. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Does the work, then drops the connection without a word. */
  | { readonly kind: 'lose-answer' }
  /** Does the work, sends half of the answer, then drops the connection. */
  | { readonly kind: 'half-answer' }
  /** Does no work, says nothing for so many milliseconds, then drops the connection. */
  | { readonly kind: 'hang'; readonly ms: number }
  /** Does the work, but answers so many milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Does no work and answers 200 with an HTML page. */
  | { readonly kind: 'garbage' };

/** A fault, what it is put on and how often it strikes (once, unless said otherwise). */
export type FaultOrder = Fault & { readonly on: Operation; readonly times?: number };

/** The faults still to come. Each request meets at most one, the oldest first. */
export class Faults {
  #orders: { fault: FaultOrder; left: number }[] = [];

  add(fault: FaultOrder): void {
    this.#orders.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#orders = [];
  }

  /** The fault this request meets, counted off. */
  take(operation: Operation): Fault | undefined {
    const order = this.#orders.find(({ fault, left }) => fault.on === operation && left > 0);
    if (order !== undefined) order.left -= 1;
    return order?.fault;
  }
}
