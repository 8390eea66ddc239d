import { App, type ReceiverEvent } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { AnsweringApp, DELIVERY } from '../../src/slack/answering-app.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { Deliveries } from '../../src/slack/deliveries.ts';

const MINUTE = 60_000;
const answer = Promise.resolve();

describe('deliveries', () => {
  test('are known for ten minutes, as long as the latest date that is taken stays good', () => {
    const deliveries = new Deliveries();
    deliveries.remember('a', answer, 0);
    deliveries.remember('b', answer, 5 * MINUTE);
    expect(deliveries.answerTo('a', 10 * MINUTE - 1)).toBe(answer);
    expect(deliveries.answerTo('a', 10 * MINUTE)).toBeUndefined();
    expect(deliveries.answerTo('b', 10 * MINUTE)).toBe(answer);
    expect(deliveries.size).toBe(1);
  });

  test('are ten thousand at most; the oldest are forgotten first', () => {
    const deliveries = new Deliveries();
    for (let i = 0; i < 10_005; i++) deliveries.remember(`${i}`, answer, i);
    expect(deliveries.size).toBe(10_000);
    expect(deliveries.answerTo('4', 10_005)).toBeUndefined();
    expect(deliveries.answerTo('5', 10_005)).toBe(answer);
  });
});

describe('an app that answers', () => {
  async function start(Kind: 'ours' | 'bolt' = 'ours') {
    const log = createLogger({ level: 'silent', secrets: [] });
    const receiver = { init: () => {}, start: async () => {}, stop: async () => {} };
    const authorize = async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' });
    const options = { receiver, authorize, logger: boltLogger(log), deferInitialization: true };
    const app = Kind === 'ours' ? new AnsweringApp(options, log) : new App(options);
    await app.init();
    app.error(async () => {});
    return app;
  }

  /** A command, and how often it was acknowledged; the first `broken` acknowledgements do not reach Slack. */
  function delivery(id: string | undefined, broken = 0) {
    const acks: unknown[] = [];
    let left = broken;
    const event: ReceiverEvent = {
      body: { command: '/qs-creds', text: id, user_id: 'U1', team_id: 'T1', channel_id: 'C1' },
      customProperties: { [DELIVERY]: id },
      ack: async (response) => {
        left -= 1;
        if (left >= 0) throw new Error('the connection is gone');
        acks.push(response);
      },
    };
    return { event, acks };
  }

  test('gives the same answer to what comes again, also while the first is under way', async () => {
    const app = await start();
    let acted = 0;
    const going = Promise.withResolvers<void>();
    app.command('/qs-creds', async ({ ack }) => {
      acted += 1;
      await going.promise;
      await ack('first');
    });
    const { event, acks } = delivery('a');
    const both = Promise.all([app.processEvent(event), app.processEvent(event)]);
    going.resolve();
    await both;
    await app.processEvent(event);
    expect(acks).toEqual(['first', 'first', 'first']);
    expect(acted).toBe(1);
    await app.processEvent(delivery('b').event);
    expect(acted).toBe(2);
  });

  test('takes again what it could not acknowledge', async () => {
    const app = await start();
    let acted = 0;
    app.command('/qs-creds', async ({ ack }) => {
      await ack();
      acted += 1;
    });
    const { event, acks } = delivery('a', 1);
    await app.processEvent(event);
    expect([acks.length, acted]).toEqual([0, 0]);
    await app.processEvent(event);
    await app.processEvent(event);
    expect([acks.length, acted]).toEqual([2, 1]);
  });

  test('leaves it to Slack to tell the person when a listener fails before it has acknowledged', async () => {
    const app = await start();
    let tries = 0;
    app.command('/qs-creds', async () => {
      tries += 1;
      throw new Error('the database is gone');
    });
    const { event, acks } = delivery('a');
    await app.processEvent(event);
    await app.processEvent(event);
    expect(acks).toEqual([]);
    expect(tries).toBe(2);
  });

  test('acknowledges what nobody listens to, which Bolt does not', async () => {
    for (const [kind, times] of [
      ['ours', 1],
      ['bolt', 0],
    ] as const) {
      const { event, acks } = delivery('a');
      await (await start(kind)).processEvent(event);
      expect(acks).toHaveLength(times);
    }
  });

  test('acts on what its receiver gives no name', async () => {
    const app = await start();
    let acted = 0;
    app.command('/qs-creds', async ({ ack }) => {
      acted += 1;
      await ack();
    });
    const { event } = delivery(undefined);
    await app.processEvent(event);
    await app.processEvent(event);
    expect(acted).toBe(2);
  });
});
