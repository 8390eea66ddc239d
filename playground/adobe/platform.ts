import { recentQueries } from './activity.ts';
import { type AdobeResponse, problem } from './response.ts';
import type { AdobeRequest, Route, World } from './routing.ts';
import { accountsPage, activityPage, longAccountId, queryItem, scheduleItem } from './shapes.ts';

/** Query Service's endpoints on `platform.adobe.io`. */
export const PLATFORM_ROUTES: readonly Route[] = [
  {
    operation: 'accounts',
    host: 'platform',
    method: 'GET',
    path: /^\/data\/foundation\/queryauth\/accounts$/,
    handle: listAccounts,
  },
  {
    operation: 'start',
    host: 'platform',
    method: 'POST',
    path: /^\/data\/foundation\/queryauth\/accounts\/(?<id>[^/]+)\/migrate$/,
    handle: startMigration,
  },
  {
    operation: 'queries',
    host: 'platform',
    method: 'GET',
    path: /^\/data\/foundation\/query\/queries$/,
    handle: listQueries,
  },
  {
    operation: 'schedules',
    host: 'platform',
    method: 'GET',
    path: /^\/data\/foundation\/query\/schedules$/,
    handle: listSchedules,
  },
];

/** Pages by time of creation. Each has a link to a next one, also the last, as in the sample that Adobe publishes. */
function listAccounts(world: World, { url, headers }: AdobeRequest): AdobeResponse {
  const { organisation, faults, pageSize, nextLink } = world;
  const limit = Math.min(Number(url.searchParams.get('limit') ?? pageSize), pageSize);
  const start = url.searchParams.get('start');
  const before = start === null ? Number.POSITIVE_INFINITY : Date.parse(start);
  const page = organisation
    .credentials()
    .filter(({ created }) => created.getTime() < before)
    .filter(({ sandboxes }) => sandboxes.includes(String(headers['x-sandbox-name'])))
    .sort((a, b) => b.created.getTime() - a.created.getTime())
    .slice(0, limit);
  const next = page.at(-1)?.created.toISOString();
  const link = nextLink(`${url.pathname}?orderby=-created&property=active==true&start=${next}`);
  const [newest] = page;
  if (newest !== undefined && start === null && faults.isOn('account-unreadable'))
    page[0] = { ...newest, technicalAccountId: 'n/a' };
  return { status: 200, body: accountsPage(page, { start, next, link }) };
}

/** Adobe does not publish this call. The responses are a guess, so no code may depend on their bodies. */
function startMigration({ organisation, faults }: World, { groups, headers }: AdobeRequest): AdobeResponse {
  const credential = organisation.credential(groups['id'] ?? '');
  if (!credential?.sandboxes.includes(String(headers['x-sandbox-name']))) {
    return problem(404, 'Not Found', 'There is no such account in this sandbox.');
  }
  const state = organisation.stateOf(credential);
  if (state === 'NONE') return problem(400, 'Bad Request', 'This account cannot be migrated.');
  if (state !== 'NOT_STARTED') return problem(409, 'Conflict', `The migration of this account is ${state}.`);
  organisation.start(credential.technicalAccountId, faults.isOn('migration-fails'));
  return { status: 202, body: { technicalAccountId: credential.technicalAccountId, status: 'STARTED' } };
}

function listQueries({ organisation }: World, request: AdobeRequest): AdobeResponse {
  const { sandbox, whose, when, limit } = parseFilters(request);
  const schedules = organisation
    .schedules()
    .filter((each) => each.sandbox === sandbox && whose.every((condition) => meets(each, condition)));
  // The conditions on `created` only set a lower bound, so the newest queries are enough.
  const queries = recentQueries(organisation, schedules, limit).filter((query) =>
    when.every((condition) => meets(query, condition)),
  );
  return { status: 200, body: activityPage('queries', queries.map(queryItem)) };
}

function listSchedules({ organisation }: World, request: AdobeRequest): AdobeResponse {
  const { sandbox, whose, when, limit } = parseFilters(request);
  const schedules = organisation
    .schedules()
    .filter((each) => each.sandbox === sandbox)
    .filter((each) => [...whose, ...when].every((condition) => meets(each, condition)))
    .sort((a, b) => b.created.getTime() - a.created.getTime())
    .slice(0, limit);
  return { status: 200, body: activityPage('schedules', schedules.map(scheduleItem)) };
}

/** The sandbox, `limit` and the conditions in `property`: `whose` on `userId`, `when` on `created`. */
function parseFilters({ url, headers }: AdobeRequest) {
  const conditions = (url.searchParams.get('property') ?? '').split(',').filter((part) => part !== '');
  return {
    sandbox: headers['x-sandbox-name'],
    whose: conditions.filter((condition) => condition.startsWith('userId')),
    when: conditions.filter((condition) => !condition.startsWith('userId')),
    limit: Number(url.searchParams.get('limit') ?? 100),
  };
}

function meets(row: { technicalAccountId: string; created: Date }, condition: string): boolean {
  const [, field, operator, value = ''] = /^(userId|created)(==|>=|>)(.+)$/.exec(condition) ?? [];
  if (field === 'userId') return longAccountId(row.technicalAccountId) === value.toLowerCase();
  if (field === 'created' && operator === '>') return row.created > new Date(value);
  return field === 'created' && operator === '>=' && row.created >= new Date(value);
}
