import { type Cursor, recentRuns } from './activity.ts';
import type { Schedule, SimulatedCredential } from './organisation.ts';
import { type AdobeResponse, problem } from './response.ts';
import type { AdobeRequest, Route, World } from './routing.ts';
import { schedulesOf } from './seed.ts';
import { accountsPage, activityPage, longAccountId, queryItem, runDetail, runItem, scheduleItem } from './shapes.ts';

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
  {
    operation: 'runs',
    host: 'platform',
    method: 'GET',
    path: /^\/data\/foundation\/query\/schedules\/(?<id>[^/]+)\/runs$/,
    handle: listRuns,
  },
  {
    operation: 'run',
    host: 'platform',
    method: 'GET',
    path: /^\/data\/foundation\/query\/schedules\/(?<id>[^/]+)\/runs\/(?<run>[^/]+)$/,
    handle: readRun,
  },
];

/** Pages by time of creation. Each page links to a next one, even the last, as in Adobe's published sample. */
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
  const body = accountsPage(page, { start, next, link });
  const [first, ...others] = body.accounts;
  if (first === undefined || start !== null || !faults.isOn('date-unreadable')) return { status: 200, body };
  return { status: 200, body: { ...body, accounts: [{ ...first, lastUpdated: 'some days ago' }, ...others] } };
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

function listQueries(world: World, request: AdobeRequest): AdobeResponse {
  const { sandbox, userConditions, timeConditions, limit, start } = parseFilters(request);
  const schedules = world.organisation
    .schedules()
    .filter((each) => each.sandbox === sandbox && userConditions.every((condition) => meets(each, condition)));
  const query = { limit, since: lowerBound(timeConditions), ...(start !== null && { from: parseCursor(start) }) };
  const { runs, next } = recentRuns(world, schedules, query);
  const queries = runs.filter((run) => run.hasQuery && timeConditions.every((condition) => meets(run, condition)));
  const link = next === null ? undefined : world.nextLink(nextPath(request, cursorText(next)));
  return { status: 200, body: activityPage('queries', queries.map(queryItem), link) };
}

function listSchedules({ organisation, faults, nextLink }: World, request: AdobeRequest): AdobeResponse {
  const { sandbox, userConditions, timeConditions, limit, start } = parseFilters(request);
  const added = faults.isOn('schedule-added') ? newJobs(organisation.credentials()) : [];
  const all = [...organisation.schedules(), ...added]
    .filter((each) => each.sandbox === sandbox)
    .filter((each) => [...userConditions, ...timeConditions].every((condition) => meets(each, condition)))
    .sort((a, b) => b.created.getTime() - a.created.getTime());
  const skip = start === null ? 0 : parseCursor(start).skip;
  const page = all.slice(skip, skip + limit);
  const isLast = skip + limit >= all.length;
  const at = page.at(-1)?.created ?? organisation.now();
  // According to the specification, the link is a plain string here.
  const link = isLast ? undefined : nextLink(nextPath(request, cursorText({ at, skip: skip + limit })));
  const href = typeof link === 'object' && link !== null && 'href' in link ? link.href : link;
  return { status: 200, body: activityPage('schedules', page.map(scheduleItem), href) };
}

function newJobs(credentials: readonly SimulatedCredential[]): Schedule[] {
  return credentials.flatMap((each) =>
    schedulesOf(each, [['New job', '0 1 * * *']]).map((job) => ({ ...job, id: `${job.id}-new` })),
  );
}

function listRuns(world: World, request: AdobeRequest): AdobeResponse {
  const { timeConditions, limit } = parseFilters(request);
  const schedule = scheduleIn(world, request);
  if (schedule === undefined) return { status: 404 };
  const { runs } = recentRuns(world, [schedule], { limit, since: lowerBound(timeConditions) });
  const items = runs.filter((run) => timeConditions.every((condition) => meets(run, condition))).map(runItem);
  return { status: 200, body: activityPage('runsSchedules', items) };
}

function readRun(world: World, request: AdobeRequest): AdobeResponse {
  const schedule = scheduleIn(world, request);
  const id = decodeURIComponent(request.groups['run'] ?? '');
  const at = new Date(Number(id.split('-').at(-1)));
  if (schedule === undefined || Number.isNaN(at.getTime())) return { status: 404 };
  const [run] = recentRuns(world, [schedule], { limit: 1, from: { at, skip: 0 } }).runs;
  return run?.id === id ? { status: 200, body: runDetail(run) } : { status: 404 };
}

function scheduleIn({ organisation }: World, { groups, headers }: AdobeRequest): Schedule | undefined {
  const id = decodeURIComponent(groups['id'] ?? '');
  return organisation.schedules().find((each) => each.id === id && each.sandbox === headers['x-sandbox-name']);
}

/** The link to the next page, with the same filters. */
function nextPath({ url }: AdobeRequest, start: string): string {
  const next = new URLSearchParams(url.searchParams);
  next.set('start', start);
  return `${url.pathname}?${next}`;
}

/** Where a page begins: a time, as at Adobe, and an offset, since thousands of simulated queries share a moment. */
function cursorText({ at, skip }: Cursor): string {
  return `${at.toISOString()}_${skip}`;
}

function parseCursor(start: string): Cursor {
  const [at = '', skip = '0'] = start.split('_');
  return { at: new Date(at), skip: Number(skip) };
}

/** The earliest time that meets these conditions. */
function lowerBound(timeConditions: readonly string[]): Date {
  const times = timeConditions.flatMap((condition) => /^created>=?(.+)$/.exec(condition)?.[1] ?? []);
  return new Date(Math.max(0, ...times.map((time) => Date.parse(time))));
}

/** Items of a page of schedules, runs or queries. */
const MAX_ACTIVITY = 100;

/** The sandbox, `limit`, `start` and the conditions in `property`, on `userId` and on `created`. */
function parseFilters({ url, headers }: AdobeRequest) {
  const conditions = (url.searchParams.get('property') ?? '').split(',').filter((part) => part !== '');
  return {
    sandbox: headers['x-sandbox-name'],
    userConditions: conditions.filter((condition) => condition.startsWith('userId')),
    timeConditions: conditions.filter((condition) => !condition.startsWith('userId')),
    limit: Math.min(Number(url.searchParams.get('limit') ?? 100), MAX_ACTIVITY),
    start: url.searchParams.get('start'),
  };
}

function meets(row: { technicalAccountId?: string; created: Date }, condition: string): boolean {
  const [, field, operator, value = ''] = /^(userId|created)(==|>=|>)(.+)$/.exec(condition) ?? [];
  if (field === 'userId') return longAccountId(row.technicalAccountId ?? '') === value.toLowerCase();
  if (field === 'created' && operator === '>') return row.created > new Date(value);
  return field === 'created' && operator === '>=' && row.created >= new Date(value);
}
