import { largeOrganisation } from './adobe/large-seed.ts';
import type { Seed } from './adobe/organisation.ts';
import { seedOrganisation } from './adobe/seed.ts';
import type { FaultId } from './panel/contract.ts';

/** Where a visit to the playground begins. */
export interface Scene {
  readonly about: string;
  /** When its clock starts. */
  readonly start: Date;
  readonly seed: () => Seed;
  readonly faults?: readonly FaultId[];
}

/** By the name that `--scene` takes; the first one unless it is given. */
export const SCENES = {
  'first-day': {
    about: 'four weeks before the deadline, the bot has just been installed',
    start: new Date('2025-06-02T10:00:00Z'),
    seed: () => seedOrganisation(),
  },
  'deadline-week': {
    about: 'six days before the deadline, some are migrated',
    start: new Date('2025-06-24T10:00:00Z'),
    seed: () => seedOrganisation(['dbt-transform', 'looker-prod', 'crm-sync', 'airflow-dev']),
  },
  overdue: {
    about: 'the deadline has passed, and some were forgotten: their queries fail',
    start: new Date('2025-07-08T10:00:00Z'),
    // Left: bi-nightly, crm-sync, finance-month-end, campaign-reporting, legacy-export.
    seed: () =>
      seedOrganisation([
        'dbt-transform',
        'looker-prod',
        'tableau-server',
        'airflow-etl',
        'ml-feature-store',
        'alerts <!channel>',
        'airflow-dev',
        'qa-regression',
        'load-test',
        'R&D sandbox 🚀',
      ]),
  },
  'ten-thousand': {
    about: 'an organisation of ten thousand credentials',
    start: new Date('2025-06-02T10:00:00Z'),
    seed: () => largeOrganisation(10_000),
  },
  'bad-day': {
    about: 'a week before the deadline Adobe is slow, and its answers to starts get lost',
    start: new Date('2025-06-23T10:00:00Z'),
    seed: () => seedOrganisation(),
    faults: ['slow', 'start-response-lost'],
  },
} as const satisfies Readonly<Record<string, Scene>>;

export type SceneName = keyof typeof SCENES;
