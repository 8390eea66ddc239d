import { Agent } from 'node:http';
import { FIRST } from '../test/process/world.ts';
import { ADMIN, MEMBER, OWNER, SECOND } from '../test/support/people.ts';
import { receiveLateReplies } from './late-replies.ts';
import { command, spread } from './load.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';
import { settled } from './settled.ts';

const AT_ONCE = 200;
const PRESSES = 50;

/** Two hundred commands at the same moment, and one button pressed again and again. */
export async function burst(): Promise<readonly Table[]> {
  return inWorld({}, async (world, atEnd) => {
    const bot = await world.start();
    await settled(world);
    const address = await bot.address();
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    const people = [ADMIN, SECOND, OWNER, MEMBER];
    const whole = await receiveLateReplies(atEnd);
    const told = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) =>
        whole((replyTo) => command(address, agent, people[i % people.length] ?? ADMIN, 'list', replyTo)),
      ),
    );
    agent.destroy();
    const question = await world.ask(FIRST);
    const presses = Array.from({ length: PRESSES }, () => world.slack.press(ADMIN, question, 'confirm'));
    const acks = spread((await Promise.all(presses)).map(({ ms }) => ms));
    await world.posted('*Migrated*', FIRST);
    await world.slack.waitFor(() => world.postedAbout('*Migrated*', FIRST).length === 1);
    const ack = spread(told.map(({ ackMs }) => ackMs));
    const list = spread(told.map(({ ms }) => ms));
    const lists = told.filter(({ body }) => body.includes('credentials left')).length;
    return [
      {
        title: `${AT_ONCE} people type list at once; one button is pressed ${PRESSES} times at once`,
        columns: ['', 'p50 ms', 'worst ms', 'goal', 'counted'],
        rows: [
          ['acknowledgement of list', ack.p50, ack.worst, '< 1 000', ''],
          ['the whole list', list.p50, list.worst, '< 3 000', `${lists} of ${AT_ONCE}`],
          ['acknowledgement of a press', acks.p50, acks.worst, '< 1 000', `${world.startsSent} start sent`],
        ],
      },
    ];
  });
}
