import { describe, expect, test } from 'vitest';
import { largeOrganisation } from '../../playground/adobe/large-seed.ts';
import { seedOrganisation, technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SimulatedAdobe, type SimulatedAdobeOptions } from '../../playground/adobe/server.ts';
import { PEOPLE } from '../../playground/slack/users.ts';
import { TestClock } from '../support/clock.ts';

/** Not started: these tests make no requests. */
function adobeWith(options: SimulatedAdobeOptions = {}) {
  const clock = new TestClock();
  const adobe = new SimulatedAdobe({ clock, ...options });
  const names = (find: string) => adobe.view(find).credentials.map(({ name }) => name);
  return { adobe, clock, names };
}

describe('the view of the organisation', () => {
  test('a small organisation is shown completely, sorted by name, with counts by state', () => {
    const { adobe, names } = adobeWith();
    const { matching, total, counts, migrating, migrationSeconds } = adobe.view('');
    expect({ matching, total, counts, migrating, migrationSeconds }).toEqual({
      matching: 20,
      total: 20,
      counts: { NOT_STARTED: 14, STARTED: 1, COMPLETED: 4, NONE: 1 },
      migrating: 0,
      migrationSeconds: 40,
    });
    expect(names('').slice(0, 3)).toEqual(['airflow-dev', 'airflow-etl', 'alerts <!channel>']);
    expect(names('').slice(-4)).toEqual(['powerbi-gateway', 'qa-regression', 'R&D sandbox 🚀', 'tableau-server']);
  });

  test.each([
    ['LOOKER', ['looker-dev', 'looker-prod']],
    ['  bi-team@   stage ', ['qa-regression']],
    ['left@example.com', ['finance-month-end']],
    ['nightly looker', []],
  ])('the search “%s” finds the matching credentials', (find, expected) => {
    const { adobe, names } = adobeWith();
    expect(names(find)).toEqual(expected);
    expect(adobe.view(find)).toMatchObject({ matching: expected.length, total: 20 });
  });

  test('the panel shows created credentials and hides deleted ones', () => {
    const { adobe, names } = adobeWith();
    const [first] = seedOrganisation().credentials;
    expect(names('new')).toEqual([]);
    if (first !== undefined) adobe.add({ ...first, technicalAccountId: 'A'.repeat(24), name: 'a-new-one' });
    expect(names('')[0]).toBe('a-new-one');
    adobe.remove('A'.repeat(24));
    expect(names('new')).toEqual([]);
    expect(adobe.view('').total).toBe(20);
  });

  test('a credential is shown with its schedules and its last five queries', () => {
    const { adobe } = adobeWith();
    const [bi] = adobe.view('bi-nightly').credentials;
    expect(bi).toMatchObject({
      id: technicalAccountIdOf('bi-nightly'),
      owner: 'bi-team@example.com',
      sandboxes: ['prod'],
      state: 'NOT_STARTED',
      secondsLeft: null,
      schedules: [
        { name: 'BI marts', sandbox: 'prod', cron: '0 2 * * *', enabled: true },
        { name: 'BI marts, the old ones', sandbox: 'prod', cron: '30 2 * * *', enabled: false },
      ],
    });
    expect(bi?.queries).toHaveLength(5);
    expect(bi?.queries[0]).toEqual({
      name: 'BI marts',
      sandbox: 'prod',
      at: '2025-05-05T02:00:00.000Z',
      state: 'SUCCESS',
    });
  });

  test('a running migration shows the seconds left', () => {
    const { adobe, clock } = adobeWith();
    const crm = () => adobe.view('crm-sync').credentials[0];
    adobe.migrationSeconds = 10;
    adobe.migrateElsewhere(technicalAccountIdOf('crm-sync'));
    clock.advance(0.5);
    expect(crm()).toMatchObject({ state: 'STARTED', secondsLeft: 10 });
    clock.advance(9);
    expect(crm()).toMatchObject({ state: 'STARTED', secondsLeft: 1 });
    clock.advance(0.5);
    expect(crm()).toMatchObject({ state: 'COMPLETED', secondsLeft: null });
    expect(adobe.view('').migrationSeconds).toBe(10);
  });

  test('a migration begun in the Console stays STARTED until someone finishes or cancels it there', () => {
    const { adobe, clock } = adobeWith();
    const crm = () => adobe.view('crm-sync').credentials[0];
    const id = technicalAccountIdOf('crm-sync');
    adobe.inConsole(id, 'begin');
    clock.advance(90 * 24 * 3600);
    expect(crm()).toMatchObject({ state: 'STARTED', secondsLeft: null });
    expect(() => adobe.inConsole(id, 'begin')).toThrow('it is STARTED');
    adobe.inConsole(id, 'cancel');
    expect(crm()).toMatchObject({ state: 'NOT_STARTED', secondsLeft: null });
    expect(() => adobe.inConsole(id, 'finish')).toThrow('is unfinished');
    adobe.inConsole(id, 'begin');
    adobe.inConsole(id, 'finish');
    expect(crm()).toMatchObject({ state: 'COMPLETED', secondsLeft: null });
  });

  test('the panel shows which faults are switched on', () => {
    const { adobe } = adobeWith();
    adobe.switchFault('slow', true);
    const { faults } = adobe.view('');
    expect(faults.map(({ id, on }) => [id, on])).toEqual([
      ['down', false],
      ['garbage', false],
      ['paused', false],
      ['rate-limited', false],
      ['api-missing', false],
      ['refused', false],
      ['integration-refused', false],
      ['sandbox-refused', false],
      ['certificates-refused', false],
      ['account-unreadable', false],
      ['date-unreadable', false],
      ['jobs-unread', false],
      ['jobs-fail', false],
      ['jobs-no-login', false],
      ['jobs-fail-after', false],
      ['schedule-added', false],
      ['no-migrate-path', false],
      ['start-response-lost', false],
      ['slow', true],
      ['migration-fails', false],
    ]);
    expect(faults.filter(({ label, about }) => label === '' || about === '')).toEqual([]);
  });
});

describe('seeds', () => {
  test('a seed can have migrated credentials', () => {
    const { adobe } = adobeWith({ seed: seedOrganisation(['bi-nightly', 'crm-sync', 'dbt-transform']) });
    expect(adobe.view('').counts).toEqual({ NOT_STARTED: 12, STARTED: 0, COMPLETED: 7, NONE: 1 });
  });

  test('an organisation of ten thousand credentials is shown as its first fifty with the counts of all', () => {
    const { adobe, names } = adobeWith({ seed: largeOrganisation(10_000) });
    const { counts, matching, credentials } = adobe.view('');
    expect(matching).toBe(10_000);
    expect(credentials).toHaveLength(50);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(counts.COMPLETED).toBeGreaterThan(2_500);
    expect(counts.NOT_STARTED).toBeGreaterThan(5_000);
    expect(counts.NONE).toBeGreaterThan(100);
    expect(names('-09999')).toHaveLength(1);
    const active = credentials.filter(({ schedules }) => schedules.length > 0);
    expect(active.length).toBeGreaterThan(25);
    expect(active.every(({ queries }) => queries.length === 5)).toBe(true);
  });

  test('credentials of a large organisation belong to people of the playground, except for the odd cases', () => {
    const { credentials } = largeOrganisation(1_000);
    const owners = new Set(credentials.map(({ owner }) => owner));
    const people = new Set<string | null>(PEOPLE.map(({ email }) => email));
    expect([...owners].filter((owner) => !people.has(owner)).sort()).toEqual(['analytics-agency@example.com', null]);
    expect(owners.size).toBe(7);
    expect(new Set(credentials.map(({ created }) => created.getUTCFullYear()))).toEqual(new Set([2021]));
  });
});
