import { Agent } from 'node:http';
import { largeOrganisation } from '../playground/adobe/large-seed.ts';
import type { World } from '../test/process/world.ts';
import { ADMIN } from '../test/support/people.ts';
import { fill } from './fill.ts';
import { receiveLateReplies } from './late-replies.ts';
import { type Answer, command, median, openHome, pick } from './load.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';
import { settled, synced, usageRead } from './settled.ts';

const SIZES = [100, 1_000, 10_000, 100_000];
/** From this size on the bot's stores fill the database, since a sync would take minutes; Adobe is then unreachable. */
const FILLED_FROM = 100_000;
const NO_ADOBE = 'http://127.0.0.1:9';
const TIMES = 15;
/** What is typed, by its name in the table. A test checks that each subcommand that only reads is here. */
export const COMMANDS = {
  list: 'list',
  'list failing': 'list failing',
  'list in use': 'list in use',
  'list idle': 'list idle',
  'search by a word, many matches': 'list dashboard',
  'search by two words, few matches': 'list dashboard 0007',
  status: 'status',
  history: 'history',
  chart: 'chart',
  'migrate dashboard': 'migrate dashboard',
  'remind preview, the digest': 'remind preview',
};

/** Measures what each command costs as the number of credentials grows. */
export async function scale(): Promise<readonly Table[]> {
  const columns: number[][] = [];
  for (const size of SIZES) columns.push(await measure(size));
  const commands = [...Object.keys(COMMANDS), 'the picker', 'the picker, typing', 'Home'];
  const labels = ['sync, seconds', 'sync, calls to Adobe', ...commands.map((each) => `${each}, ms`), 'RSS, MB'];
  const [first] = columns;
  return [
    {
      title: 'By the number of credentials, one request at a time',
      columns: ['', ...SIZES.map(String), 'last / first'],
      rows: labels.map((label, row) => {
        const values = columns.map((column) => column[row] ?? Number.NaN);
        const growth = (values.at(-1) ?? Number.NaN) / (first?.[row] ?? Number.NaN);
        // NaN: not measured at this size.
        return [label, ...[...values, growth].map((value) => (Number.isNaN(value) ? '' : value))];
      }),
    },
  ];
}

async function measure(size: number): Promise<number[]> {
  const isFilled = size >= FILLED_FROM;
  const adobe = isFilled ? {} : { seed: largeOrganisation(size), pageSize: 1_000 };
  return inWorld({ adobe }, async (world, atEnd) => {
    const path = String(world.settings['DATABASE_URL']).slice('file:'.length);
    if (isFilled) await fill(path, size);
    const startedAt = new Date();
    const started = performance.now();
    const bot = world.spawn(isFilled ? { ADOBE_IMS_URL: NO_ADOBE } : {});
    if (!isFilled) await synced(bot);
    const seconds = isFilled ? Number.NaN : (performance.now() - started) / 1000;
    const calls = isFilled ? Number.NaN : world.adobe.calls.length;
    await world.speakTo(bot);
    await (isFilled ? usageRead(path, startedAt) : settled(world));
    const address = await bot.address();
    const agent = new Agent({ keepAlive: true });
    const whole = await receiveLateReplies(atEnd);
    const times: number[] = [];
    for (const text of Object.values(COMMANDS))
      times.push(await timed(() => whole((replyTo) => command(address, agent, ADMIN, text, replyTo))));
    for (const typed of ['', 'dashboard']) times.push(await timed(() => pick(address, agent, ADMIN, typed)));
    times.push(await timed(() => shownHome(world, () => openHome(address, agent, ADMIN))));
    agent.destroy();
    const metrics = await (await fetch(`${address}/metrics`)).text();
    const rss = Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1e6;
    return [seconds, calls, ...times, rss];
  });
}

async function timed(act: () => Promise<Answer>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) times.push((await act()).ms);
  return median(times);
}

/** Opens a Home and measures until it has been published to Slack. */
async function shownHome(world: World, open: () => Promise<Answer>): Promise<Answer> {
  const published = () => world.slack.calls.filter(({ method }) => method === 'views.publish').length;
  const before = published();
  const from = performance.now();
  const answer = await open();
  await world.slack.waitFor(() => published() > before, { timeoutMs: 60_000 });
  return { ...answer, ms: performance.now() - from };
}
