import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { Fault, Operation } from '../../playground/adobe/faults.ts';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT, SimulatedAdobe } from '../../playground/adobe/server.ts';
import type { FaultId } from '../../playground/panel/contract.ts';
import { QueryServiceAccounts } from '../../src/adobe/accounts.ts';
import { ConsolePaths, DeveloperConsole } from '../../src/adobe/console.ts';
import { DeveloperConsoleMigration } from '../../src/adobe/developer-console.ts';
import { AdobeHttp } from '../../src/adobe/http.ts';
import { ImsTokens } from '../../src/adobe/ims.ts';
import { Pauses } from '../../src/adobe/pauses.ts';
import { QueryServiceJobs } from '../../src/adobe/queries.ts';
import { QueryServiceMigration } from '../../src/adobe/query-service.ts';
import { AT_ONCE, IN_TIME } from '../adobe/setup.ts';
import { TestClock } from '../support/clock.ts';
import { OPERATIONS } from './operations.ts';
import { Referee } from './referee.ts';

const BI = technicalAccountIdOf('bi-nightly');
const NEVER = new AbortController().signal;

/** Every call that the bot can make, through the referee to the simulated Adobe. */
async function begin() {
  const clock = new TestClock();
  const adobe = new SimulatedAdobe({ clock });
  const referee = new Referee();
  const [{ url }, urls] = await Promise.all([adobe.start(), referee.start()]);
  referee.upstream = url;
  onTestFinished(async () => {
    referee.stop();
    await adobe.stop();
  });
  const { clientId, orgId } = SIMULATED_CLIENT;
  const tokens = new ImsTokens({ imsUrl: urls.ADOBE_IMS_URL, ...SIMULATED_CLIENT, clock, pauses: new Pauses(clock) });
  const common = { clientId, tokens, retryDelays: AT_ONCE };
  const platform = new AdobeHttp({ ...common, pauses: new Pauses(clock), baseUrl: urls.ADOBE_PLATFORM_URL, orgId });
  const http = new AdobeHttp({ ...common, pauses: new Pauses(clock), baseUrl: urls.ADOBE_CONSOLE_URL });
  const paths = new ConsolePaths(http, orgId);
  const accounts = new QueryServiceAccounts(platform);
  const reader = new DeveloperConsole(http, paths);
  const jobs = new QueryServiceJobs(platform);
  const asked = { sandbox: 'prod', maxPages: 3, limit: <T>(call: () => Promise<T>) => call() };
  const since = new Date(clock.now().getTime() - 30 * 86_400_000);
  const schedule = `${BI.toLowerCase()}-prod-0`;
  const path = '/data/foundation/queryauth/accounts/{technicalAccountId}/migrate';
  const queryService = new QueryServiceMigration({ platform, tokens, path, timeoutMs: 5_000 });
  const console = new DeveloperConsoleMigration({ http, paths, tokens, timeoutMs: 5_000 });
  const target = { technicalAccountId: BI, sandbox: 'prod', consoleId: '100001', step: 'start' } as const;
  const other = { consoleId: '100002' };

  /** Each call with its operation, whose faults may make it fail. */
  const calls: readonly (readonly [Operation, () => Promise<unknown>])[] = [
    ['accounts', () => accounts.readAccounts('prod')],
    ['organizations', () => reader.integrationIds()],
    ['integration', () => reader.technicalAccountIdOf('100001')],
    ['integration', () => reader.technicalAccountIdOf('90003')],
    ['status', () => reader.migrationStatus('100001')],
    ['bindings', () => reader.certificateUntil('100001')],
    ['bindings', () => reader.certificateUntil('90003')],
    ['schedules', () => jobs.schedules(asked)],
    ['schedules', () => jobs.schedules({ ...asked, technicalAccountId: BI })],
    ['queries', () => jobs.queries(asked, since)],
    ['queries', () => jobs.queries({ ...asked, technicalAccountId: BI }, since)],
    ['runs', () => jobs.runs('prod', schedule, since)],
    ['run', async () => jobs.runError('prod', schedule, (await jobs.runs('prod', schedule, since)).items[0]?.id ?? '')],
    ['start', () => queryService.start(target, NEVER, IN_TIME)],
    ['binding', () => console.start({ ...other, step: 'start' }, NEVER, IN_TIME)],
    ['unbinding', () => console.start({ ...other, step: 'cancel' }, NEVER, IN_TIME)],
    ['binding', () => console.start({ ...other, step: 'start' }, NEVER, IN_TIME)],
    ['finalize', () => console.start({ ...other, step: 'finish' }, NEVER, IN_TIME)],
  ];
  return { adobe, clock, referee, tokens, platform, calls, imsUrl: urls.ADOBE_IMS_URL };
}

/** Operations that the bot does not call: this one returns the type of a sandbox. */
const OF_THE_CHECK = ['sandboxes'];

test('the jobs of a credential can be read with requests that Adobe publishes', async () => {
  const { referee, platform } = await begin();
  const userId = `userId==${BI.toLowerCase()}@techacct.adobe.com`;
  const since = encodeURIComponent(`${userId},created>=2025-05-01T00:00:00.000Z`);
  for (const path of [
    'schedules?limit=1',
    `schedules?property=${encodeURIComponent(userId)}&limit=100`,
    'queries?limit=1',
    `queries?property=${since}&orderby=-created&excludeHidden=false&limit=100`,
    `queries?property=${since}&orderby=%2Bcreated`,
  ])
    await platform.get({
      ...{ operation: 'read jobs', path: `/data/foundation/query/${path}`, sandbox: 'prod' },
      schema: z.record(z.string(), z.unknown()),
    });
  expect([...referee.violations]).toEqual([]);
  expect(referee.operations).toEqual(['queries', 'schedules', 'token']);
});

test('every request of the bot and every response of the simulated Adobe matches what Adobe publishes', async () => {
  const { referee, calls } = await begin();
  for (const [, call] of calls) await call();
  expect([...referee.violations]).toEqual([]);
  const all = OPERATIONS.map(({ name }) => name).filter((name) => !OF_THE_CHECK.includes(name));
  expect(referee.operations).toEqual(all.sort());
});

describe('a fault of the simulated Adobe', () => {
  /** Faults whose responses intentionally differ from Adobe's. */
  const FOREIGN: Partial<Record<FaultId, RegExp>> = {
    garbage: /200 has the content type text\/html$/,
    'account-unreadable': /^accounts: the response: 200\/accounts\/0\/technicalAccountId must match pattern/,
  };
  const SLOW: readonly FaultId[] = ['slow'];
  const faults = new SimulatedAdobe().faults.switches.map(({ id }) => id).filter((id) => !SLOW.includes(id));

  test.each(faults)('that is switched on (%s) is a response that Adobe could send', async (id) => {
    const { adobe, referee, calls } = await begin();
    adobe.switchFault(id, true);
    for (const [, call] of calls) await call().catch(() => undefined);
    const foreign = FOREIGN[id];
    expect([...referee.violations].filter((each) => foreign?.test(each) !== true)).toEqual([]);
    if (foreign !== undefined) expect(referee.violations.size).toBeGreaterThan(0);
  });

  const gateway = (error_code: string): Fault => ({
    kind: 'status',
    status: Number(error_code.slice(0, 3)),
    body: { error_code, message: 'simulated' },
  });
  const bare = (status: number): Fault => ({ kind: 'status', status });
  test.each<[string, Fault]>([
    ...['400003', '401013', '403000', '403003', '403010', '403025', '429050'].map((code): [string, Fault] => [
      code,
      gateway(code),
    ]),
    ...[401, 403, 404, 500, 503].map((status): [string, Fault] => [`${status} without a body`, bare(status)]),
    ['a lost response', { kind: 'lose-response' }],
    ['half a response', { kind: 'half-response' }],
  ])('that is injected (%s) leads to no unpublished request', async (_, fault) => {
    const { adobe, referee, calls, clock } = await begin();
    for (const [on, call] of calls) {
      adobe.faults.clear();
      adobe.faults.add({ ...fault, on, times: 3 });
      await call().catch(() => undefined);
      clock.advance(61);
    }
    const ofRequests = [...referee.violations].filter((each) => each.includes('the request'));
    expect(ofRequests).toEqual([]);
  });

  test('a refusal by the simulated Adobe has one of Adobe’s formats', async () => {
    const { adobe, referee, calls, tokens } = await begin();
    await tokens.token();
    adobe.revokeTokens();
    adobe.remove(BI);
    for (const [, call] of calls) await call().catch(() => undefined);
    expect(referee.exchanges.map(({ status }) => status)).toEqual(expect.arrayContaining([401, 404]));
    expect([...referee.violations]).toEqual([]);
  });

  test.each([{ clientSecret: 'wrong' }, { clientId: 'wrong' }, { scopes: ['wrong'] }])(
    'a refusal by the simulated IMS has the format of IMS: %j',
    async (changes) => {
      const { referee, clock, imsUrl } = await begin();
      const tokens = new ImsTokens({ imsUrl, ...SIMULATED_CLIENT, ...changes, clock, pauses: new Pauses(clock) });
      await expect(tokens.token()).rejects.toThrow('token_refused');
      expect(referee.exchanges).toEqual([{ operation: 'token', status: 400 }]);
      expect([...referee.violations]).toEqual([]);
    },
  );
});
