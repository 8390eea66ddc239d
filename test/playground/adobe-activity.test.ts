import { describe, expect, test } from 'vitest';
import type { Seed } from '../../playground/adobe/organisation.ts';
import { seedOrganisation, technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { startCaller } from './adobe-caller.ts';

const BI = technicalAccountIdOf('bi-nightly');
const CRM = technicalAccountIdOf('crm-sync');

/** Seconds from the clock's start, 5 May 2025 at 9:00, until this time. */
const until = (time: string) => (Date.parse(time) - Date.UTC(2025, 4, 5, 9)) / 1000;
const user = (id: string) => `userId==${id.toLowerCase()}@techacct.adobe.com`;

async function startWith({ seed, now }: { seed?: Seed; now?: string } = {}) {
  // Years, so that no token expires when the clock is advanced.
  const started = await startCaller({ tokenSeconds: 1e9, ...(seed && { seed }) });
  if (now !== undefined) started.clock.advance(until(now));
  return {
    ...started,
    /** `14:45 SUCCESS` and so on, newest first. */
    async queries(property: string, limit = 3, sandbox = 'prod'): Promise<string[]> {
      const path = `/data/foundation/query/queries?property=${property}&limit=${limit}`;
      const { body } = await started.ask(path, { 'x-sandbox-name': sandbox });
      const rows: { created: string; state: string }[] = body.queries;
      return rows.map(({ created, state }) => `${created.slice(5, 16)} ${state}`);
    },
  };
}

describe('queries', () => {
  test('the queries of a credential are those of its schedules, newest first; the last may still be running', async () => {
    const { queries, clock } = await startWith();
    expect(await queries(user(CRM))).toEqual(['05-05T09:00 IN_PROGRESS', '05-05T08:45 SUCCESS', '05-05T08:30 SUCCESS']);
    clock.advance(119);
    expect(await queries(user(CRM), 1)).toEqual(['05-05T09:00 IN_PROGRESS']);
    clock.advance(1);
    expect(await queries(user(CRM), 1)).toEqual(['05-05T09:00 SUCCESS']);
    expect(await queries(user(BI), 2)).toEqual(['05-05T02:00 SUCCESS', '05-04T02:00 SUCCESS']);
  });

  test.each([
    [`${user(CRM)},created>=2025-05-05T08:45:00Z`, 2],
    [`${user(CRM)},created>2025-05-05T08:45:00Z`, 1],
    ['userId==someone-else', 0],
    [`${user(CRM)},state==FAILED`, 0],
    [user(technicalAccountIdOf('legacy-export')), 0],
  ])('the filter %s finds %i queries', async (property, length) => {
    const { queries } = await startWith();
    expect(await queries(property, 100)).toHaveLength(length);
  });

  test('queries are listed by sandbox', async () => {
    const { queries } = await startWith();
    expect(await queries(user(BI), 3, 'dev')).toEqual([]);
    expect(await queries(user(technicalAccountIdOf('airflow-etl')), 1, 'dev')).toHaveLength(1);
  });

  test('queries start after the credential was created and disappear with it', async () => {
    const { adobe, queries, clock } = await startWith();
    clock.advance(until('2021-06-20T09:00:00Z'));
    // Created on the evening of 16 June.
    expect(await queries(user(BI), 100)).toHaveLength(4);
    adobe.remove(BI);
    expect(await queries(user(BI))).toEqual([]);
  });
});

describe('after the deadline', () => {
  test('queries fail after a migration if the visitor switches that on', async () => {
    const { adobe, queries, clock } = await startWith();
    adobe.switchFault('jobs-fail-after', true);
    clock.advance(300);
    adobe.migrateElsewhere(CRM);
    clock.advance(15 * 60);
    expect(await queries(user(CRM), 2)).toEqual(['05-05T09:15 FAILED', '05-05T09:00 SUCCESS']);
    expect(await queries(user(BI), 1)).toEqual(['05-05T02:00 SUCCESS']);
  });

  test('queries fail after the deadline unless the credential was migrated', async () => {
    const migrated = await startWith({ seed: seedOrganisation(['crm-sync']), now: '2025-07-01T00:20:00Z' });
    expect(await migrated.queries(user(CRM), 2)).toEqual(['07-01T00:15 SUCCESS', '07-01T00:00 SUCCESS']);
    const not = await startWith({ now: '2025-07-01T00:20:00Z' });
    expect(await not.queries(user(CRM))).toEqual(['07-01T00:15 FAILED', '07-01T00:00 FAILED', '06-30T23:45 SUCCESS']);
  });

  test('queries after the deadline succeed from the start of a migration', async () => {
    const { adobe, queries, clock } = await startWith({ now: '2025-07-08T08:50:00Z' });
    adobe.migrationSeconds = 3600;
    adobe.migrateElsewhere(CRM);
    clock.advance(30 * 60);
    expect(await queries(user(CRM))).toEqual(['07-08T09:15 SUCCESS', '07-08T09:00 SUCCESS', '07-08T08:45 FAILED']);
    clock.advance(3600);
    expect(await queries(user(CRM), 1)).toEqual(['07-08T10:15 SUCCESS']);
  });

  test('queries after the deadline succeed during a failed migration only', async () => {
    const { adobe, queries, clock } = await startWith({ now: '2025-07-08T08:50:00Z' });
    adobe.migrationSeconds = 15 * 60;
    adobe.migrateElsewhere(CRM);
    adobe.failMigration(CRM);
    clock.advance(30 * 60);
    expect(await queries(user(CRM))).toEqual(['07-08T09:15 FAILED', '07-08T09:00 SUCCESS', '07-08T08:45 FAILED']);
  });
});

describe('schedules', () => {
  const schedules = '/data/foundation/query/schedules';
  test('schedules have a cron expression and a state', async () => {
    const { ask } = await startWith();
    const { body } = await ask(`${schedules}?property=${user(BI)}`);
    const rows: { state: string; schedule: { schedule: string } }[] = body.schedules;
    expect(rows.map(({ state, schedule }) => [schedule.schedule, state])).toEqual([
      ['0 2 * * *', 'ENABLED'],
      ['30 2 * * *', 'DISABLED'],
    ]);
  });

  test('schedules are listed newest first, up to the limit', async () => {
    const { ask } = await startWith();
    const { body } = await ask(`${schedules}?limit=2`);
    expect(body.schedules.map((each: { query: { name: string } }) => each.query.name)).toEqual([
      'Threshold check',
      'Churn features',
    ]);
  });
});
