import type { InjectedFault } from '../../playground/adobe/faults.ts';
import { Random } from '../support/random.ts';

/** Somebody asks for a migration and says yes to it. */
export interface ConfirmationPlan {
  readonly name: string;
  /** Milliseconds after the beginning. */
  readonly at: number;
  /** How often it is pressed at the same moment, each time on another instance where there are several. */
  readonly presses: number;
}

/** What a death waits for. */
export type Event =
  /** The yes is on its way. */
  | 'press'
  /** A start has arrived at Adobe. */
  | 'start'
  /** Adobe is asked how far a migration is. */
  | 'status'
  /** A message is posted, or edited, in Slack: taken, but not answered yet. */
  | 'post'
  | 'update'
  /** Nothing: the time alone decides. */
  | 'time';

/** Instances are killed, or stopped, and started again. */
export interface Crash {
  readonly on: Event;
  /** At the how many-th of these events from now on. */
  readonly nth: number;
  /** Milliseconds after the event. */
  readonly delay: number;
  /** Whoever moved a migration last, one by chance, or all at once. */
  readonly victim: 'busiest' | 'any' | 'all';
  readonly signal: 'SIGKILL' | 'SIGTERM';
  /** Milliseconds until it is started again. */
  readonly downMs: number;
}

/** All that a seed decides of a trial. The machine's own timing is not among it. */
export interface Plan {
  readonly seed: number;
  readonly confirmations: readonly ConfirmationPlan[];
  /** One after the other. */
  readonly crashes: readonly Crash[];
  readonly adobe: readonly InjectedFault[];
  /** Slack's answers to posts and edits come so many milliseconds late. */
  readonly slackDelayMs: number;
  /** A reminder window is open. */
  readonly hasReminderWindow: boolean;
}

/** Kept short: what is tried are the moments between. Seconds. */
export const MIGRATION_SECONDS = 1.5;

/** Around the acts that must not be done twice or forgotten. */
const EVENTS = [
  'press',
  'press',
  'press',
  'start',
  'start',
  'start',
  'status',
  'status',
  'post',
  'post',
  'update',
  'time',
  'time',
] as const;

/** How late a death comes after each event, at most. Milliseconds. */
const LATEST: Readonly<Record<Event, number>> = {
  press: 150,
  start: 60,
  status: 30,
  post: 30,
  update: 30,
  time: 3_000,
};

export function planOf(seed: number): Plan {
  const random = new Random(seed);
  const confirmations = Array.from({ length: random.between(1, 3) }, (_, i) => ({
    name: `etl-${i + 1}`,
    at: random.between(0, 1_000),
    presses: random.pick([1, 1, 2, 3]),
  }));
  return {
    seed,
    confirmations,
    crashes: Array.from({ length: random.pick([1, 1, 2, 2, 3]) }, () => crash(random)),
    adobe: random.chance(0.4) ? [adobeFault(random)] : [],
    slackDelayMs: random.chance(0.2) ? random.between(50, 500) : 0,
    hasReminderWindow: random.chance(0.2),
  };
}

function crash(random: Random): Crash {
  const on = random.pick(EVENTS);
  return {
    on,
    nth: on === 'time' ? 0 : random.pick([1, 1, 1, 2, 3]),
    delay: random.chance(0.3) ? 0 : random.between(0, LATEST[on]),
    victim: random.pick(['busiest', 'busiest', 'any', 'all']),
    signal: random.pick(['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGTERM']),
    downMs: random.between(0, 1_000),
  };
}

function adobeFault(random: Random): InjectedFault {
  const ms = random.between(100, 1_500);
  return random.pick<InjectedFault>([
    { kind: 'lose-response', on: 'start' },
    { kind: 'half-response', on: 'start' },
    { kind: 'slow', on: 'start', ms },
    { kind: 'hang', on: 'start', ms },
    { kind: 'status', on: 'start', status: 503 },
    { kind: 'status', on: 'status', status: 503, times: random.between(1, 3) },
    { kind: 'hang', on: 'status', ms, times: random.between(1, 2) },
  ]);
}
