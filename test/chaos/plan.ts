import type { InjectedFault, Operation } from '../../playground/adobe/faults.ts';
import type { MethodName } from '../../src/migrations/steps.ts';
import { Random } from '../support/random.ts';

/** A person asks for a migration and confirms it. */
export interface ConfirmationPlan {
  readonly name: string;
  /** Milliseconds after the start of the trial. */
  readonly at: number;
  /** How many presses are sent at the same moment, each to another instance where there are several. */
  readonly presses: number;
  /** How the person ends what is begun in the Developer Console. */
  readonly lastStep: 'finish' | 'cancel';
  /** Whether the person leaves a hand-off for now, instead of pressing Migrate in Adobe. */
  readonly isLeft: boolean;
  /** Whether the question asks for the typed name; it may do so, too, if a disturbance kept production unread. */
  readonly isInProduction: boolean;
}

/** What a disturbance waits for. */
export type Event =
  /** A confirmation is being sent. */
  | 'press'
  /** A request that changes something has reached Adobe, or a person presses Migrate there. */
  | 'start'
  /** The bot reads the state of a migration at Adobe. */
  | 'status'
  /** A message is posted or edited in Slack: accepted, without a response yet. */
  | 'post'
  | 'update'
  /** Only time passes. */
  | 'time';

/** The instance that last changed a migration's state, a random one, or all at once. */
export type Victim = 'busiest' | 'any' | 'all';

/** PostgreSQL ends all connections, stops responding on existing ones, or is down for a while; SQLite's file is locked. */
export type DatabaseFault = 'killed' | 'silent' | 'down';

/** What is done to instances, or to the database under them. */
export type Disturbing =
  /** Ended by SIGKILL or SIGTERM, and restarted after this time. Milliseconds. */
  | { readonly kind: 'kill' | 'stop'; readonly victim: Victim; readonly downMs: number }
  /** Suspended by SIGSTOP for this time, then resumed. Milliseconds. */
  | { readonly kind: 'pause'; readonly victim: Victim; readonly forMs: number }
  | { readonly kind: 'database'; readonly fault: DatabaseFault; readonly forMs: number };

/** An act, and the moment it waits for. */
export interface Disturbance {
  readonly on: Event;
  /** Which of these events, counted from the previous disturbance on. */
  readonly nth: number;
  /** Milliseconds after the event. */
  readonly delay: number;
  readonly act: Disturbing;
}

/** Everything that a seed decides about a trial; the machine's timing is not part of it. */
export interface Plan {
  readonly seed: number;
  readonly method: MethodName;
  readonly confirmations: readonly ConfirmationPlan[];
  /** In this order. */
  readonly disturbances: readonly Disturbance[];
  readonly adobe: readonly InjectedFault[];
  /** How much later Slack responds to posts and edits. Milliseconds. */
  readonly slackDelayMs: number;
  /** Whether a reminder window is due. */
  readonly hasReminderWindow: boolean;
  /** How Slack treats channel posts: rejects each with a code, or fails the first with 503; null: accepts all. */
  readonly channel: { readonly error: string } | { readonly failures: number } | null;
  /** How many responses to edits are lost, after one to a post, though Slack carried the edits out; 0: none is lost. */
  readonly lostResponses: number;
  /** Whether a gateway answers 504 in their place. */
  readonly isGateway: boolean;
  /** Whether Slack and Adobe are reached through a proxy. */
  readonly isProxied: boolean;
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

/** Codes that Slack documents for a channel, one that it does not, and one that does not exist yet. */
const CHANNEL_ERRORS = ['not_in_channel', 'is_archived', 'restricted_action_thread_only_channel', 'a_rule_of_tomorrow'];

/** Each failure doubles the time to the next attempt: these are over well before an end must be shown. */
const MOST_FAILURES = 4;

/** The longest delay of a disturbance after each event. Milliseconds. */
const MAX_DELAY_MS: Readonly<Record<Event, number>> = {
  press: 150,
  start: 60,
  status: 30,
  post: 30,
  update: 30,
  time: 3_000,
};

export function planOf(seed: number, method: MethodName): Plan {
  const random = new Random(seed);
  const confirmations = Array.from({ length: random.between(1, 3) }, (_, i) => ({
    name: `etl-${i + 1}`,
    at: random.between(0, 1_000),
    presses: random.pick([1, 1, 2, 3]),
    lastStep: random.pick(['finish', 'finish', 'cancel'] as const),
    isLeft: random.chance(0.2),
    isInProduction: random.chance(0.25),
  }));
  // A migration of two steps lasts twice as long.
  const times = method === 'developer-console' ? [2, 2, 3, 3, 4] : [1, 1, 2, 2, 3];
  const disturbances = Array.from({ length: random.pick(times) }, () => disturbance(random));
  const channel = channelFault(random);
  const lostResponses = random.chance(0.2) ? random.between(1, 3) : 0;
  return {
    seed,
    method,
    confirmations,
    disturbances,
    adobe: random.chance(0.4) ? [adobeFault(random, method)] : [],
    slackDelayMs: random.chance(0.2) ? random.between(50, 500) : 0,
    // A digest has nowhere else to go, and one whose response is lost is posted again.
    hasReminderWindow: channel === null && lostResponses === 0 && random.chance(0.25),
    channel,
    lostResponses,
    isProxied: random.chance(0.2),
    isGateway: lostResponses > 0 && random.chance(0.4),
  };
}

function channelFault(random: Random): Plan['channel'] {
  const kind = random.between(1, 8);
  if (kind === 1) return { error: random.pick(CHANNEL_ERRORS) };
  return kind === 2 ? { failures: random.between(1, MOST_FAILURES) } : null;
}

function disturbance(random: Random): Disturbance {
  const on = random.pick(EVENTS);
  return {
    on,
    nth: on === 'time' ? 0 : random.pick([1, 1, 1, 2, 3]),
    delay: random.chance(0.3) ? 0 : random.between(0, MAX_DELAY_MS[on]),
    act: act(random),
  };
}

function act(random: Random): Disturbing {
  const victim = random.pick<Victim>(['busiest', 'busiest', 'any', 'all']);
  const kind = random.pick([
    'kill',
    'kill',
    'kill',
    'kill',
    'kill',
    'stop',
    'pause',
    'pause',
    'database',
    'database',
  ] as const);
  switch (kind) {
    case 'kill':
    case 'stop':
      return { kind, victim, downMs: random.between(0, 1_000) };
    case 'pause':
      return {
        kind,
        victim,
        forMs: random.between(
          ...random.pick<[number, number]>([
            [100, 2_000],
            [2_000, 6_000],
            [11_000, 16_000],
          ]),
        ),
      };
    case 'database':
      return {
        kind,
        fault: random.pick<DatabaseFault>(['killed', 'silent', 'down']),
        forMs: random.between(200, 6_000),
      };
  }
}

/** The requests that change something at Adobe. */
const CHANGES: Readonly<Record<MethodName, readonly Operation[]>> = {
  'query-service': ['start'],
  'developer-console': ['binding', 'finalize', 'unbinding'],
  'hand-off': [],
};

function adobeFault(random: Random, method: MethodName): InjectedFault {
  const ms = random.between(100, 1_500);
  const changes = CHANGES[method];
  const ofStatus: readonly InjectedFault[] = [
    { kind: 'status', on: 'status', status: 503, times: random.between(1, 3) },
    { kind: 'hang', on: 'status', ms, times: random.between(1, 2) },
  ];
  if (changes.length === 0) return random.pick(ofStatus);
  const on = random.pick(changes);
  return random.pick<InjectedFault>([
    { kind: 'lose-response', on },
    { kind: 'half-response', on },
    { kind: 'slow', on, ms },
    { kind: 'hang', on, ms },
    { kind: 'status', on, status: 503 },
    // The path does not exist, or there is nothing that this step could act on.
    { kind: 'status', on, status: 404, times: random.between(1, 3) },
    ...ofStatus,
  ]);
}
