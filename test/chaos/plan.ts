import type { InjectedFault } from '../../playground/adobe/faults.ts';
import { Random } from '../support/random.ts';

/** A person asks for a migration and confirms it. */
export interface ConfirmationPlan {
  readonly name: string;
  /** Milliseconds after the start of the trial. */
  readonly at: number;
  /** How many presses are sent at the same moment, each to another instance where there are several. */
  readonly presses: number;
}

/** What a crash waits for. */
export type Event =
  /** A confirmation is being sent. */
  | 'press'
  /** A start has reached Adobe. */
  | 'start'
  /** The bot reads the state of a migration at Adobe. */
  | 'status'
  /** A message is posted or edited in Slack: accepted, without a response yet. */
  | 'post'
  | 'update'
  /** Nothing but time. */
  | 'time';

/** Instances are killed or stopped, and restarted. */
export interface Crash {
  readonly on: Event;
  /** Which of these events, counted from the previous crash on. */
  readonly nth: number;
  /** Milliseconds after the event. */
  readonly delay: number;
  /** The one that last changed a migration's state, a random one, or all at once. */
  readonly victim: 'busiest' | 'any' | 'all';
  readonly signal: 'SIGKILL' | 'SIGTERM';
  /** Milliseconds until it is restarted. */
  readonly downMs: number;
}

/** Everything that a seed decides about a trial; the machine's timing is not part of it. */
export interface Plan {
  readonly seed: number;
  readonly confirmations: readonly ConfirmationPlan[];
  /** In this order. */
  readonly crashes: readonly Crash[];
  readonly adobe: readonly InjectedFault[];
  /** How much later Slack responds to posts and edits. Milliseconds. */
  readonly slackDelayMs: number;
  /** Whether a reminder window is due. */
  readonly hasReminderWindow: boolean;
}

/** Short, since only what happens around the start and the end matters. Seconds. */
export const MIGRATION_SECONDS = 1.5;

/** Mostly around the acts that must not be repeated or lost. */
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

/** The longest delay of a crash after each event. Milliseconds. */
const MAX_DELAY_MS: Readonly<Record<Event, number>> = {
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
    delay: random.chance(0.3) ? 0 : random.between(0, MAX_DELAY_MS[on]),
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
