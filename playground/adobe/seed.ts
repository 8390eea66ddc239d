import { createHash } from 'node:crypto';
import type { Activity, Integration, MigrationState, Seed, SimulatedCredential } from './organisation.ts';

/** When the first credential was made; the others follow by the day. */
const FIRST_DAY = Date.UTC(2021, 5, 16, 18, 7, 49, 581);
const DAY_MS = 24 * 60 * 60 * 1000;

/** Whom credentials are assigned to: addresses of roles. The local Slack knows the first two. */
const OWNER = 'owner@example.com';
const BI_TEAM = 'bi-team@example.com';
const LEFT = 'left@example.com';
/** Somebody Slack has never heard of. */
const STRANGER = 'analytics-agency@example.com';

type Row = readonly [
  name: string,
  description: string,
  owner: string | null,
  sandboxes: string,
  state: MigrationState,
];

const ROWS: readonly Row[] = [
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
  ['legacy-export', 'Nobody remembers what this is for', null, 'prod', 'NOT_STARTED'],
  ['looker-dev', 'Looker, development', BI_TEAM, 'dev', 'COMPLETED'],
  ['airflow-dev', 'Airflow, development', OWNER, 'dev', 'NOT_STARTED'],
  ['notebooks', 'Shared notebooks of the analysts', OWNER, 'dev', 'NONE'],
  ['qa-regression', 'Regression suite, nightly', BI_TEAM, 'stage', 'NOT_STARTED'],
  ['load-test', 'Load tests before releases', OWNER, 'stage', 'NOT_STARTED'],
  ['etl-staging', 'Airflow, staging', OWNER, 'stage', 'COMPLETED'],
];

/** The one that the Developer Console does not show. */
const NOT_IN_CONSOLE = 'load-test';

/** About 20 credentials of every state, with what is awkward about real ones. */
export function seedOrganisation(): Seed {
  const credentials = ROWS.map(([name, description, owner, sandboxes, state], i) => ({
    ...credential(name, i),
    description,
    owner,
    sandboxes: sandboxes.split(' '),
    state,
    consoleId: name === NOT_IN_CONSOLE ? null : consoleId(i),
  }));
  return {
    credentials,
    otherIntegrations: OTHER_INTEGRATIONS,
    queries: credentials.filter(isNamed('bi-nightly', 'airflow-etl', 'looker-prod')).flatMap(recentQueries),
    schedules: credentials.filter(isNamed('bi-nightly', 'airflow-etl', 'crm-sync')).flatMap(schedules),
  };
}

/** An organisation of `n` credentials in prod, all to be migrated: for measuring. */
export function manyCredentials(n: number): Seed {
  const credentials = Array.from({ length: n }, (_, i) => credential(`job-${String(i).padStart(5, '0')}`, i));
  return { credentials, otherIntegrations: [], queries: [], schedules: [] };
}

/** The id that the credential of this name has in every seed. */
export function technicalAccountIdOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24).toUpperCase();
}

const OTHER_INTEGRATIONS: readonly Integration[] = [
  {
    consoleId: 90_001,
    name: 'launch-extensions',
    technicalAccountId: technicalAccountIdOf('launch-extensions'),
  },
  {
    consoleId: '90002',
    name: 'commerce-events',
    technicalAccountId: technicalAccountIdOf('commerce-events'),
  },
  // Acts for a person, so there is no technical account.
  { consoleId: 90_003, name: 'stock-search', technicalAccountId: null },
];

function credential(name: string, i: number): SimulatedCredential {
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

/** Adobe writes the Console's ids as text here and as numbers there. */
function consoleId(i: number): string | number {
  const id = 100_001 + i;
  return i % 2 === 0 ? id : String(id);
}

function isNamed(...names: readonly string[]): (c: SimulatedCredential) => boolean {
  return ({ name }) => names.includes(name);
}

function recentQueries(c: SimulatedCredential): Activity[] {
  return c.sandboxes.flatMap((sandbox) =>
    ['SUCCESS', 'SUCCESS', 'FAILED'].map((state, i) => activity(c, sandbox, `query-${i}`, i, state)),
  );
}

function schedules(c: SimulatedCredential): Activity[] {
  return c.sandboxes.flatMap((sandbox) =>
    ['ENABLED', 'DISABLED'].map((state, i) => activity(c, sandbox, `schedule-${i}`, i, state)),
  );
}

function activity(
  c: SimulatedCredential,
  sandbox: string,
  kind: string,
  day: number,
  state: string,
): Activity {
  return {
    id: `${c.technicalAccountId.toLowerCase()}-${sandbox}-${kind}`,
    technicalAccountId: c.technicalAccountId,
    sandbox,
    name: `${c.name} ${kind}`,
    sql: 'SELECT 1',
    created: new Date(c.created.getTime() + day * DAY_MS),
    state,
  };
}
