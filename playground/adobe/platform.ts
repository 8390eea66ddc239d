import { type Answer, problem } from './answer.ts';
import type { Activity } from './organisation.ts';
import type { Request, Route, World } from './routing.ts';
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
    answer: ({ organisation }, request) => {
      const items = chosen(organisation.queries, request).map(queryItem);
      return { status: 200, body: activityPage('queries', items) };
    },
  },
  {
    operation: 'schedules',
    host: 'platform',
    method: 'GET',
    path: /^\/data\/foundation\/query\/schedules$/,
    answer: ({ organisation }, request) => {
      const items = chosen(organisation.schedules, request).map(scheduleItem);
      return { status: 200, body: activityPage('schedules', items) };
    },
  },
];

function listAccounts({ organisation, pageSize, nextLink }: World, { url, headers }: Request): Answer {
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
function startMigration({ organisation }: World, { groups, headers }: Request): Answer {
  const credential = organisation.credential(groups['id'] ?? '');
  if (!credential?.sandboxes.includes(String(headers['x-sandbox-name']))) {
    return problem(404, 'Not Found', 'There is no such account in this sandbox.');
  }
  const state = organisation.stateOf(credential);
  if (state === 'NONE') return problem(400, 'Bad Request', 'This account cannot be migrated.');
  if (state !== 'NOT_STARTED') return problem(409, 'Conflict', `The migration of this account is ${state}.`);
  organisation.start(credential.technicalAccountId);
  return { status: 202, body: { technicalAccountId: credential.technicalAccountId, status: 'STARTED' } };
}

/** Rows of one sandbox by `property` (`userId==`, `created>`, `created>=`) and `limit`, the newest first. */
function chosen(rows: readonly Activity[], { url, headers }: Request): Activity[] {
  const conditions = (url.searchParams.get('property') ?? '').split(',').filter((part) => part !== '');
  return rows
    .filter(({ sandbox }) => sandbox === headers['x-sandbox-name'])
    .filter((row) => conditions.every((condition) => holds(row, condition)))
    .sort((a, b) => b.created.getTime() - a.created.getTime())
    .slice(0, Number(url.searchParams.get('limit') ?? 100));
}

function holds(row: Activity, condition: string): boolean {
  const [, field, operator, value = ''] = /^(userId|created)(==|>=|>)(.+)$/.exec(condition) ?? [];
  if (field === 'userId') return longAccountId(row.technicalAccountId) === value.toLowerCase();
  if (field === 'created' && operator === '>') return row.created > new Date(value);
  return field === 'created' && operator === '>=' && row.created >= new Date(value);
}
