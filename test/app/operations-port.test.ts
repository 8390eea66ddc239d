import { expect, test } from 'vitest';
import { ADMIN } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';

test('with OPERATIONS_PORT, readiness and metrics are on that port alone, and Slack’s requests on the other', async () => {
  const world = await startWorld({ seed: seedOf(credential('airflow-dev')), env: { OPERATIONS_PORT: '0' } });
  const statusOf = async (port: string, path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  const port = new URL(world.slack.appUrl ?? '').port;
  const { operationsPort } = world;
  expect(operationsPort).not.toBe(Number(port));
  for (const [path, onPort, onOperationsPort] of [
    ['/healthz', 200, 200],
    ['/readyz', 404, 200],
    ['/metrics', 404, 200],
  ] as const) {
    expect(await statusOf(port, path), path).toBe(onPort);
    expect(await statusOf(String(operationsPort), path), path).toBe(onOperationsPort);
  }
  const posted = await fetch(`http://127.0.0.1:${operationsPort}/slack/events`, { method: 'POST' });
  expect(posted.status).toBe(404);
  expect((await world.say(ADMIN, 'list')).text).toContain('airflow-dev');
  await world.stop();
  await expect(statusOf(String(operationsPort), '/healthz')).rejects.toThrow('fetch failed');
});
