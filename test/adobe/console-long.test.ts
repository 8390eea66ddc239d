import { expect, test } from 'vitest';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { ConsolePaths, DeveloperConsole } from '../../src/adobe/console.ts';
import { startAdobe } from './setup.ts';

test('the integrations that were read are kept, with why the rest is missing, if the pages never end', async () => {
  const { adobe, console } = await startAdobe();
  const reader = new DeveloperConsole(console, new ConsolePaths(console, SIMULATED_CLIENT.orgId));
  const full = Array.from({ length: 50 }, (_, id) => ({ id }));
  const body = { content: full, pages: 1e6 };
  const times = Number.POSITIVE_INFINITY;
  adobe.faults.add({ on: 'integrations', kind: 'status', status: 200, body, times });
  const { items, cutShort } = await reader.integrationIds();
  expect(items).toEqual(full.map(({ id }) => String(id)));
  expect(cutShort?.problem.detail).toBe('still more after 1000 pages');
  expect(adobe.calls.filter(({ path }) => path.includes('/integrations?'))).toHaveLength(1000);
});
