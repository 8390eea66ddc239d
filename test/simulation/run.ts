import { verifyAudit } from '../../src/audit/store.ts';
import { migrator } from '../support/people.ts';
import { Random } from '../support/random.ts';
import { prepare, startActing } from './actors.ts';
import type { FaultRates } from './interceptor.ts';
import { migrationViolations } from './invariants.ts';
import { nextWindowViolations, reminderViolations } from './reminder-invariants.ts';
import { extraFaultsMs, faultsOf, methodOf } from './seed-faults.ts';
import { ADMINS, World } from './world.ts';

export interface Run {
  readonly seed: number;
  /** Invariants that do not hold; empty if all do. */
  readonly violations: readonly string[];
  /** How often each thing happened. */
  readonly counts: ReadonlyMap<string, number>;
  /** Everything that happened, in order; empty unless traced. */
  readonly trace: readonly string[];
}

/** Milliseconds. */
const SECOND = 1_000;
const MINUTE = 60_000;
/** Without faults everything ends within this time. */
const SETTLE_WITHIN_MS = 4 * MINUTE;

/** After this time even the latest step has taken effect, and a sync has read that. */
const LATE_MS = 4 * MINUTE;

const FAULT_RATES: readonly FaultRates[] = [
  { faults: 0.01, crashes: 0 },
  { faults: 0.03, crashes: 0.004 },
  { faults: 0.08, crashes: 0.002 },
  { faults: 0.2, crashes: 0.01 },
];

/** Runs one seed: a minute or two with faults, then recovery without, then the invariants. */
export async function runSeed(seed: number, isTraced = false): Promise<Run> {
  const random = new Random(seed);
  const world = await World.open(random, isTraced, methodOf(seed));
  try {
    const violations = await simulate(world, seed);
    return { seed, violations, counts: world.counts, trace: world.trace };
  } finally {
    await world.db.destroy();
  }
}

async function simulate(world: World, seed: number): Promise<string[]> {
  const { random, schedule, interceptor, slack, ledger } = world;
  world.startAll();
  // Without a first sync there is nothing to migrate.
  while (!ledger.isSynced) await schedule.step();
  const planned = faultsOf(seed);
  const first = prepare(world, planned);
  const faultsEnd = schedule.ms + random.between(50 * SECOND, 2 * MINUTE) + extraFaultsMs(planned);
  interceptor.startFaults(random.pick(FAULT_RATES), planned);
  startActing(world, faultsEnd, first);
  await world.runUntil(faultsEnd);

  world.log(() => 'no faults from now on');
  interceptor.stopFaults();
  slack.isChannelGone = false;
  world.startAll();
  // Interrupted reminders resume first: a claim lasts 20 s.
  await world.runUntil(schedule.ms + 32 * SECOND);
  // Longer than any request is valid and any call is in transit.
  const validMs = (world.settings.requireSecondPerson ? 61 : 11) * MINUTE;
  schedule.idle(validMs);
  await world.runUntil(schedule.ms + validMs + SECOND);
  await world.complete(({ reminders }) => reminders.resume(migrator(ADMINS[0])));
  const left = await world.runUntilSettled(SETTLE_WITHIN_MS);
  if (left.length > 0) return left;
  if (world.settings.method === 'developer-console') {
    // A step that the Console begins late makes a credential Unfinished, and the next window reminds people of it.
    await world.runUntil(schedule.ms + LATE_MS);
    const late = await world.runUntilSettled(SETTLE_WITHIN_MS);
    if (late.length > 0) return late;
  }
  // By the next window Adobe has ended every migration, and a sync has read that.
  const served = await nextWindowViolations(world);
  return [
    ...ledger.unexpectedErrors,
    ...(await migrationViolations(world)),
    ...reminderViolations(world),
    ...served,
    // One hash chain, however many processes wrote to it or crashed while writing.
    ...(await verifyAudit(world.db, null)).findings,
  ];
}
