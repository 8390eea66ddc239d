import { largeOrganisation } from '../playground/adobe/large-seed.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';
import { synced } from './settled.ts';

/** How long every call to Adobe takes, in milliseconds, and the sizes whose sync then ends within a minute or so. */
const CASES = [
  { ms: 0, sizes: [100, 1_000, 10_000] },
  { ms: 100, sizes: [100, 1_000] },
  { ms: 300, sizes: [100] },
] as const;
const OPERATIONS = ['token', 'organizations', 'accounts', 'integrations', 'integration', 'bindings', 'status'] as const;

/** Measures a first sync as Adobe becomes slower. */
export async function syncTime(): Promise<readonly Table[]> {
  const rows: (string | number)[][] = [];
  for (const { ms, sizes } of CASES) for (const size of sizes) rows.push(await measure(ms, size));
  return [
    {
      title: 'A first sync, with every call to Adobe taking so long',
      columns: ['Adobe, ms', 'credentials', 'calls', 'seconds', 'ms a call'],
      rows,
    },
  ];
}

async function measure(ms: number, size: number): Promise<(string | number)[]> {
  return inWorld({ adobe: { seed: largeOrganisation(size), pageSize: 1_000 } }, async (world) => {
    if (ms > 0) for (const on of OPERATIONS) world.adobe.faults.add({ on, kind: 'slow', ms, times: 1e9 });
    const bot = world.spawn();
    await bot.address();
    const started = performance.now();
    await synced(bot);
    const seconds = (performance.now() - started) / 1000;
    const calls = world.adobe.calls.length;
    return [ms, size, calls, seconds, (seconds * 1000) / calls];
  });
}
