import { describe, expect, test } from 'vitest';
import { manyCredentials, technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { DeveloperConsole } from '../../src/adobe/console.ts';
import { ConsolePaths } from '../../src/adobe/console-paths.ts';
import { failureOf, startAdobe } from './setup.ts';

async function startConsole(options: Parameters<typeof startAdobe>[0] = {}, orgId = SIMULATED_CLIENT.orgId) {
  const started = await startAdobe(options);
  return { ...started, reader: new DeveloperConsole(started.console, new ConsolePaths(started.console, orgId)) };
}

/** The integration of a seeded credential. */
async function integrationOf(reader: DeveloperConsole, name: string): Promise<string> {
  for (const id of (await reader.integrationIds()).items) {
    if ((await reader.technicalAccountIdOf(id)) === technicalAccountIdOf(name)) return id;
  }
  throw new Error(`${name} has no integration`);
}

describe('the organisation', () => {
  test('is looked up once for all calls, whatever the case of its id', async () => {
    const { adobe, reader } = await startConsole({}, SIMULATED_CLIENT.orgId.toLowerCase());
    await Promise.all([reader.integrationIds(), reader.integrationIds()]);
    await reader.integrationIds();
    expect(adobe.calls.filter(({ path }) => path === '/console/organizations')).toHaveLength(1);
  });

  test('is looked up again after an error', async () => {
    const { adobe, reader } = await startConsole();
    adobe.consoleRefuses(true);
    expect((await failureOf(reader.integrationIds())).problem).toMatchObject({ kind: 'not_allowed', status: 403 });
    adobe.consoleRefuses(false);
    expect((await reader.integrationIds()).items).not.toHaveLength(0);
  });

  test('is reported if the Console does not show it', async () => {
    const { reader } = await startConsole({}, 'ANOTHER@AdobeOrg');
    const { problem } = await failureOf(reader.integrationIds());
    expect(problem).toMatchObject({ kind: 'no_such_organisation', detail: 'not among the 2 it shows' });
  });
});

describe('the integrations', () => {
  test('are read from every page, with ids that are numbers and text', async () => {
    const { adobe, reader } = await startConsole({ seed: manyCredentials(120) });
    const ids = (await reader.integrationIds()).items;
    expect(new Set(ids).size).toBe(120);
    expect(ids.every((id) => typeof id === 'string')).toBe(true);
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?'))).toHaveLength(3);
  });

  const full: { id: string | number }[] = Array.from({ length: 50 }, (_, id) => ({ id }));
  const others = full.map(({ id }) => ({ id: `x${id}` }));
  test.each([
    [
      'pages',
      [
        { content: full, pages: 2 },
        { content: others, pages: 2 },
      ],
    ],
    [
      'total',
      [
        { content: full, total: 100 },
        { content: others, total: 100 },
      ],
    ],
    ['a short page', [{ content: full }, { content: others }, { content: [{ id: 'last' }] }]],
    ['an empty page', [{ content: full }, { content: others }, { content: [] }]],
    [
      'an empty page before the total',
      [
        { content: full, total: 999 },
        { content: [], total: 999 },
      ],
    ],
    [
      'the total of small pages',
      [
        { content: full.slice(9), total: 91 },
        { content: others, total: 91 },
      ],
    ],
  ])('end with %s', async (_, pages) => {
    const { adobe, reader } = await startConsole();
    for (const body of pages) adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body });
    const ids = (await reader.integrationIds()).items;
    expect(ids).toHaveLength(pages.flatMap(({ content }) => content).length);
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?'))).toHaveLength(pages.length);
  });

  test('stop with an error if the pages never end', async () => {
    const { adobe, reader } = await startConsole();
    const body = { content: full, pages: 1e6 };
    const times = Number.POSITIVE_INFINITY;
    adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body, times });
    expect((await failureOf(reader.integrationIds())).problem.detail).toBe('still more after 1000 pages');
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?'))).toHaveLength(1000);
  });

  test.each([
    [{ content: [{ name: 'x' }] }, 'content[0].id: missing'],
    [{ content: [{ id: 2 ** 60 }] }, 'content[0].id: Too big: expected int to be <=9007199254740991'],
    [{ content: [{ id: null }] }, 'content[0].id: expected an id'],
    [{ page: 0 }, 'content: missing'],
  ])('are rejected with the name of the invalid field if none can be read: %j', async (body, detail) => {
    const { adobe, reader } = await startConsole();
    adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body });
    expect((await failureOf(reader.integrationIds())).problem).toMatchObject({ kind: 'bad_answer', detail });
  });
});

test('an integration without a readable id is left out of the list and named', async () => {
  const { adobe, reader } = await startConsole();
  const body = { content: [{ id: 1 }, { name: 'odd', id: {} }, { id: '2' }], total: 3 };
  adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body });
  expect(await reader.integrationIds()).toMatchObject({
    items: ['1', '2'],
    unread: [{ what: 'integration', name: 'odd', problem: { detail: 'content[1].id: expected an id' } }],
  });
});

describe('an integration', () => {
  test('returns the technical account id in the form of Query Service', async () => {
    const { reader } = await startConsole();
    await expect(reader.technicalAccountIdOf('100001')).resolves.toBe(technicalAccountIdOf('bi-nightly'));
  });

  test('of another type has no technical account', async () => {
    const { reader } = await startConsole();
    await expect(reader.technicalAccountIdOf('90003')).resolves.toBeNull();
  });

  test('that is gone is reported', async () => {
    const { reader } = await startConsole();
    expect((await failureOf(reader.technicalAccountIdOf('7/../8'))).kind).toBe('no_such_path');
  });
});

describe('the migration status', () => {
  test.each([
    ['bi-nightly', 'not_started'],
    ['dbt-transform', 'started'],
    ['powerbi-gateway', 'completed'],
    ['notebooks', 'none'],
  ])('of %s is %s', async (name, status) => {
    const { reader } = await startConsole();
    await expect(reader.migrationStatus(await integrationOf(reader, name))).resolves.toBe(status);
  });

  test.each([
    [{ migrationStatus: 'CONFUSED' }, 'migrationStatus: unknown value "CONFUSED"'],
    [{ migrationStatus: 'toString' }, 'migrationStatus: unknown value "toString"'],
    [{ status: 'STARTED' }, 'migrationStatus: missing'],
    [{ migrationStatus: null }, 'migrationStatus: '],
  ])('is never guessed: %j', async (body, detail) => {
    const { adobe, reader } = await startConsole();
    adobe.faults.add({ on: 'status', kind: 'status', status: 200, body });
    const { problem } = await failureOf(reader.migrationStatus('100001'));
    expect(problem.kind).toBe('bad_answer');
    expect(problem.detail).toContain(detail);
  });
});
