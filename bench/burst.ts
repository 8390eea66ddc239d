import { Agent } from 'node:http';
import { FIRST, PATIENT } from '../test/process/world.ts';
import { ADMIN, MEMBER, OWNER, SECOND } from '../test/support/people.ts';
import { command, spread } from './load.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';
import { settled } from './settled.ts';

const AT_ONCE = 200;
const PRESSES = 50;

/** Two hundred commands at the same moment, and one button pressed again and again. */
export async function burst(): Promise<readonly Table[]> {
  return inWorld({}, async (world) => {
    const bot = await world.start();
    await settled(world);
    const address = await bot.address();
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const people = [ADMIN, SECOND, OWNER, MEMBER];
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => command(address, agent, people[i % people.length] ?? ADMIN, 'list')),
    );
    agent.destroy();
    const whole = answers.filter(({ status, body }) => status === 200 && body.includes('credentials left'));
    const question = await world.ask(FIRST);
    const presses = Array.from({ length: PRESSES }, () => world.slack.press(ADMIN, question, 'confirm'));
    const acks = spread((await Promise.all(presses)).map(({ ms }) => ms));
    await world.posted('*Migrated*', FIRST);
    await world.slack.waitFor(() => world.postedAbout('*Migrated*', FIRST).length === 1, PATIENT);
    const list = spread(answers.map(({ ms }) => ms));
    return [
      {
        title: `${AT_ONCE} people type list at once; one button is pressed ${PRESSES} times at once`,
        columns: ['', 'p50 ms', 'worst ms', 'goal', 'counted'],
        rows: [
          ['list, whole in its acknowledgement', list.p50, list.worst, '< 1 000', `${whole.length} of ${AT_ONCE}`],
          ['acknowledgement of a press', acks.p50, acks.worst, '< 1 000', `${world.startsSent} start sent`],
        ],
      },
    ];
  });
}
