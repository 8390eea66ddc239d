import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { QueryServiceJobs } from '../../src/adobe/queries.ts';
import { clientsAt, failureOf, startAdobe } from './setup.ts';

const CRM = technicalAccountIdOf('crm-sync');
const SINCE = new Date('2025-04-05T09:00:00Z');
const all = { sandbox: 'prod', maxPages: 50, limit: <T>(call: () => Promise<T>) => call() };

async function begin() {
  const { adobe, platform } = await startAdobe();
  return { adobe, jobs: new QueryServiceJobs(platform) };
}

/** A Query Service that responds with these bodies in turn, and the requests it received. */
async function answering(...bodies: readonly unknown[]) {
  const urls: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const body = JSON.stringify(bodies[urls.length] ?? {});
    urls.push(decodeURIComponent(incoming.url ?? ''));
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const tokens = { token: async () => 't', invalidate: () => undefined };
  const { platform } = clientsAt(`http://127.0.0.1:${port}`, tokens as never);
  return { urls, jobs: new QueryServiceJobs(platform) };
}

describe('reading jobs', () => {
  test('all pages of a sandbox are read, for both schedules and queries', async () => {
    const { jobs } = await begin();
    const schedules = await jobs.schedules(all);
    expect(schedules).toMatchObject({ unread: [], isWhole: true });
    expect(schedules.items).toHaveLength(13);
    const { items, isWhole } = await jobs.queries({ ...all, maxPages: 200 }, SINCE);
    expect(isWhole).toBe(true);
    // Every 15 minutes for 30 days.
    expect(items.filter(({ technicalAccountId }) => technicalAccountId === CRM)).toHaveLength(30 * 24 * 4 + 1);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  });

  test('a page limit leaves out the oldest queries', async () => {
    const { jobs } = await begin();
    const { items, isWhole } = await jobs.queries({ ...all, maxPages: 2 }, SINCE);
    expect([items.length, isWhole]).toEqual([200, false]);
  });

  test('the jobs of one technical account are requested by its long id', async () => {
    const { jobs } = await begin();
    const { items } = await jobs.schedules({ ...all, technicalAccountId: CRM });
    expect(items).toMatchObject([
      { technicalAccountId: CRM, name: 'Segments to the CRM', cron: '*/15 * * * *', isEnabled: true },
    ]);
    const { urls, jobs: asked } = await answering();
    await failureOf(asked.queries({ ...all, technicalAccountId: CRM }, SINCE));
    expect(urls).toEqual([
      `/data/foundation/query/queries?property=userId==${CRM.toLowerCase()}@techacct.adobe.com,created>=2025-04-05T09:00:00.000Z&orderby=-created&excludeHidden=false&limit=100`,
    ]);
  });

  test('the runs of a schedule show a failed login, and why it failed', async () => {
    const { adobe, jobs } = await begin();
    adobe.switchFault('jobs-no-login', true);
    const id = `${technicalAccountIdOf('ml-feature-store').toLowerCase()}-prod-0`;
    const { items: runs } = await jobs.runs('prod', id, new Date('2025-05-03T00:00:00Z'));
    expect(runs.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'succeeded']);
    expect(await jobs.runError('prod', id, runs[0]?.id ?? '')).toBe('The technical account could not log in');
    expect(await jobs.runError('prod', id, runs[2]?.id ?? '')).toBeNull();
  });

  test('every form of Adobe’s samples is read', async () => {
    const userId = `${CRM}@TECHACCT.adobe.com`;
    const { jobs, urls } = await answering(
      {
        queries: [
          {
            id: 'a',
            state: 'failed',
            created: '1746435600000',
            userId,
            errors: [{ code: 53, message: ' No access ' }],
          },
          { id: 'b', state: 'Success', created: 1746435600000, userId, request: { name: 'Nightly' } },
        ],
        _links: { next: 'https://elsewhere.example/any/queries?start=1&limit=2' },
      },
      {
        queries: [
          {
            id: 'c',
            state: 'TIMEOUT',
            created: '2025-05-05T09:00:00Z',
            userId: 'person@AdobeID',
            errors: [{ code: '1' }],
          },
          { id: 'd', state: 'KILLED', created: '2025-05-05T09:00:00Z', templateName: 'T' },
          { id: 'e', state: 'SOMETHING_NEW', created: '2025-05-05 09:00:00', userId: null, errors: 'none' },
        ],
        _links: { next: { href: '' } },
      },
    );
    const { items, isWhole } = await jobs.queries(all, SINCE);
    expect(isWhole).toBe(true);
    const at = new Date('2025-05-05T09:00:00Z');
    expect(items).toEqual([
      { id: 'a', technicalAccountId: CRM, name: null, createdAt: at, outcome: 'failed', error: 'No access' },
      { id: 'b', technicalAccountId: CRM, name: 'Nightly', createdAt: at, outcome: 'succeeded', error: null },
      { id: 'c', technicalAccountId: null, name: null, createdAt: at, outcome: 'failed', error: '1' },
      { id: 'd', technicalAccountId: null, name: 'T', createdAt: at, outcome: 'stopped', error: null },
      { id: 'e', technicalAccountId: null, name: null, createdAt: at, outcome: 'open', error: null },
    ]);
    expect(urls[1]).toBe('/data/foundation/query/queries?start=1&limit=2');
  });

  test('an unreadable item is named and left out, and the list is then incomplete', async () => {
    const good = { id: 's1', userId: `${CRM}@techacct.adobe.com`, state: 'enabled', schedule: { schedule: '@daily' } };
    const { jobs } = await answering({ schedules: [good, { userId: 'x' }] });
    expect(await jobs.schedules(all)).toMatchObject({
      items: [{ id: 's1', name: 's1', cron: '@daily', isEnabled: true }],
      unread: [{ name: 'without a name', problem: { kind: 'bad_answer', detail: 'schedules[1].id: missing' } }],
      isWhole: false,
    });
  });

  test('a page with no readable item is not the end, and an item that two pages repeat is named once', async () => {
    const odd = { query: { name: 7 } };
    const { jobs } = await answering(
      { schedules: [{ id: 's1', ...odd }], _links: { next: '?start=1' } },
      { schedules: [{ ...odd }], _links: { next: '?start=2' } },
      { schedules: [{ id: 's2' }, { id: 's1', ...odd }, { ...odd }] },
    );
    expect(await jobs.schedules(all)).toMatchObject({
      items: [{ id: 's1' }, { id: 's2' }],
      unread: [{ name: 'without a name' }],
      unreadParts: [{ name: 's1: name' }],
    });
  });

  test('an unreadable date or name of a schedule is named, and the schedule is read without it', async () => {
    const { jobs } = await answering({
      schedules: [
        { id: 's1', query: { name: 'etl' }, schedule: { schedule: '0 * * * *', startDate: 'soon', endDate: 'late' } },
        { id: 's2', query: { name: 7 }, schedule: { endDate: 0 } },
      ],
    });
    const { items, unread, unreadParts, isWhole } = await jobs.schedules(all);
    expect(unread).toEqual([]);
    expect(isWhole).toBe(true);
    expect(items).toMatchObject([
      { name: 'etl', startsAt: null, endsAt: null, unread: ['date'] },
      { name: 's2', unread: ['name'] },
    ]);
    const operation = 'list the schedules of sandbox prod';
    const problem = (detail: string) => ({ kind: 'bad_answer', operation, detail });
    expect(unreadParts).toEqual([
      { name: 'etl: startDate', problem: problem('startDate: expected a date') },
      { name: 'etl: endDate', problem: problem('endDate: expected a date') },
      { name: 's2: name', problem: problem('name: expected text') },
    ]);
  });

  test('an unreadable run is named and left out', async () => {
    const good = { id: 'r1', state: 'SUCCESS', created: '2025-05-05T09:00:00Z' };
    const { jobs } = await answering({ runsSchedules: [good, { id: 'r2', state: 'FAILED', created: 'soon' }] });
    expect(await jobs.runs('prod', 's1', SINCE)).toMatchObject({
      items: [{ id: 'r1' }],
      unread: [{ name: 'r2', problem: { kind: 'bad_answer', detail: 'runsSchedules[1].created: expected a date' } }],
    });
    const { jobs: none } = await answering({ runsSchedules: [{ id: 'r2', created: 'soon' }] });
    expect((await failureOf(none.runs('prod', 's1', SINCE))).kind).toBe('bad_answer');
  });

  test('a full page without a next link makes the list incomplete, since more may follow', async () => {
    const schedules = Array.from({ length: 100 }, (_, i) => ({ id: `s${i}` }));
    const { jobs } = await answering({ schedules });
    expect(await jobs.schedules(all)).toMatchObject({ isWhole: false });
  });

  test('the items read before a page failed are kept, with why the rest is missing', async () => {
    const next = { next: '?start=1' };
    const { jobs } = await answering({ schedules: [{ id: 's1' }], _links: next }, { items: [] });
    expect(await jobs.schedules(all)).toMatchObject({
      items: [{ id: 's1' }],
      isWhole: false,
      cutShort: { kind: 'bad_answer', detail: 'schedules: missing' },
    });
  });

  test('a response that is not a list of jobs is rejected', async () => {
    const { jobs } = await answering({ items: [] });
    expect((await failureOf(jobs.schedules(all))).kind).toBe('bad_answer');
  });
});
