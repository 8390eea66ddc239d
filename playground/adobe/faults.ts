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
  | { readonly kind: 'lose-response' }
  /** Does the work, sends half of the answer, then drops the connection. */
  | { readonly kind: 'half-response' }
  /** Does no work, says nothing for so many milliseconds, then drops the connection. */
  | { readonly kind: 'hang'; readonly ms: number }
  /** Does the work, but answers so many milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Does no work and answers 200 with an HTML page. */
  | { readonly kind: 'garbage' };

/** A fault, what it is put on and how often it strikes (once, unless said otherwise). */
export type InjectedFault = Fault & { readonly on: Operation; readonly times?: number };

/** A fault that holds from when it is switched on until it is switched off. */
interface FaultSwitch {
  readonly id: FaultId;
  readonly label: string;
  /** What exactly happens, in one sentence. */
  readonly about: string;
  /** What becomes of a request; undefined leaves it alone. */
  readonly faultFor: (operation: Operation) => Fault | undefined;
}

const OF_CONSOLE: readonly Operation[] = ['organizations', 'integrations', 'integration', 'status'];

/** The one before wins over those after it. */
const SWITCHES: readonly FaultSwitch[] = [
  {
    id: 'down',
    label: 'Adobe is down',
    about: 'Everything is answered 503, and nothing is done.',
    faultFor: () => ({ kind: 'status', status: 503 }),
  },
  {
    id: 'rate-limited',
    label: 'Too many requests',
    about: 'Everything but the token is answered 429, to be asked again after 10 seconds.',
    faultFor: (operation) =>
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
    faultFor: (operation) => (OF_CONSOLE.includes(operation) ? { kind: 'status', status: 403 } : undefined),
  },
  {
    id: 'start-response-lost',
    label: 'The answer to a start is lost',
    about: 'The migration begins, but the connection breaks before Adobe has said so.',
    faultFor: (operation) => (operation === 'start' ? { kind: 'lose-response' } : undefined),
  },
  {
    id: 'slow',
    label: 'Adobe is slow',
    about: 'Every answer comes 4 seconds late.',
    faultFor: () => ({ kind: 'slow', ms: 4_000 }),
  },
  {
    id: 'migration-fails',
    label: 'Migrations fail',
    about: 'A migration that begins now goes back to NOT_STARTED when its time is over.',
    faultFor: () => undefined,
  },
];

/**
 * What goes wrong: faults ordered for so many requests, and those that are switched on. Each request meets at most
 * one: of the ordered the oldest, and only when none is left for it, of the standing the first in this order: down,
 * rate-limited, refused, start-response-lost, slow. `migration-fails` goes with any of them.
 */
export class Faults {
  #injected: { fault: InjectedFault; left: number }[] = [];
  readonly #on = new Set<FaultId>();

  add(fault: InjectedFault): void {
    this.#injected.push({ fault, left: fault.times ?? 1 });
  }

  /** Forgets what was ordered; what is switched on stays on. */
  clear(): void {
    this.#injected = [];
  }

  switch(id: FaultId, on: boolean): void {
    if (on) this.#on.add(id);
    else this.#on.delete(id);
  }

  isOn(id: FaultId): boolean {
    return this.#on.has(id);
  }

  /** Every fault there is to switch on, with how it stands. */
  get switches(): { id: FaultId; label: string; about: string; on: boolean }[] {
    return SWITCHES.map(({ id, label, about }) => ({ id, label, about, on: this.isOn(id) }));
  }

  /** The fault this request meets, counted off. */
  take(operation: Operation): Fault | undefined {
    const injected = this.#injected.find(({ fault, left }) => fault.on === operation && left > 0);
    if (injected !== undefined) {
      injected.left -= 1;
      return injected.fault;
    }
    for (const { id, faultFor } of SWITCHES) {
      const fault = this.isOn(id) ? faultFor(operation) : undefined;
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}
