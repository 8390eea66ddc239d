import { createHash } from 'node:crypto';
import type { Integration, MigrationState, Schedule, Seed, SimulatedCredential } from './organisation.ts';

/** When the first credential was created; one more follows each day. */
const FIRST_DAY = Date.UTC(2021, 5, 16, 18, 7, 49, 581);
const DAY_MS = 24 * 60 * 60 * 1000;

/** Owners of credentials. The local Slack knows the first two; the third is deactivated there. */
const OWNER = 'owner@example.com';
const BI_TEAM = 'bi-team@example.com';
const LEFT = 'left@example.com';
/** Not in the Slack workspace. */
const STRANGER = 'analytics-agency@example.com';

type Row = readonly [name: string, description: string, owner: string | null, sandboxes: string, state: MigrationState];

const ROWS = [
  ['bi-nightly', 'Nightly refresh of the BI marts', BI_TEAM, 'prod', 'NOT_STARTED'],
  ['looker-prod', 'Looker, production dashboards', BI_TEAM, 'prod', 'NOT_STARTED'],
  ['tableau-server', 'Tableau Server extracts, hourly', BI_TEAM, 'prod', 'NOT_STARTED'],
  ['powerbi-gateway', 'On-premises gateway of Power BI', OWNER, 'prod', 'COMPLETED'],
  ['airflow-etl', 'Airflow: profile snapshots to the warehouse', OWNER, 'prod dev', 'NOT_STARTED'],
  ['dbt-transform', 'dbt models on top of Data Distiller', OWNER, 'prod', 'STARTED'],
  ['crm-sync', 'Segments to the CRM, every 15 minutes', OWNER, 'prod', 'NOT_STARTED'],
  ['finance-month-end', 'Runs on the last day of the month only', LEFT, 'prod', 'NOT_STARTED'],
  ['campaign-reporting', 'Weekly campaign report', STRANGER, 'prod', 'NOT_STARTED'],
  ['consent-audit', '', OWNER, 'prod', 'COMPLETED'],
  ['ml-feature-store', 'Features for the churn model', OWNER, 'prod', 'NOT_STARTED'],
  ['alerts <!channel>', 'Posts to the on-call channel', BI_TEAM, 'prod', 'NOT_STARTED'],
  ['R&D sandbox 🚀', 'Experiments & prototypes', OWNER, 'dev', 'NOT_STARTED'],
  ['legacy-export', 'No one remembers what this is for', null, 'prod', 'NOT_STARTED'],
  ['looker-dev', 'Looker, development', BI_TEAM, 'dev', 'COMPLETED'],
  ['airflow-dev', 'Airflow, development', OWNER, 'dev', 'NOT_STARTED'],
  ['notebooks', 'Shared notebooks of the analysts', OWNER, 'dev', 'NONE'],
  ['qa-regression', 'Regression suite, nightly', BI_TEAM, 'stage', 'NOT_STARTED'],
  ['load-test', 'Load tests before releases', OWNER, 'stage', 'NOT_STARTED'],
  ['etl-staging', 'Airflow, staging', OWNER, 'stage', 'COMPLETED'],
] as const satisfies readonly Row[];

type SeededName = (typeof ROWS)[number][0];

/** A schedule, created in each sandbox of its credential; enabled by default. */
export type Plan = readonly [name: string, cron: string, state?: 'disabled'];

/** The schedules of each credential; credentials not listed are unused. */
const PLANS: Readonly<Partial<Record<SeededName, readonly Plan[]>>> = {
  'bi-nightly': [
    ['BI marts', '0 2 * * *'],
    ['BI marts, the old ones', '30 2 * * *', 'disabled'],
  ],
  'looker-prod': [['Looker tables', '0 * * * *']],
  'tableau-server': [['Tableau extracts', '0 * * * *']],
  'powerbi-gateway': [['Power BI refresh', '30 5 * * 1-5']],
  'airflow-etl': [['Profile snapshot', '0 4 * * *']],
  'dbt-transform': [['dbt run', '0 4 * * *']],
  'crm-sync': [['Segments to the CRM', '*/15 * * * *']],
  'finance-month-end': [['Month end', '0 3 L * *']],
  'campaign-reporting': [['Campaigns of the week', '0 6 * * 1']],
  'consent-audit': [['Consents of the week', '0 6 * * 1']],
  'ml-feature-store': [['Churn features', '0 2 * * *']],
  'alerts <!channel>': [['Threshold check', '*/15 * * * *']],
  'R&D sandbox 🚀': [['Prototype', '30 5 * * 1-5']],
  'looker-dev': [['Looker tables', '0 * * * *']],
  'airflow-dev': [['Profile snapshot', '0 4 * * *']],
  'qa-regression': [['Regression suite', '0 2 * * *']],
  'etl-staging': [['Profile snapshot', '0 4 * * *']],
};

/** The credential that the Developer Console does not show. */
const NOT_IN_CONSOLE = 'load-test';

/**
 * 20 credentials in every state, with the oddities of real ones.
 * @param migrated further credentials that are migrated
 */
export function seedOrganisation(migrated: readonly SeededName[] = []): Seed {
  const seeded = ROWS.map(([name, description, owner, sandboxes, state], i) => {
    const credential: SimulatedCredential = {
      ...seedCredential(name, i),
      description,
      owner,
      sandboxes: sandboxes.split(' '),
      state: migrated.includes(name) ? 'COMPLETED' : state,
      ...(name === NOT_IN_CONSOLE && { consoleId: null }),
    };
    return { credential, schedules: schedulesOf(credential, PLANS[name] ?? []) };
  });
  return {
    credentials: seeded.map(({ credential }) => credential),
    otherIntegrations: OTHER_INTEGRATIONS,
    schedules: seeded.flatMap(({ schedules }) => schedules),
  };
}

/** An organisation of `n` eligible credentials in prod, for load tests. */
export function manyCredentials(n: number): Seed {
  const credentials = Array.from({ length: n }, (_, i) => seedCredential(`job-${String(i).padStart(5, '0')}`, i));
  return { credentials, otherIntegrations: [], schedules: [] };
}

/** The technical account id of the credential with this name, the same in every seed. */
export function technicalAccountIdOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24).toUpperCase();
}

/** Credentials for the faults of jobs; no scene has migrated them. */
export const JOBS_THAT_FAIL = technicalAccountIdOf('tableau-server');
export const JOBS_WITHOUT_LOGIN = technicalAccountIdOf('ml-feature-store');

const OTHER_INTEGRATIONS: readonly Integration[] = [
  { consoleId: 90_001, name: 'launch-extensions', technicalAccountId: technicalAccountIdOf('launch-extensions') },
  { consoleId: '90002', name: 'commerce-events', technicalAccountId: technicalAccountIdOf('commerce-events') },
  // Acts on behalf of a user, so it has no technical account.
  { consoleId: 90_003, name: 'stock-search', technicalAccountId: null },
];

/** An eligible credential in prod, the `i`th of its seed. */
export function seedCredential(name: string, i: number): SimulatedCredential {
  const created = new Date(FIRST_DAY + i * DAY_MS);
  return {
    technicalAccountId: technicalAccountIdOf(name),
    name,
    description: '',
    owner: OWNER,
    sandboxes: ['prod'],
    created,
    lastUpdated: created,
    consoleId: consoleId(i),
    state: 'NOT_STARTED',
  };
}

/** Adobe writes Console ids as strings in some responses and as numbers in others. */
function consoleId(i: number): string | number {
  const id = 100_001 + i;
  return i % 2 === 0 ? id : String(id);
}

/** A credential's schedules, as old as the credential. */
export function schedulesOf(c: SimulatedCredential, plans: readonly Plan[]): Schedule[] {
  return c.sandboxes.flatMap((sandbox) =>
    plans.map(([name, cron, state], i) => ({
      id: `${c.technicalAccountId.toLowerCase()}-${sandbox}-${i}`,
      technicalAccountId: c.technicalAccountId,
      sandbox,
      name,
      cron,
      enabled: state !== 'disabled',
      created: c.created,
    })),
  );
}
