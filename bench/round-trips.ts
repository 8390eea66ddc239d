import { CHANNEL, FIRST, type World } from '../test/process/world.ts';
import { ADMIN, MEMBER, OWNER, SECOND } from '../test/support/people.ts';
import { median } from './load.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';

/** How long every call to Slack takes here. Milliseconds. */
const SLACK_MS = 150;
const METHODS = [
  'users.info',
  'chat.postMessage',
  'chat.update',
  'conversations.info',
  'views.publish',
  'response_url',
];
const READS = ['list', 'status', 'history', 'help', 'faq'];
const TIMES = 5;

/** Measures how long people wait while every call to Slack takes 150 ms. */
export async function roundTrips(): Promise<readonly Table[]> {
  return inWorld({}, async (world) => {
    await world.start();
    for (const method of METHODS) world.slack.fail(method, { hangMs: SLACK_MS, times: 1e9 });
    const rows: (string | number)[][] = [];
    const firsts: Told[] = [];
    for (const userId of [MEMBER, OWNER, SECOND]) firsts.push(await answered(world, userId, 'list'));
    rows.push(['list, the first command in a minute', ...middle(firsts), '< 220']);
    await answered(world, ADMIN, 'help');
    for (const text of READS) {
      const told: Told[] = [];
      for (let i = 0; i < TIMES; i++) told.push(await answered(world, ADMIN, text));
      rows.push([`${text}, later`, ...middle(told), text === 'list' ? '< 60' : '']);
    }
    const { asked, closed, progress, calls } = await migrated(world);
    rows.push(['migrate NAME to its question', asked.ms, asked.calls, '']);
    rows.push(['Migrate pressed to the closed question', closed, '', '']);
    rows.push(['Migrate pressed to the progress message', progress, calls, '< 700']);
    return [
      {
        title: `What people wait for, with every call to Slack taking ${SLACK_MS} ms`,
        columns: ['', 'ms', 'calls to Slack', 'goal'],
        rows,
      },
    ];
  });
}

interface Told {
  readonly ms: number;
  readonly calls: number;
}

function middle(told: readonly Told[]): [number, number] {
  return [median(told.map(({ ms }) => ms)), median(told.map(({ calls }) => calls))];
}

async function answered(world: World, userId: string, text: string): Promise<Told> {
  const before = new Set(world.slack.messagesSeenBy(userId, CHANNEL).map(({ ts }) => ts));
  const calls = world.slack.calls.length;
  const started = performance.now();
  await world.slack.command(userId, CHANNEL, text);
  await world.slack.waitFor(() => world.slack.messagesSeenBy(userId, CHANNEL).find(({ ts }) => !before.has(ts)));
  return { ms: performance.now() - started, calls: world.slack.calls.length - calls };
}

async function migrated(world: World) {
  const asked = await answered(world, ADMIN, `migrate ${FIRST}`);
  const question = world.messages.findLast(({ text }) => text.includes(`Migrate \`${FIRST}\`?`));
  if (question === undefined) throw new Error('no question');
  const calls = world.slack.calls.length;
  const started = performance.now();
  await world.slack.press(ADMIN, question, 'confirm');
  const passed = async (look: () => unknown) => {
    await world.slack.waitFor(look);
    return performance.now() - started;
  };
  const [closed, progress] = await Promise.all([
    passed(() => world.messages.find(({ text }) => text.includes('was confirmed'))),
    passed(() => world.postedAbout(FIRST)[0]),
  ]);
  return { asked, closed, progress, calls: world.slack.calls.length - calls };
}
