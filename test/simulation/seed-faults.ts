import type { MethodName } from '../../src/migrations/steps.ts';
import { CALLS, CRASH_POINTS } from './calls.ts';
import { FAULTS, type Fault } from './faults.ts';

/** What is injected on purpose in one seed, besides what chance injects. */
export interface SeedFaults {
  readonly crashPoints: readonly string[];
  readonly faults: readonly { readonly call: string; readonly fault: Fault }[];
}

/** How many crash points, and how many faults, are assigned to a seed. */
const PER_SEED = 4;
/** The distance between a seed's entries in the list of all, so that they concern different ports. */
const STRIDE = 47;

/** Every fault with every call into which it may be injected. */
const INJECTIONS = CALLS.flatMap((call) => FAULTS.filter(({ on }) => on.test(call)).map((fault) => ({ call, fault })));

/** The fault without which a process hardly ever reaches a crash point. */
const PREREQUISITES = [
  { crashPoint: /noteStartProblem/, call: 'ModelAdobe.start', name: 'start: request lost' },
  { crashPoint: /continueByHand/, call: 'ModelAdobe.start', name: 'start: 401' },
  { crashPoint: /SqlReminderStore.release/, call: 'ModelSlack.postDigest', name: 'Slack: 5xx' },
];

/** Crash points that come after the end of a migration. */
const AFTER_END = /SqlWatchStore/;

/** The method without which a process never reaches a crash point; null: any. */
export function methodOf(seed: number): MethodName | null {
  const points = faultsOf(seed).crashPoints;
  return points.some((point) => /continueByHand/.test(point)) ? 'query-service' : null;
}

/** How much longer faults are injected, so that a process gets past the end of a migration. Milliseconds. */
export function extraFaultsMs({ crashPoints }: SeedFaults): number {
  return crashPoints.some((point) => AFTER_END.test(point)) ? 3 * 60_000 : 0;
}

/**
 * Consecutive seeds take turns, so that rare crash points and faults are tried too. Each round combines them
 * differently, since some keep others from being reached.
 */
export function faultsOf(seed: number): SeedFaults {
  const turn = <T>(all: readonly T[]): T[] => {
    const stride = STRIDE + Math.floor(seed / all.length);
    return Array.from({ length: PER_SEED }, (_, i) => all[(seed + i * stride) % all.length]).filter(
      (each) => each !== undefined,
    );
  };
  const crashPoints = turn(CRASH_POINTS);
  const needed = PREREQUISITES.filter(({ crashPoint }) => crashPoints.some((each) => crashPoint.test(each)));
  const faults = INJECTIONS.filter(({ call, fault }) =>
    needed.some((each) => each.call === call && each.name === fault.name),
  );
  return { crashPoints, faults: [...turn(INJECTIONS), ...faults] };
}
