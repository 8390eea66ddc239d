import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnBot } from '../playground/bot/spawn.ts';
import { SECRETS } from '../test/process/world.ts';
import { median } from './load.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';

const TIMES = 5;
/** After this time, an idle process has released the memory that starting needed. */
const IDLE_MS = 4_000;

interface Started {
  readonly ms: number;
  readonly rssMb: number;
}

/** Measures time to ready and idle memory, compared with a bare Bolt app that loads the same libraries. */
export async function start(): Promise<readonly Table[]> {
  return inWorld({}, async (world) => {
    const database = String(world.settings['DATABASE_URL']).slice('file:'.length);
    await (await world.start()).end('SIGTERM');
    const plan = join(database, '../plan.json');
    const { SLACK_API_URL: slackApiUrl } = world.settings;
    await writeFile(
      plan,
      JSON.stringify({
        database,
        slackApiUrl,
        botToken: SECRETS.botToken,
        signingSecret: SECRETS.signingSecret,
        acts: {},
      }),
    );
    const ours: Started[] = [];
    const bare: Started[] = [];
    for (let i = 0; i < TIMES; i++) {
      ours.push(await started(() => spawnBot(world.settings)));
      bare.push(
        await started(() =>
          spawn(
            process.execPath,
            ['--import', join(import.meta.dirname, 'libraries.ts'), join(import.meta.dirname, 'bare-app.ts')],
            { env: { PATH: process.env['PATH'], BARE_PLAN: plan }, stdio: ['ignore', 'pipe', 'pipe'] },
          ),
        ),
      );
    }
    const row = (label: string, of: (each: Started) => number, goal: string) => {
      const [a, b] = [median(ours.map(of)), median(bare.map(of))];
      return [label, a, b, a / b, goal];
    };
    return [
      {
        title: 'Start and memory beside a bare app with the same libraries',
        columns: ['', 'the bot', 'bare', 'ratio', 'goal'],
        rows: [
          row('listening after, ms', ({ ms }) => ms, '≤ 1.3'),
          row('resident memory when idle, MB', ({ rssMb }) => rssMb, '≤ 1.25'),
        ],
      },
    ];
  });
}

async function started(run: () => ReturnType<typeof spawnBot>): Promise<Started> {
  const from = performance.now();
  const child = run();
  try {
    const ms = await new Promise<number>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (text: Buffer) => {
        said += text;
        if (said.includes('"port":')) resolve(performance.now() - from);
      });
      child.once('exit', () => reject(new Error(`it ended before it listened: ${said}`)));
    });
    await sleep(IDLE_MS);
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return { ms, rssMb: Number(rss) / 1000 };
  } finally {
    child.kill('SIGKILL');
  }
}
