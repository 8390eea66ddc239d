import { createHash } from 'node:crypto';
import type { Run } from './activity.ts';
import type { Integration, Schedule, SimulatedCredential } from './organisation.ts';

/**
 * The organisation in Adobe's published response formats. The tests validate them against the published
 * specifications.
 */

const CREATED_BY = '3BF132EF5BC636C10A49400B@AdobeID';
const VERSION = 1;

/** An item of `GET /data/foundation/queryauth/accounts`. */
function accountItem(credential: SimulatedCredential) {
  return {
    accountName: credential.name,
    description: credential.description,
    assignedToUser: credential.owner ?? '',
    technicalAccountName: `${uuidOf(credential.technicalAccountId)}@TECHACCT.ADOBE.COM`,
    technicalAccountId: credential.technicalAccountId,
    created: credential.created.toISOString(),
    createdBy: CREATED_BY,
    lastUpdated: credential.lastUpdated.toISOString(),
    lastUpdatedBy: CREATED_BY,
    active: true,
  };
}

/** The account's UUID. At Adobe it is unrelated to the id; here it is derived from it to be stable. */
function uuidOf(technicalAccountId: string): string {
  const hex = createHash('sha256').update(technicalAccountId).digest('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

interface Slice {
  /** The accounts of this page were created before this time; null on the first page. */
  readonly start: string | null;
  /** The start of the next page; undefined on an empty one. */
  readonly next: string | undefined;
  /** The link to it, in any of Adobe's formats. */
  readonly link: unknown;
}

/** `GET /data/foundation/queryauth/accounts` */
export function accountsPage(credentials: readonly SimulatedCredential[], { start, next, link }: Slice) {
  return {
    accounts: credentials.map(accountItem),
    _page: {
      orderby: '-created',
      ...(start !== null && { start }),
      count: credentials.length,
      ...(next !== undefined && { next }),
    },
    _links: next === undefined ? {} : { next: link },
    version: VERSION,
  };
}

/** The time of the last change; the list and the detail name this field differently. */
const MODIFIED = '2021-06-16T18:07:49.000Z';

/** The fields that the list and the detail share. */
function integrationItem(orgId: string, { consoleId, name, technicalAccountId }: Integration) {
  return {
    id: consoleId,
    orgId,
    name,
    description: '',
    apikey: createHash('sha256').update(String(consoleId)).digest('hex').slice(0, 32),
    type: technicalAccountId === null ? 'adobeid' : 'entp',
    status: 'ENABLED',
    production: true,
    sdkList: ['AEPCoreAPI'],
    createdDate: MODIFIED,
  };
}

/** `GET …/integrations`: the first page is 0. */
export function integrationsPage(orgId: string, all: readonly Integration[], page: number, size: number) {
  return {
    page,
    pages: Math.ceil(all.length / size),
    size,
    total: all.length,
    content: all
      .slice(page * size, (page + 1) * size)
      .map((integration) => ({ ...integrationItem(orgId, integration), lastModified: MODIFIED })),
  };
}

/** `GET …/integrations/{id}` */
export function integrationDetail(orgId: string, integration: Integration) {
  const { technicalAccountId } = integration;
  return {
    ...integrationItem(orgId, integration),
    ...(technicalAccountId !== null && { technicalAccountId: longAccountId(technicalAccountId) }),
    lastModifiedDate: MODIFIED,
  };
}

/** How long a credential's certificate is valid; a year less for one credential in four. */
const CERTIFICATE_YEARS = 6;

/** `GET …/integrations/entp/{id}/bindings`: one certificate. */
export function certificatesOf(orgId: string, { technicalAccountId, created }: SimulatedCredential) {
  const fingerprint = createHash('sha1').update(technicalAccountId).digest('hex');
  const end = new Date(created);
  end.setUTCFullYear(end.getUTCFullYear() + CERTIFICATE_YEARS - (/^[0-3]/.test(technicalAccountId) ? 1 : 0));
  return [
    {
      bindingId: fingerprint.slice(0, 24),
      orgId,
      technicalAccountId: longAccountId(technicalAccountId),
      certificateFingerprint: fingerprint,
      notAfter: end.getTime(),
    },
  ];
}

/** A technical account's id as all APIs but the accounts list write it. */
export function longAccountId(technicalAccountId: string): string {
  return `${technicalAccountId.toLowerCase()}@techacct.adobe.com`;
}

/** The SQL of every query. */
const SQL = 'SELECT 1';

/** An item of `GET /data/foundation/query/queries`. */
export function queryItem({ id, schedule, state, created, updated, error }: Run) {
  return {
    id,
    request: { dbName: 'prod:all', sql: SQL, name: schedule.name },
    state,
    created: created.toISOString(),
    updated: updated.toISOString(),
    userId: longAccountId(schedule.technicalAccountId),
    client: 'API',
    ...(error !== null && { errors: [{ code: '403', message: error, errorType: 'USER_ERROR' }] }),
    version: VERSION,
  };
}

/** An item of `GET /data/foundation/query/schedules/{id}/runs`. */
export function runItem({ id, state, created }: Run) {
  return { id, created: created.toISOString(), state, externalTrigger: false, version: VERSION };
}

/** `GET /data/foundation/query/schedules/{id}/runs/{id}` */
export function runDetail({ id, schedule, state, created, updated, error }: Run) {
  const task = {
    duration: String((updated.getTime() - created.getTime()) / 1000),
    endDate: updated.toISOString(),
    state,
    startDate: created.toISOString(),
    taskId: '1',
    ...(error !== null && { message: error }),
  };
  return {
    created: created.toISOString(),
    state,
    taskStatusList: [task],
    id,
    scheduleId: schedule.id,
    externalTrigger: false,
  };
}

/** An item of `GET /data/foundation/query/schedules`. */
export function scheduleItem({ id, technicalAccountId, name, cron, enabled, created }: Schedule) {
  return {
    id,
    userId: longAccountId(technicalAccountId),
    state: enabled ? 'ENABLED' : 'DISABLED',
    query: { dbName: 'prod:all', sql: SQL, name },
    schedule: { schedule: cron, startDate: created.toISOString(), maxActiveRuns: 1 },
    created: created.toISOString(),
    updated: created.toISOString(),
  };
}

/** A page of `GET /data/foundation/query/queries`, `…/schedules` or `…/runs`; `next`: the link to the next one. */
export function activityPage(
  list: 'queries' | 'schedules' | 'runsSchedules',
  items: readonly unknown[],
  next?: unknown,
) {
  const links = next === undefined ? {} : { next };
  return { [list]: items, _page: { orderby: '-created', count: items.length }, _links: links, version: VERSION };
}
