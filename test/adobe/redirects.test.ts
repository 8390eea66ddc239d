import { expect, test } from 'vitest';
import type { Operation } from '../../playground/adobe/faults.ts';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { connectAdobe } from '../../src/adobe/connect.ts';
import { REDIRECTS, startStranger } from '../support/stranger.ts';
import { IN_TIME, PATH, startAdobe, TARGET } from './setup.ts';

type Adobe = ReturnType<typeof connectAdobe>;

const never = new AbortController().signal;
const SINCE = new Date('2025-06-22T00:00:00Z');
/** The processes of these tests share no pauses. */
const NOT_KEPT = { pauseOf: async () => null, keep: async () => {} };
const ASKED = { sandbox: 'prod', maxPages: 3, limit: <T>(work: () => Promise<T>) => work() };

/** One call for each operation at Adobe; all other requests it needs get a response. */
const CALLS: Readonly<Record<Operation, (adobe: Adobe) => Promise<unknown>>> = {
  token: ({ accounts }) => accounts.readAccounts('prod'),
  accounts: ({ accounts }) => accounts.readAccounts('prod'),
  organizations: ({ console }) => console.integrationIds(),
  integrations: ({ console }) => console.integrationIds(),
  integration: ({ console }) => console.technicalAccountIdOf('100001'),
  status: ({ console }) => console.migrationStatus('100001'),
  bindings: ({ console }) => console.certificateUntil('100001'),
  start: ({ methods }) => methods['query-service'].start(TARGET, never, IN_TIME),
  binding: ({ methods }) => methods['developer-console'].start(TARGET, never, IN_TIME),
  finalize: ({ methods }) => methods['developer-console'].start({ ...TARGET, step: 'finish' }, never, IN_TIME),
  unbinding: ({ methods }) => methods['developer-console'].start({ ...TARGET, step: 'cancel' }, never, IN_TIME),
  queries: ({ jobs }) => jobs.queries(ASKED, SINCE),
  schedules: ({ jobs }) => jobs.schedules(ASKED),
  runs: ({ jobs }) => jobs.runs('prod', 'schedule', SINCE),
  run: ({ jobs }) => jobs.runError('prod', 'schedule', 'run'),
};

/** All clients of Adobe, connected as by the product. */
function connectedTo(url: string, { clock }: Awaited<ReturnType<typeof startAdobe>>): Adobe {
  const hosts = { imsUrl: url, platformUrl: url, consoleUrl: url };
  return connectAdobe(
    { ...SIMULATED_CLIENT, ...hosts },
    { path: PATH, timeoutMs: 10_000 },
    { clock, pauses: NOT_KEPT, onCall() {} },
  );
}

test('the token and the client secret go only to Adobe, whichever call is redirected to another host, and in whatever way', async () => {
  const stranger = await startStranger();
  for (const [on, ask] of Object.entries(CALLS)) {
    for (const status of REDIRECTS) {
      const started = await startAdobe();
      const { adobe } = started;
      const operation = on as Operation;
      for (const location of [`${stranger.url}/elsewhere`, `//${stranger.host}/elsewhere`])
        adobe.faults.add({ on: operation, kind: 'status', status, headers: { location } });
      const asked = connectedTo(started.url, started);
      for (let i = 0; i < 2; i++) await ask(asked).catch(() => {});
      const redirected = adobe.calls.filter((call) => call.status === status);
      expect(redirected, `${on} ${status}`).toHaveLength(2);
      expect(stranger.got, `${on} ${status}`).toEqual([]);
    }
  }
});

test('jobs are read only from Adobe, whatever host and path the next link names', async () => {
  const stranger = await startStranger();
  const started = await startAdobe();
  const { adobe } = started;
  const { jobs } = connectedTo(started.url, started);
  for (const [on, read] of [
    ['queries', () => jobs.queries(ASKED, SINCE)],
    ['schedules', () => jobs.schedules(ASKED)],
  ] as const) {
    for (const link of [`${stranger.url}/elsewhere?page=2`, `//${stranger.host}/elsewhere?page=2`]) {
      const item = { id: link, state: 'ENABLED', created: '2025-06-22T08:00:00Z' };
      const body = { [on]: [item], _links: { next: { href: link } } };
      adobe.faults.add({ on, kind: 'status', status: 200, body });
      await read().catch(() => {});
      expect(
        adobe.calls.map(({ path }) => path),
        link,
      ).toContain(`/data/foundation/query/${on}?page=2`);
    }
  }
  expect(stranger.got).toEqual([]);
});
