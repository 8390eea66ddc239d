import type { MigrationState, Seed, SimulatedCredential } from './organisation.ts';
import { type Plan, schedulesOf, seedCredential, technicalAccountIdOf } from './seed.ts';

/** The first credential was created on the first day of 2021, the ten-thousandth at the end of that year. */
const FIRST_DAY = Date.UTC(2021, 0, 1);
const CREATION_INTERVAL_MS = 50 * 60 * 1000;

// Repeated entries are chosen more often.
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
  // Has left; not in the workspace; none.
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
  // Unused.
  [],
];

/** A realistic large organisation of `n` credentials: several owners, every sandbox, a third migrated. */
export function largeOrganisation(n: number): Seed {
  const seeded = Array.from({ length: n }, (_, i) => {
    const number = String(i).padStart(5, '0');
    const choose = chooser(number);
    const name = `${choose(TEAMS)}-${choose(JOBS)}-${number}`;
    const created = new Date(FIRST_DAY + i * CREATION_INTERVAL_MS);
    const credential: SimulatedCredential = {
      ...seedCredential(name, i),
      created,
      lastUpdated: created,
      owner: choose(OWNERS),
      sandboxes: choose(SANDBOXES),
      state: choose(STATES),
    };
    return { credential, schedules: schedulesOf(credential, choose(PLANS)) };
  });
  return {
    credentials: seeded.map(({ credential }) => credential),
    otherIntegrations: [],
    schedules: seeded.flatMap(({ schedules }) => schedules),
  };
}

/** Makes up to six pseudo-random choices, the same each time for the same text. */
function chooser(text: string): <Item>(items: readonly Item[]) => Item {
  const digits = technicalAccountIdOf(text);
  let used = 0;
  return (items) => {
    const chosen = items[Number.parseInt(digits.slice(used, used + 4), 16) % items.length];
    if (chosen === undefined) throw new Error('there are no choices left');
    used += 4;
    return chosen;
  };
}
