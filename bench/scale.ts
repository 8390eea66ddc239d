import { Agent } from 'node:http';
import { largeOrganisation } from '../playground/adobe/large-seed.ts';
import { ADMIN } from '../test/support/people.ts';
import { type Answer, command, median, openHome } from './load.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';
import { settled } from './settled.ts';

const SIZES = [100, 1_000, 10_000];
const TIMES = 15;
const COMMANDS = ['list', 'list dashboard', 'status', 'history', 'chart', 'migrate dashboard'];

/** What a sync and each command cost as the number of credentials grows. */
export async function scale(): Promise<readonly Table[]> {
  const columns: number[][] = [];
  for (const size of SIZES) columns.push(await measure(size));
  const labels = [
    'sync, seconds',
    'sync, calls to Adobe',
    ...COMMANDS.map((each) => `${each}, ms`),
    'Home, ms',
    'RSS, MB',
  ];
  const [first] = columns;
  return [
    {
      title: 'By the number of credentials, one request at a time',
      columns: ['', ...SIZES.map(String), 'last / first'],
      rows: labels.map((label, row) => {
        const values = columns.map((column) => column[row] ?? Number.NaN);
        return [label, ...values, (values.at(-1) ?? Number.NaN) / (first?.[row] ?? Number.NaN)];
      }),
    },
  ];
}

async function measure(size: number): Promise<number[]> {
  return inWorld({ adobe: { seed: largeOrganisation(size), pageSize: 1_000 } }, async (world) => {
    const started = performance.now();
    const bot = await world.start();
    const seconds = (performance.now() - started) / 1000;
    const calls = world.adobe.calls.length;
    await settled(world);
    const address = await bot.address();
    const agent = new Agent({ keepAlive: true });
    const timed = async (act: () => Promise<Answer>) => {
      const times: number[] = [];
      for (let i = 0; i < TIMES; i++) times.push((await act()).ms);
      return median(times);
    };
    const commands: number[] = [];
    for (const text of COMMANDS) commands.push(await timed(() => command(address, agent, ADMIN, text)));
    const published = () => world.slack.calls.filter(({ method }) => method === 'views.publish').length;
    const home = await timed(async () => {
      const before = published();
      const from = performance.now();
      const answer = await openHome(address, agent, ADMIN);
      await world.slack.waitFor(() => published() > before, { timeoutMs: 60_000 });
      return { ...answer, ms: performance.now() - from };
    });
    agent.destroy();
    const metrics = await (await fetch(`${address}/metrics`)).text();
    const rss = Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1e6;
    return [seconds, calls, ...commands, home, rss];
  });
}
