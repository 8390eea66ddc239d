import { verifyAudit } from '../../src/audit/store.ts';
import { migrator } from '../support/people.ts';
import { Random } from '../support/random.ts';
import { prepare, startActing } from './actors.ts';
import { faultsOf } from './faults.ts';
import type { FaultRates } from './interceptor.ts';
import { migrationViolations } from './invariants.ts';
import { nextWindowViolations, reminderViolations } from './reminder-invariants.ts';
import { ADMINS, World } from './world.ts';

export interface Run {
  readonly seed: number;
  /** What is wrong; empty when nothing is. */
  readonly violations: readonly string[];
  /** What happened how often. */
  readonly counts: ReadonlyMap<string, number>;
  /** Everything that happened, in order; empty unless asked for. */
  readonly trace: readonly string[];
}

/** Milliseconds. */
const SECOND = 1_000;
const MINUTE = 60_000;
/** In good health everything ends within this. */
const SETTLE_WITHIN = 4 * MINUTE;

const FAULT_RATES: readonly FaultRates[] = [
  { faults: 0.01, crashes: 0 },
  { faults: 0.03, crashes: 0.004 },
  { faults: 0.08, crashes: 0.002 },
  { faults: 0.2, crashes: 0.01 },
];

/** Lives through one seed: some minutes in which everything goes wrong, then peace, then what became of it all. */
export async function runSeed(seed: number, isTraced = false): Promise<Run> {
  const random = new Random(seed);
  const world = await World.open(random, isTraced);
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
  // Somebody must see something to ask for.
  while (!ledger.isSynced) await schedule.step();
  const planned = faultsOf(seed);
  const first = prepare(world, planned);
  const peace = schedule.ms + random.between(50 * SECOND, 2 * MINUTE);
  interceptor.startFaults(random.pick(FAULT_RATES), planned);
  startActing(world, peace, first);
  await world.runUntil(peace);

  world.log(() => 'from now on everything is well');
  interceptor.stopFaults();
  slack.isChannelGone = false;
  world.startAll();
  // What was begun goes on first: a claim lasts 20 s.
  await world.runUntil(schedule.ms + 32 * SECOND);
  // Longer than a question may be answered, and than any call is on its way.
  schedule.idle(11 * MINUTE);
  await world.runUntil(schedule.ms + 11 * MINUTE + SECOND);
  await world.complete(({ reminders }) => reminders.resume(migrator(ADMINS[0])));
  const left = await world.runUntilSettled(SETTLE_WITHIN);
  if (left.length > 0) return left;
  // By the next window Adobe has come to its end too, and that is read and told.
  const served = await nextWindowViolations(world);
  return [
    ...ledger.unexpectedErrors,
    ...(await migrationViolations(world)),
    ...reminderViolations(world),
    ...served,
    // However many processes wrote, and died while writing: one chain.
    ...(await verifyAudit(world.db, null)).findings,
  ];
}
