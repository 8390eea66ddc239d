import { verifyAudit } from '../../src/audit/verification.ts';
import { migrator } from '../support/people.ts';
import { Random } from '../support/random.ts';
import { letPeopleAct, prepare } from './actors.ts';
import { troublesOf } from './faults.ts';
import { migrationViolations } from './invariants.ts';
import { nextWindowViolations, reminderViolations } from './reminder-invariants.ts';
import type { Weather } from './wire.ts';
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
const PATIENCE = 4 * MINUTE;

const WEATHERS: readonly Weather[] = [
  { faults: 0.01, deaths: 0 },
  { faults: 0.03, deaths: 0.004 },
  { faults: 0.08, deaths: 0.002 },
  { faults: 0.2, deaths: 0.01 },
];

/** Lives through one seed: some minutes in which everything goes wrong, then peace, then what became of it all. */
export async function runSeed(seed: number, isTraced = false): Promise<Run> {
  const random = new Random(seed);
  const world = await World.open(random, isTraced);
  try {
    const violations = await live(world, seed);
    return { seed, violations, counts: world.counts, trace: world.trace };
  } finally {
    await world.db.destroy();
  }
}

async function live(world: World, seed: number): Promise<string[]> {
  const { random, schedule, wire, slack, ledger } = world;
  world.startAll();
  // Somebody must see something to ask for.
  while (!ledger.isAdobeRead) await schedule.step();
  const troubles = troublesOf(seed);
  const first = prepare(world, troubles);
  const peace = schedule.ms + random.between(50 * SECOND, 2 * MINUTE);
  wire.worsen(random.pick(WEATHERS), troubles);
  letPeopleAct(world, peace, first);
  await world.runUntil(peace);

  world.log(() => 'from now on everything is well');
  wire.calm();
  slack.isChannelGone = false;
  world.startAll();
  // What was begun goes on first: a claim lasts 20 s.
  await world.runUntil(schedule.ms + 32 * SECOND);
  // Longer than a question may be answered, and than any call is on its way.
  schedule.idle(11 * MINUTE);
  await world.runUntil(schedule.ms + 11 * MINUTE + SECOND);
  await world.ask(({ reminders }) => reminders.resume(migrator(ADMINS[0])));
  const left = await world.rest(PATIENCE);
  if (left.length > 0) return left;
  // By the next window Adobe has come to its end too, and that is read and told.
  const served = await nextWindowViolations(world);
  return [
    ...ledger.mistakes,
    ...(await migrationViolations(world)),
    ...reminderViolations(world),
    ...served,
    // However many processes wrote, and died while writing: one chain.
    ...(await verifyAudit(world.db, null)).damage,
  ];
}
