import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { DELIVERY, RecentAcks, withRedelivery } from '../../src/slack/redelivery.ts';

const MINUTE = 60_000;
const ack = Promise.resolve();

test('an ack is remembered for ten minutes, for as long as the latest accepted timestamp stays valid', () => {
  const acks = new RecentAcks();
  acks.set('a', ack, 0);
  acks.set('b', ack, 5 * MINUTE);
  expect(acks.get('a', 10 * MINUTE - 1)).toBe(ack);
  expect(acks.get('a', 10 * MINUTE)).toBeUndefined();
  expect(acks.get('b', 10 * MINUTE)).toBe(ack);
  expect(acks.size).toBe(1);
});

test('only the ten thousand most recent acks are remembered', () => {
  const acks = new RecentAcks();
  for (let i = 0; i < 10_005; i++) acks.set(`${i}`, ack, i);
  expect(acks.size).toBe(10_000);
  expect(acks.get('4', 10_005)).toBeUndefined();
  expect(acks.get('5', 10_005)).toBe(ack);
});

type Wrapped = Parameters<typeof withRedelivery>[0];

describe('a receiver with redelivery', () => {
  /** A Bolt app; `deliver` is what its receiver does with a request from Slack. */
  async function start(wrap: (...given: Parameters<typeof withRedelivery>) => Receiver = withRedelivery) {
    const log = createLogger({ level: 'silent', secrets: [] });
    let slackApp: Pick<App, 'processEvent'> | undefined;
    const inner: Wrapped = {
      listener: null,
      init(given) {
        slackApp = given;
      },
      start: async () => {},
      stop: async () => {},
    };
    const app = new App({
      receiver: wrap(inner, log),
      authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' }),
      logger: boltLogger(log),
      deferInitialization: true,
    });
    await app.init();
    app.error(async () => {});
    return { app, deliver: async (event: ReceiverEvent) => slackApp?.processEvent(event) };
  }

  /** A command and its acks; the first `broken` of them do not reach Slack. */
  function delivery(id: string | undefined, broken = 0) {
    const acks: unknown[] = [];
    let left = broken;
    const event: ReceiverEvent = {
      body: { command: '/qs-creds', text: id, user_id: 'U1', team_id: 'T1', channel_id: 'C1' },
      customProperties: { [DELIVERY]: id },
      ack: async (response) => {
        left -= 1;
        if (left >= 0) throw new Error('the connection has closed');
        acks.push(response);
      },
    };
    return { event, acks };
  }

  test('acks a redelivery like the original, without acting again, even while the original is being processed', async () => {
    const { app, deliver } = await start();
    let acted = 0;
    const going = Promise.withResolvers<void>();
    app.command('/qs-creds', async ({ ack }) => {
      acted += 1;
      await going.promise;
      await ack('first');
    });
    const { event, acks } = delivery('a');
    const both = Promise.all([deliver(event), deliver(event)]);
    going.resolve();
    await both;
    await deliver(event);
    expect(acks).toEqual(['first', 'first', 'first']);
    expect(acted).toBe(1);
    await deliver(delivery('b').event);
    expect(acted).toBe(2);
  });

  test('in Socket Mode replies again to a command whose ack carried the reply, since Slack may not have received it', async () => {
    const { app, deliver } = await start();
    const reply = { response_type: 'ephemeral', text: 'the list' } as const;
    app.command('/qs-creds', async ({ ack }) => ack(reply));
    const { event, acks } = delivery('a');
    await deliver(event);
    await deliver(event);
    expect(acks).toEqual([reply, reply]);
  });

  test('processes a request again when its ack did not reach Slack', async () => {
    const { app, deliver } = await start();
    let acted = 0;
    app.command('/qs-creds', async ({ ack }) => {
      await ack();
      acted += 1;
    });
    const { event, acks } = delivery('a', 1);
    await deliver(event);
    expect([acks.length, acted]).toEqual([0, 0]);
    await deliver(event);
    await deliver(event);
    expect([acks.length, acted]).toEqual([2, 1]);
  });

  test('does not ack a request whose listener fails before its ack', async () => {
    const { app, deliver } = await start();
    let tries = 0;
    app.command('/qs-creds', async () => {
      tries += 1;
      throw new Error('the database is gone');
    });
    const { event, acks } = delivery('a');
    await deliver(event);
    await deliver(event);
    expect(acks).toEqual([]);
    expect(tries).toBe(2);
  });

  test('acks a request that no listener matches, unlike Bolt alone', async () => {
    const bolt = await start((receiver) => receiver);
    const ours = await start();
    const [byBolt, byOurs] = [delivery('a'), delivery('a')];
    await bolt.deliver(byBolt.event);
    await ours.deliver(byOurs.event);
    expect(byBolt.acks).toHaveLength(0);
    expect(byOurs.acks).toHaveLength(1);
  });

  test('processes every request to which the receiver gives no id', async () => {
    const { app, deliver } = await start();
    let acted = 0;
    app.command('/qs-creds', async ({ ack }) => {
      acted += 1;
      await ack();
    });
    const { event } = delivery(undefined);
    await deliver(event);
    await deliver(event);
    expect(acted).toBe(2);
  });
});
