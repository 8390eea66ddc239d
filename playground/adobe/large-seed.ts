import type { MigrationState, Seed, SimulatedCredential } from './organisation.ts';
import { type Plan, schedulesOf, seedCredential, technicalAccountIdOf } from './seed.ts';

/** The first is from the first day of 2021, the ten-thousandth from the end of that year. */
const FIRST_DAY = Date.UTC(2021, 0, 1);
const BETWEEN_MS = 50 * 60 * 1000;

// What is listed twice happens twice as often.
const TEAMS = ['bi', 'crm', 'finance', 'growth', 'ml', 'web'];
const JOBS = ['dashboard', 'etl', 'export', 'extract', 'report', 'sync'];
const OWNERS = [
  'owner@example.com',
  'owner@example.com',
  'owner@example.com',
  'bi-team@example.com',
  'bi-team@example.com',
  'member@example.com',
  'admin@example.com',
  // Has left; was never here; nobody.
  'left@example.com',
  'analytics-agency@example.com',
  null,
];
const SANDBOXES = [['prod'], ['prod'], ['prod'], ['dev'], ['dev'], ['stage'], ['prod', 'dev']];
const STATES: readonly MigrationState[] = [
  ...Array<MigrationState>(12).fill('NOT_STARTED'),
  ...Array<MigrationState>(6).fill('COMPLETED'),
  'NONE',
];
const PLANS: readonly (readonly Plan[])[] = [
  [['Every night', '0 2 * * *']],
  [['Every hour', '0 * * * *']],
  [['Every 15 minutes', '*/15 * * * *']],
  [['Every Monday', '0 6 * * 1']],
  [['Every working day', '30 5 * * 1-5']],
  // Not in use.
  [],
];

/** An organisation of `n` credentials as a large one may look: several owners, every sandbox, a third migrated. */
export function largeOrganisation(n: number): Seed {
  const seeded = Array.from({ length: n }, (_, i) => {
    const number = String(i).padStart(5, '0');
    const choose = chooser(number);
    const name = `${choose(TEAMS)}-${choose(JOBS)}-${number}`;
    const created = new Date(FIRST_DAY + i * BETWEEN_MS);
    const each: SimulatedCredential = {
      ...seedCredential(name, i),
      created,
      lastUpdated: created,
      owner: choose(OWNERS),
      sandboxes: choose(SANDBOXES),
      state: choose(STATES),
    };
    return { each, schedules: schedulesOf(each, choose(PLANS)) };
  });
  return {
    credentials: seeded.map(({ each }) => each),
    otherIntegrations: [],
    schedules: seeded.flatMap(({ schedules }) => schedules),
  };
}

/** Chooses as if by chance, but the same each time for the same text. Good for six choices. */
function chooser(text: string): <Item>(items: readonly Item[]) => Item {
  const digits = technicalAccountIdOf(text);
  let used = 0;
  return (items) => {
    const chosen = items[Number.parseInt(digits.slice(used, used + 4), 16) % items.length];
    if (chosen === undefined) throw new Error('there is nothing to choose from');
    used += 4;
    return chosen;
  };
}
