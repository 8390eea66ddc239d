import { recentQueries } from './activity.ts';
import { type AdobeResponse, problem } from './response.ts';
import type { AdobeRequest, Route, World } from './routing.ts';
import { accountsPage, activityPage, longAccountId, queryItem, scheduleItem } from './shapes.ts';

/** What `platform.adobe.io` serves of Query Service. */
export const PLATFORM_ROUTES: readonly Route[] = [
  {
    operation: 'accounts',
    host: 'platform',
    method: 'GET',
    path: /^\/data\/foundation\/queryauth\/accounts$/,
    answer: listAccounts,
  },
  {
    operation: 'start',
    host: 'platform',
    method: 'POST',
    path: /^\/data\/foundation\/queryauth\/accounts\/(?<id>[^/]+)\/migrate$/,
    answer: startMigration,
  },
  {
    operation: 'queries',
    host: 'platform',
    method: 'GET',
    path: /^\/data\/foundation\/query\/queries$/,
    answer: listQueries,
  },
  {
    operation: 'schedules',
    host: 'platform',
    method: 'GET',
    path: /^\/data\/foundation\/query\/schedules$/,
    answer: listSchedules,
  },
];

function listAccounts(
  { organisation, pageSize, nextLink }: World,
  { url, headers }: AdobeRequest,
): AdobeResponse {
  const all = organisation
    .credentials()
    .filter(({ sandboxes }) => sandboxes.includes(String(headers['x-sandbox-name'])));
  const limit = Math.min(Number(url.searchParams.get('limit') ?? pageSize), pageSize);
  const start = Number(url.searchParams.get('start') ?? 0);
  const end = start + limit;
  const next = end < all.length ? end : undefined;
  const link = nextLink(`${url.pathname}?orderby=-created&start=${end}&limit=${limit}`);
  return { status: 200, body: accountsPage(all.slice(start, end), { start, next, link }) };
}

/** Adobe publishes nothing of this call; the answers are our guess, so no reader may rely on their bodies. */
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
    .filter((each) => each.sandbox === sandbox && whose.every((condition) => holds(each, condition)));
  // `when` only says since when, so the newest are the ones to look at.
  const queries = recentQueries(organisation, schedules, limit).filter((query) =>
    when.every((condition) => holds(query, condition)),
  );
  return { status: 200, body: activityPage('queries', queries.map(queryItem)) };
}

function listSchedules({ organisation }: World, request: AdobeRequest): AdobeResponse {
  const { sandbox, whose, when, limit } = parseFilters(request);
  const schedules = organisation
    .schedules()
    .filter((each) => each.sandbox === sandbox)
    .filter((each) => [...whose, ...when].every((condition) => holds(each, condition)))
    .sort((a, b) => b.created.getTime() - a.created.getTime())
    .slice(0, limit);
  return { status: 200, body: activityPage('schedules', schedules.map(scheduleItem)) };
}

/** The sandbox, `limit`, and the conditions of `property`: `userId==` says whose, `created>` and `created>=` when. */
function parseFilters({ url, headers }: AdobeRequest) {
  const conditions = (url.searchParams.get('property') ?? '').split(',').filter((part) => part !== '');
  return {
    sandbox: headers['x-sandbox-name'],
    whose: conditions.filter((condition) => condition.startsWith('userId')),
    when: conditions.filter((condition) => !condition.startsWith('userId')),
    limit: Number(url.searchParams.get('limit') ?? 100),
  };
}

function holds(row: { technicalAccountId: string; created: Date }, condition: string): boolean {
  const [, field, operator, value = ''] = /^(userId|created)(==|>=|>)(.+)$/.exec(condition) ?? [];
  if (field === 'userId') return longAccountId(row.technicalAccountId) === value.toLowerCase();
  if (field === 'created' && operator === '>') return row.created > new Date(value);
  return field === 'created' && operator === '>=' && row.created >= new Date(value);
}
