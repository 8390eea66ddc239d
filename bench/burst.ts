import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
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
    const late = await receiveReplies();
    const told = await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, i) => {
        const started = performance.now();
        const replied = late.reply(i);
        const ack = await command(address, agent, people[i % people.length] ?? ADMIN, 'list', late.url(i));
        const whole = ack.body === '' ? await replied : ack.body;
        return { ack: ack.ms, whole: performance.now() - started, isList: whole.includes('credentials left') };
      }),
    );
    late.close();
    agent.destroy();
    const question = await world.ask(FIRST);
    const presses = Array.from({ length: PRESSES }, () => world.slack.press(ADMIN, question, 'confirm'));
    const acks = spread((await Promise.all(presses)).map(({ ms }) => ms));
    await world.posted('*Migrated*', FIRST);
    await world.slack.waitFor(() => world.postedAbout('*Migrated*', FIRST).length === 1, PATIENT);
    const ack = spread(told.map(({ ack }) => ack));
    const whole = spread(told.map(({ whole }) => whole));
    const lists = told.filter(({ isList }) => isList).length;
    return [
      {
        title: `${AT_ONCE} people type list at once; one button is pressed ${PRESSES} times at once`,
        columns: ['', 'p50 ms', 'worst ms', 'goal', 'counted'],
        rows: [
          ['acknowledgement of list', ack.p50, ack.worst, '< 1 000', ''],
          ['the whole list', whole.p50, whole.worst, '< 3 000', `${lists} of ${AT_ONCE}`],
          ['acknowledgement of a press', acks.p50, acks.worst, '< 1 000', `${world.startsSent} start sent`],
        ],
      },
    ];
  });
}

/** A server for the replies that come after an acknowledgement. */
async function receiveReplies() {
  const replies = Array.from({ length: AT_ONCE }, () => Promise.withResolvers<string>());
  const server = createServer(async (request, response) => {
    const body = await text(request);
    response.end('ok');
    replies[Number(request.url?.slice(1))]?.resolve(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: (i: number) => `http://127.0.0.1:${port}/${i}`,
    reply: (i: number) => replies[i]?.promise ?? Promise.reject(new Error('no such reply')),
    close: () => server.close(),
  };
}
