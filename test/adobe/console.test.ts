import { describe, expect, test } from 'vitest';
import { manyCredentials, technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { ConsolePaths, DeveloperConsole } from '../../src/adobe/console.ts';
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

  test.each([
    ['a number', { id: 81234, code: SIMULATED_CLIENT.orgId, more: null }],
    ['text', { id: '81234', code: SIMULATED_CLIENT.orgId, description: null }],
  ])('may have an id that is %s, next to others without a code', async (_, ours) => {
    const { adobe, reader } = await startConsole();
    const body = [{ id: 1, code: null }, { id: '2' }, ours];
    adobe.faults.add({ on: 'organizations', kind: 'status', status: 200, body });
    expect((await reader.integrationIds()).items).not.toHaveLength(0);
  });

  test('is looked up again after an error', async () => {
    const { adobe, reader } = await startConsole();
    adobe.consoleRefuses(true);
    expect((await failureOf(reader.integrationIds())).problem).toMatchObject({ kind: 'not_allowed', status: 403 });
    adobe.consoleRefuses(false);
    expect((await reader.integrationIds()).items).not.toHaveLength(0);
  });

  test('is reported as missing if the Console does not show it', async () => {
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
      'the number of pages',
      [
        { content: full, pages: 2 },
        { content: others, pages: 2 },
      ],
    ],
    [
      'the total',
      [
        { content: full, total: 100 },
        { content: others, total: 100 },
      ],
    ],
    ['a short page', [{ content: full }, { content: others }, { content: [{ id: 'last' }] }]],
    ['an empty page', [{ content: full }, { content: others }, { content: [] }]],
    [
      'pages written as text',
      [
        { content: full, pages: '2', total: '100' },
        { content: others, pages: '2', total: '100' },
      ],
    ],
    ['a count that is null', [{ content: full, pages: null, total: null }, { content: [{ id: 'last' }] }]],
    ['counts that are not numbers', [{ content: full, pages: 'many', total: -1 }, { content: [] }]],
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

  test('end soon after an empty page, whatever the total', async () => {
    const { adobe, reader } = await startConsole();
    for (const content of [full, []])
      adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body: { content, total: 9_999 } });
    expect((await reader.integrationIds()).items.length).toBeGreaterThanOrEqual(50);
    // Only the pages that were requested at the same time.
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?')).length).toBeLessThan(11);
  });

  test('are requested a few at a time, under the caller’s limit, and keep their order', async () => {
    const { adobe, reader } = await startConsole({ seed: manyCredentials(520) });
    let inFlight = 0;
    let most = 0;
    const gauge = async <T>(call: () => Promise<T>) => {
      most = Math.max(most, ++inFlight);
      return call().finally(() => inFlight--);
    };
    const ids = (await reader.integrationIds(gauge)).items;
    expect(ids).toEqual(manyCredentials(520).credentials.map(({ consoleId }) => String(consoleId)));
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?'))).toHaveLength(11);
    expect(most).toBe(5);
  });

  test('that were read before a page failed are kept, in their order, with why the rest is missing', async () => {
    const { adobe, reader } = await startConsole();
    for (const content of [full, others])
      adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body: { content } });
    adobe.faults.add({ on: 'integrations', kind: 'status', status: 403 });
    const { items, cutShort } = await reader.integrationIds();
    expect(items).toEqual([...full, ...others].map(({ id }) => String(id)));
    expect(cutShort?.problem).toMatchObject({ kind: 'not_allowed', status: 403 });
  });

  test('are requested from no further page once one has failed', async () => {
    const { adobe, reader } = await startConsole();
    const body = { content: full, pages: 40 };
    adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body });
    adobe.faults.add({ on: 'integrations', kind: 'status', status: 403 });
    adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body, times: 40 });
    expect(await reader.integrationIds()).toMatchObject({ cutShort: { kind: 'not_allowed' } });
    // Only the pages that were requested at the same time.
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?')).length).toBeLessThan(11);
  });

  test('end at a page that brings nothing new if the Console does not count them', async () => {
    const { adobe, reader } = await startConsole();
    const times = Number.POSITIVE_INFINITY;
    adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body: { content: full }, times });
    const { items, cutShort } = await reader.integrationIds();
    expect({ items, cutShort }).toEqual({ items: full.map(({ id }) => String(id)), cutShort: undefined });
    expect(adobe.calls.filter(({ path }) => path.includes('/integrations?'))).toHaveLength(2);
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

  test.each([
    ['null', { id: 1, technicalAccountId: null }],
    ['missing', { id: '1', unheardOf: [] }],
    ['empty', { id: 1, technicalAccountId: '' }],
  ])('has no technical account if the field is %s', async (_, body) => {
    const { adobe, reader } = await startConsole();
    adobe.faults.add({ on: 'integration', kind: 'status', status: 200, body });
    await expect(reader.technicalAccountIdOf('100001')).resolves.toBeNull();
  });

  test.each([401, 403, 404, 500])('whose error %i has no body is reported with its status', async (status) => {
    const { adobe, reader } = await startConsole();
    adobe.faults.add({ on: 'integration', kind: 'status', status, times: 3 });
    const { problem } = await failureOf(reader.technicalAccountIdOf('100001'));
    expect([problem.status, problem.code, problem.detail]).toEqual([status, undefined, undefined]);
  });

  test('is reported as gone if the Console no longer has it', async () => {
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
    ['completed', 'completed'],
    ['Not_Started', 'not_started'],
  ] as const)('may be written in other letter case: %s', async (migrationStatus, status) => {
    const { adobe, reader } = await startConsole();
    const body = { migrationStatus, more: { of: 'it' } };
    adobe.faults.add({ on: 'status', kind: 'status', status: 200, body });
    await expect(reader.migrationStatus('100001')).resolves.toBe(status);
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
