/** `npm run bench`: what users feel and operators pay, as ratios within one run. Explained in docs/performance.md. */
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { againstBare } from './bare.ts';
import { burst } from './burst.ts';
import { instances } from './instances.ts';
import { limits } from './limits.ts';
import { recovery } from './recovery.ts';
import { markdown, type Section, type Table } from './report.ts';
import { roundTrips } from './round-trips.ts';
import { scale } from './scale.ts';
import { start } from './start.ts';
import { syncTime } from './sync-time.ts';

const SECTIONS: Readonly<Record<string, Section>> = {
  'round-trips': roundTrips,
  bare: againstBare,
  burst,
  scale,
  'sync-time': syncTime,
  start,
  limits,
  recovery,
  instances,
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'string', default: 'bench.json' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  console.error(
    `unknown: ${unknown.join(', ')}\nusage: npm run bench -- [--json FILE] [${Object.keys(SECTIONS).join('|')} …]`,
  );
  process.exit(2);
}

const tables: Record<string, readonly Table[]> = {};
for (const [name, section] of Object.entries(SECTIONS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.error(`${name} …`);
  tables[name] = await section();
  for (const table of tables[name]) console.log(markdown(table));
}
const machine = { node: process.version, cores: availableParallelism() };
await writeFile(values.json, `${JSON.stringify({ machine, tables }, null, 2)}\n`);
console.error(`written to ${values.json}`);
