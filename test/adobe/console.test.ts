import { describe, expect, it } from 'vitest';
import { manyCredentials, technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { DeveloperConsole } from '../../src/adobe/console.ts';
import { failureOf, startAdobe } from './setup.ts';

async function startConsole(options: Parameters<typeof startAdobe>[0] = {}, orgId = SIMULATED_CLIENT.orgId) {
  const started = await startAdobe(options);
  return { ...started, reader: new DeveloperConsole(started.console, orgId) };
}

/** The integration of a seeded credential. */
async function integrationOf(reader: DeveloperConsole, name: string): Promise<string> {
  for (const id of await reader.integrationIds()) {
    if ((await reader.technicalAccountIdOf(id)) === technicalAccountIdOf(name)) return id;
  }
  throw new Error(`${name} has no integration`);
}

describe('the organisation', () => {
  it('is found once for all calls, whatever the case of its id', async () => {
    const { adobe, reader } = await startConsole({}, SIMULATED_CLIENT.orgId.toLowerCase());
    await Promise.all([reader.integrationIds(), reader.integrationIds()]);
    await reader.integrationIds();
    expect(adobe.calls.filter(({ path }) => path === '/console/organizations')).toHaveLength(1);
  });

  it('is looked for again after a failure', async () => {
    const { adobe, reader } = await startConsole();
    adobe.consoleRefuses(true);
    expect((await failureOf(reader.integrationIds())).problem).toMatchObject({
      kind: 'not_allowed',
      status: 403,
    });
    adobe.consoleRefuses(false);
    await expect(reader.integrationIds()).resolves.not.toHaveLength(0);
  });

  it('may be none that the Console shows', async () => {
    const { reader } = await startConsole({}, 'ANOTHER@AdobeOrg');
    const { problem } = await failureOf(reader.integrationIds());
    expect(problem).toMatchObject({ kind: 'no_such_organisation', detail: 'not among the 2 it shows' });
  });
});

describe('the integrations', () => {
  it('are read from every page, with ids that are numbers and text', async () => {
    const { adobe, reader } = await startConsole({ seed: manyCredentials(120) });
    const ids = await reader.integrationIds();
    expect(new Set(ids).size).toBe(120);
    expect(ids.every((id) => typeof id === 'string')).toBe(true);
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?'))).toHaveLength(3);
  });

  const full: { id: string | number }[] = Array.from({ length: 50 }, (_, id) => ({ id }));
  const others = full.map(({ id }) => ({ id: `x${id}` }));
  it.each([
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
    const ids = await reader.integrationIds();
    expect(ids).toHaveLength(pages.flatMap(({ content }) => content).length);
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?'))).toHaveLength(pages.length);
  });

  it('do not go on without an end', async () => {
    const { adobe, reader } = await startConsole();
    const body = { content: full, pages: 1e6 };
    const times = Number.POSITIVE_INFINITY;
    adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body, times });
    expect((await failureOf(reader.integrationIds())).problem.detail).toBe('still more after 1000 pages');
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?'))).toHaveLength(1000);
  });

  it.each([
    [{ content: [{ id: 1 }, { name: 'x' }] }, 'content[1].id: missing'],
    [{ content: [{ id: 2 ** 60 }] }, 'content[0].id: Too big: expected int to be <=9007199254740991'],
    [{ content: [{ id: null }] }, 'content[0].id: expected an id'],
    [{ page: 0 }, 'content: missing'],
  ])('are refused by name: %j', async (body, detail) => {
    const { adobe, reader } = await startConsole();
    adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body });
    expect((await failureOf(reader.integrationIds())).problem).toMatchObject({ kind: 'bad_answer', detail });
  });
});

describe('an integration', () => {
  it('leads to the technical account as Query Service writes it', async () => {
    const { reader } = await startConsole();
    await expect(reader.technicalAccountIdOf('100001')).resolves.toBe(technicalAccountIdOf('bi-nightly'));
  });

  it('of another type has none', async () => {
    const { reader } = await startConsole();
    await expect(reader.technicalAccountIdOf('90003')).resolves.toBeNull();
  });

  it('may be gone', async () => {
    const { reader } = await startConsole();
    expect((await failureOf(reader.technicalAccountIdOf('7/../8'))).kind).toBe('no_such_path');
  });
});

describe('the migration status', () => {
  it.each([
    ['bi-nightly', 'not_started'],
    ['dbt-transform', 'started'],
    ['powerbi-gateway', 'completed'],
    ['notebooks', 'none'],
  ])('of %s is %s', async (name, status) => {
    const { reader } = await startConsole();
    await expect(reader.migrationStatus(await integrationOf(reader, name))).resolves.toBe(status);
  });

  it.each([
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
