import type { FaultId } from '../panel/contract.ts';

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

/** A fault that holds from when it is switched on until it is switched off. */
interface StandingFault {
  readonly id: FaultId;
  readonly label: string;
  /** What exactly happens, in one sentence. */
  readonly about: string;
  /** What becomes of a request; undefined leaves it alone. */
  readonly strike: (operation: Operation) => Fault | undefined;
}

const OF_CONSOLE: readonly Operation[] = ['organizations', 'integrations', 'integration', 'status'];

/** The one before wins over those after it. */
const STANDING: readonly StandingFault[] = [
  {
    id: 'down',
    label: 'Adobe is down',
    about: 'Everything is answered 503, and nothing is done.',
    strike: () => ({ kind: 'status', status: 503 }),
  },
  {
    id: 'rate-limited',
    label: 'Too many requests',
    about: 'Everything but the token is answered 429, to be asked again after 10 seconds.',
    strike: (operation) =>
      operation === 'token'
        ? undefined
        : {
            kind: 'status',
            status: 429,
            headers: { 'retry-after': '10' },
            body: { error_code: '429050', message: 'Too many requests' },
          },
  },
  {
    id: 'refused',
    label: 'The Developer Console refuses',
    about: 'The Console answers 403, as when the rights are missing; Query Service works.',
    strike: (operation) => (OF_CONSOLE.includes(operation) ? { kind: 'status', status: 403 } : undefined),
  },
  {
    id: 'start-answer-lost',
    label: 'The answer to a start is lost',
    about: 'The migration begins, but the connection breaks before Adobe has said so.',
    strike: (operation) => (operation === 'start' ? { kind: 'lose-answer' } : undefined),
  },
  {
    id: 'slow',
    label: 'Adobe is slow',
    about: 'Every answer comes 4 seconds late.',
    strike: () => ({ kind: 'slow', ms: 4_000 }),
  },
  {
    id: 'migration-fails',
    label: 'Migrations fail',
    about: 'A migration that begins now goes back to NOT_STARTED when its time is over.',
    strike: () => undefined,
  },
];

/**
 * What goes wrong: faults ordered for so many requests, and those that are switched on. Each request meets at most
 * one: of the ordered the oldest, and only when none is left for it, of the standing the first in this order: down,
 * rate-limited, refused, start-answer-lost, slow. `migration-fails` goes with any of them.
 */
export class Faults {
  #orders: { fault: FaultOrder; left: number }[] = [];
  readonly #on = new Set<FaultId>();

  add(fault: FaultOrder): void {
    this.#orders.push({ fault, left: fault.times ?? 1 });
  }

  /** Forgets what was ordered; what is switched on stays on. */
  clear(): void {
    this.#orders = [];
  }

  switch(id: FaultId, on: boolean): void {
    if (on) this.#on.add(id);
    else this.#on.delete(id);
  }

  isOn(id: FaultId): boolean {
    return this.#on.has(id);
  }

  /** Every fault there is to switch on, with how it stands. */
  get standing(): { id: FaultId; label: string; about: string; on: boolean }[] {
    return STANDING.map(({ id, label, about }) => ({ id, label, about, on: this.isOn(id) }));
  }

  /** The fault this request meets, counted off. */
  take(operation: Operation): Fault | undefined {
    const order = this.#orders.find(({ fault, left }) => fault.on === operation && left > 0);
    if (order !== undefined) {
      order.left -= 1;
      return order.fault;
    }
    for (const { id, strike } of STANDING) {
      const fault = this.isOn(id) ? strike(operation) : undefined;
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}
