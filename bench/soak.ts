/** `npm run soak -- --minutes N`: a mixed load for a while, and whether memory, handles and the database stay flat. */
import { readdirSync, statSync } from 'node:fs';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { largeOrganisation } from '../playground/adobe/large-seed.ts';
import { CHANNEL } from '../test/process/world.ts';
import { ADMIN, MEMBER, OWNER, SECOND } from '../test/support/people.ts';
import { command } from './load.ts';
import { markdown } from './report.ts';
import { inWorld } from './scope.ts';
import { settled } from './settled.ts';

/** The heap limit that Node chooses on a machine with 256 MB. */
const HEAP = '--max-old-space-size=128';
const PER_SECOND = 20;
const COMMANDS = ['list', 'list production', 'status', 'history', 'chart', 'help', 'faq', 'list dashboard'];
const PEOPLE = [ADMIN, SECOND, OWNER, MEMBER];
const MIGRATE_EVERY_MS = 20_000;
const REMIND_EVERY_MS = 120_000;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error('usage: npm run soak -- --minutes N');
  process.exit(2);
}

const seed = largeOrganisation(1_000);

await inWorld({ adobe: { seed, pageSize: 1_000, migrationSeconds: 5 } }, async (world) => {
  const bot = await world.start({ REMINDER_CHANNEL: CHANNEL, NODE_OPTIONS: HEAP });
  await settled(world);
  const address = await bot.address();
  const file = String(world.settings['DATABASE_URL']).slice('file:'.length);
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const counted = { commands: 0, slowest: 0, failed: 0 };
  const failed = (why: string) => {
    counted.failed += 1;
    console.error(`${new Date().toISOString()}: a command failed: ${why}`);
  };
  const end = performance.now() + minutes * 60_000;
  const isOn = () => performance.now() < end;
  const rows: (string | number)[][] = [];

  const type = async () => {
    for (let n = 0; isOn(); n++) {
      const text = COMMANDS[n % COMMANDS.length] ?? 'list';
      const user = PEOPLE[Math.floor(n / COMMANDS.length) % PEOPLE.length] ?? ADMIN;
      void command(address, agent, user, text).then(
        ({ ms, status }) => {
          counted.commands += 1;
          counted.slowest = Math.max(counted.slowest, ms);
          if (status !== 200) failed(`HTTP ${status}`);
        },
        (error: Error & { code?: string }) => failed(error.code ?? error.message),
      );
      await sleep(1000 / PER_SECOND);
    }
  };
  const migrate = async () => {
    const free = seed.credentials.filter(
      ({ state, sandboxes }) => state === 'NOT_STARTED' && !sandboxes.includes('prod'),
    );
    for (const { name } of free) {
      if (!isOn()) return;
      await world.migrate(name);
      await sleep(MIGRATE_EVERY_MS);
    }
  };
  const remind = async () => {
    for (; isOn(); await sleep(REMIND_EVERY_MS)) await world.slack.command(ADMIN, CHANNEL, 'remind now');
  };
  const look = async () => {
    for (let minute = 0; ; minute++) {
      const metrics = await (await fetch(`${address}/metrics`)).text();
      const of = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]);
      rows.push([
        minute,
        of('process_resident_memory_bytes') / 1e6,
        of('nodejs_heap_size_used_bytes') / 1e6,
        of('nodejs_active_resources_total'),
        readdirSync(`/proc/${bot.pid}/fd`).length,
        (statSync(file).size + statSync(`${file}-wal`).size) / 1e6,
        counted.commands,
        counted.slowest,
        counted.failed,
        world.adobe.starts.length,
      ]);
      console.error(
        rows
          .at(-1)
          ?.map((each) => Math.round(Number(each)))
          .join(' '),
      );
      counted.slowest = 0;
      if (!isOn()) return;
      await sleep(Math.min(60_000, Math.max(0, end - performance.now()) + 1_000));
    }
  };
  await Promise.all([type(), migrate(), remind(), look()]);
  agent.destroy();
  const columns = [
    'minute',
    'RSS MB',
    'heap MB',
    'handles',
    'descriptors',
    'database MB',
    'commands',
    'slowest ms',
    'failed',
    'migrations',
  ];
  console.log(markdown({ title: `${PER_SECOND} commands a second, 1 000 credentials, SQLite`, columns, rows }));
});
