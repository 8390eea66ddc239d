import type { FaultId } from '../panel/contract.ts';

/** The operations of the simulated Adobe into which faults are injected. */
export type Operation =
  | 'token'
  | 'accounts'
  | 'organizations'
  | 'integrations'
  | 'integration'
  | 'bindings'
  | 'status'
  | 'start'
  | 'binding'
  | 'finalize'
  | 'unbinding'
  | 'queries'
  | 'schedules'
  | 'runs'
  | 'run';

export type Fault =
  /** Responds with this status instead of processing the request. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Processes the request, then drops the connection without a response. */
  | { readonly kind: 'lose-response' }
  /** Processes the request, sends half of the response, then drops the connection. */
  | { readonly kind: 'half-response' }
  /** Waits `ms` milliseconds without processing the request, then drops the connection. */
  | { readonly kind: 'hang'; readonly ms: number }
  /** Processes the request, but responds `ms` milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Processes the request, but responds once this is resolved. */
  | { readonly kind: 'held'; readonly until: Promise<void> }
  /** Responds 200 with an HTML page instead of processing the request. */
  | { readonly kind: 'garbage' };

/** A fault, the operation it affects and the number of requests (default 1). */
export type InjectedFault = Fault & { readonly on: Operation; readonly times?: number };

/** A fault that lasts from when it is switched on until it is switched off. */
interface FaultSwitch {
  readonly id: FaultId;
  readonly label: string;
  /** Its exact effect, in one sentence. */
  readonly about: string;
  /** The fault of a request; undefined for none. Left out where the organisation's data or its jobs change instead. */
  readonly faultFor?: (operation: Operation, target: Target) => Fault | undefined;
}

/** What a request is about. */
interface Target {
  readonly sandbox?: string;
  /** Of an account or integration. */
  readonly id?: string;
}

const REFUSED: Fault = { kind: 'status', status: 403 };
const UNREADABLE_SANDBOX = 'stage';
/** `bi-nightly`, which is migrated in no scene of twenty credentials. */
const UNREADABLE_INTEGRATION = '100001';

const CONSOLE_CHANGES: readonly Operation[] = ['binding', 'finalize', 'unbinding'];
const CONSOLE_OPERATIONS: readonly Operation[] = [
  ...(['organizations', 'integrations', 'integration', 'bindings', 'status'] as const),
  ...CONSOLE_CHANGES,
];
const JOB_OPERATIONS: readonly Operation[] = ['queries', 'schedules', 'runs', 'run'];
const CHANGING_OPERATIONS: readonly Operation[] = ['start', ...CONSOLE_CHANGES];

/** Earlier ones take precedence. */
const SWITCHES: readonly FaultSwitch[] = [
  {
    id: 'down',
    label: 'Adobe is down',
    about: 'Every request fails with 503 and has no effect.',
    faultFor: () => ({ kind: 'status', status: 503 }),
  },
  {
    id: 'garbage',
    label: 'Something else responds',
    about: 'Every request gets a sign-in page with 200, as from a proxy, and has no effect.',
    faultFor: () => ({ kind: 'garbage' }),
  },
  {
    id: 'paused',
    label: 'Adobe asks for a pause',
    about: 'Every request except the one for a token fails with 429: retry after an hour.',
    faultFor: (operation) => (operation === 'token' ? undefined : tooManyRequests(3_600)),
  },
  {
    id: 'rate-limited',
    label: 'Too many requests',
    about: 'Every request except the one for a token fails with 429: retry after 10 seconds.',
    faultFor: (operation) => (operation === 'token' ? undefined : tooManyRequests(10)),
  },
  {
    id: 'api-missing',
    label: 'The project lacks the I/O Management API',
    about: 'The Console responds 403 with the code 403003; Query Service works.',
    faultFor: (operation) =>
      CONSOLE_OPERATIONS.includes(operation)
        ? { ...REFUSED, body: { error_code: '403003', message: 'Api Key is invalid' } }
        : undefined,
  },
  {
    id: 'refused',
    label: 'The Developer Console denies access',
    about: 'The Console responds 403, as if permissions were missing; Query Service works.',
    faultFor: (operation) => (CONSOLE_OPERATIONS.includes(operation) ? REFUSED : undefined),
  },
  {
    id: 'integration-refused',
    label: 'One integration cannot be read',
    about: `The Console responds 403 about integration ${UNREADABLE_INTEGRATION} alone.`,
    faultFor: (operation, { id }) =>
      CONSOLE_OPERATIONS.includes(operation) && id === UNREADABLE_INTEGRATION ? REFUSED : undefined,
  },
  {
    id: 'sandbox-refused',
    label: 'One sandbox cannot be read',
    about: `The accounts of the sandbox ${UNREADABLE_SANDBOX} alone fail with 403.`,
    faultFor: (operation, { sandbox }) =>
      operation === 'accounts' && sandbox === UNREADABLE_SANDBOX ? REFUSED : undefined,
  },
  {
    id: 'certificates-refused',
    label: 'Certificates cannot be read',
    about: 'The Console responds 403 about each certificate; it is read once.',
    faultFor: (operation) => (operation === 'bindings' ? REFUSED : undefined),
  },
  {
    id: 'account-unreadable',
    label: 'One account cannot be read',
    about: 'The newest account of each sandbox comes with something else in place of its id.',
  },
  {
    id: 'date-unreadable',
    label: 'One date cannot be read',
    about: 'The newest account of each sandbox comes with words in place of the date of its last change.',
  },
  {
    id: 'jobs-unread',
    label: 'Schedules and queries cannot be read',
    about: 'Query Service responds 403 about schedules, their runs and queries; accounts can be read.',
    faultFor: (operation) => (JOB_OPERATIONS.includes(operation) ? REFUSED : undefined),
  },
  {
    id: 'jobs-fail',
    label: 'The jobs of one credential fail',
    about: 'The queries of `tableau-server` have failed since yesterday.',
  },
  {
    id: 'jobs-no-login',
    label: 'The jobs of one credential cannot log in',
    about: 'The runs of `ml-feature-store` have failed since yesterday and left no query.',
  },
  {
    id: 'jobs-fail-after',
    label: 'Jobs fail after their migration',
    about:
      'Every run of a credential that is migrated fails, from its migration on: the thread of the migration says so.',
  },
  {
    id: 'schedule-added',
    label: 'Someone adds a schedule',
    about: 'Every credential has one more schedule, `New job`: what was confirmed before is not started.',
  },
  {
    id: 'no-migrate-path',
    label: 'The call that migrates does not exist',
    about: 'Every start fails with 404; a person can still press Migrate in Adobe.',
    faultFor: (operation) => (operation === 'start' ? { kind: 'status', status: 404 } : undefined),
  },
  {
    id: 'start-response-lost',
    label: 'The response to a start is lost',
    about:
      'The migration starts, or in the Developer Console takes its step, but the connection breaks before the response.',
    faultFor: (operation) => (CHANGING_OPERATIONS.includes(operation) ? { kind: 'lose-response' } : undefined),
  },
  {
    id: 'slow',
    label: 'Adobe is slow',
    about: 'Every response is 4 seconds late.',
    faultFor: () => ({ kind: 'slow', ms: 4_000 }),
  },
  {
    id: 'migration-fails',
    label: 'Migrations fail',
    about:
      'A migration that starts while this is on ends as NOT_STARTED; a step in the Developer Console has no effect.',
  },
];

function tooManyRequests(seconds: number): Fault {
  return {
    kind: 'status',
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body: { error_code: '429050', message: 'Too many requests' },
  };
}

/**
 * Faults injected for a number of requests, and faults that are switched on. Each request meets at most one: the oldest
 * injected one, or else the first that is on, in the order of the panel. Those without `faultFor` combine with any of
 * them.
 */
export class Faults {
  #injected: { fault: InjectedFault; left: number }[] = [];
  readonly #switchedOn = new Set<FaultId>();

  add(fault: InjectedFault): void {
    this.#injected.push({ fault, left: fault.times ?? 1 });
  }

  /** Removes the injected faults; those switched on stay on. */
  clear(): void {
    this.#injected = [];
  }

  switch(id: FaultId, isOn: boolean): void {
    if (isOn) this.#switchedOn.add(id);
    else this.#switchedOn.delete(id);
  }

  isOn(id: FaultId): boolean {
    return this.#switchedOn.has(id);
  }

  /** Every fault that can be switched on, with its state. */
  get switches(): { id: FaultId; label: string; about: string; on: boolean }[] {
    return SWITCHES.map(({ id, label, about }) => ({ id, label, about, on: this.isOn(id) }));
  }

  /** The fault for the next request; uses up an injected one. */
  take(operation: Operation, target: Target = {}): Fault | undefined {
    const injected = this.#injected.find(({ fault, left }) => fault.on === operation && left > 0);
    if (injected !== undefined) {
      injected.left -= 1;
      return injected.fault;
    }
    for (const { id, faultFor } of SWITCHES) {
      const fault = this.isOn(id) ? faultFor?.(operation, target) : undefined;
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}
