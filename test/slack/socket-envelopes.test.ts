import { describe, expect, test, vi } from 'vitest';
import { envelope, expectCommandWorks, start, waiting } from './socket-setup.ts';

const menu = {
  type: 'interactive',
  envelope_id: 'm1',
  payload: {
    type: 'block_suggestion',
    action_id: 'pick',
    block_id: 'b',
    value: 'o',
    user: { id: 'U2' },
    team: { id: 'T1' },
  },
  accepts_response_payload: true,
};

test('a frame that is not a valid message of Slack has no effect', async () => {
  const frames: [string, object | string | Buffer][] = [
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['a string', '"hello"'],
    ['half of a JSON text', '{"type":"hel'],
    ['an empty text', ''],
    ['bytes', Buffer.from([0, 255, 254])],
    ['a command in a binary frame', Buffer.from(JSON.stringify(envelope('1', 'binary')))],
    ['a client event', { type: 'disconnected' }],
    ['another client event', { type: 'slack_event', payload: { command: '/qs-creds', text: 'smuggled' } }],
    ['type error', { type: 'error' }],
    ['type close', { type: 'close' }],
    ['an object as type', { type: { a: 1 } }],
    ['a payload without an event', { type: 'events_api', envelope_id: '1', payload: {} }],
    ['an event without a payload', { type: 'events_api', envelope_id: '1' }],
    ['a command without a payload', { type: 'slash_commands', envelope_id: '1' }],
    ['a command without an id', { ...envelope('1', 'anonymous'), envelope_id: undefined }],
    ['null as payload', { type: 'interactive', envelope_id: '1', payload: null }],
    ['text as payload', { type: 'interactive', envelope_id: '1', payload: 'x' }],
    ['no action', { type: 'interactive', envelope_id: '1', payload: { type: 'block_actions', actions: [] } }],
    ['a second hello', { type: 'hello' }],
  ];
  const failures: string[] = [];
  for (const [name, frame] of frames) {
    const world = await start();
    world.server.send(frame);
    await expectCommandWorks(world);
    const { tries, connections } = world.server;
    const found = JSON.stringify([world.done, tries, connections, world.receiver.state()]);
    if (found !== '[["command-0"],1,1,{"ok":true}]') failures.push(`${name}: ${found}`);
  }
  expect(failures).toEqual([]);
});

describe('an envelope', () => {
  test('that is delivered again acts once and is acknowledged each time, even on another connection', async () => {
    const { server, done, connected, tried } = await start();
    const first = envelope('e1', 'list');
    server.send(first);
    server.send(first);
    await vi.waitFor(() => expect(server.acks).toHaveLength(2), waiting);
    server.close(1001);
    await tried(2);
    await connected();
    server.send({ ...first, retry_attempt: 1, retry_reason: 'timeout' });
    await vi.waitFor(() => expect(server.acks).toHaveLength(3), waiting);
    expect(server.acks).toEqual(Array.from({ length: 3 }, () => ({ envelope_id: 'e1', payload: {} })));
    expect(done).toEqual(['list']);
    server.send(envelope('e2', 'list'));
    await vi.waitFor(() => expect(done).toEqual(['list', 'list']), waiting);
  });

  test('that is delivered again gets the response of the first delivery', async () => {
    const { server, done } = await start();
    server.send(menu);
    server.send(menu);
    await vi.waitFor(() => expect(server.acks).toHaveLength(2), waiting);
    expect(server.acks[1]).toEqual(server.acks[0]);
    expect(server.acks[1]).toMatchObject({ payload: { options: [{ value: '1' }] } });
    expect(done).toEqual(['options']);
  });

  test('that accepts no response is acknowledged without one', async () => {
    const { server } = await start();
    server.send({ ...menu, accepts_response_payload: false });
    await vi.waitFor(() => expect(server.acks).toEqual([{ envelope_id: 'm1' }]), waiting);
  });

  test('that no listener matches is acknowledged, with one line in the log', async () => {
    const { server, done, lines } = await start();
    server.send({ ...menu, payload: { ...menu.payload, action_id: 'unknown' } });
    await vi.waitFor(() => expect(server.acks).toEqual([{ envelope_id: 'm1', payload: {} }]), waiting);
    expect(done).toEqual([]);
    expect(lines).toMatchObject([{ level: 'warn', msg: 'acknowledged a Slack request that no listener matches' }]);
  });

  test('whose listener fails before its ack is not acknowledged, and runs again when redelivered', async () => {
    const { app, server, lines } = await start();
    app.command('/broken', async () => {
      throw new Error('no database');
    });
    const broken = envelope('e1', '', '/broken');
    for (const delivery of [1, 2]) {
      server.send(broken);
      await vi.waitFor(() => expect(lines).toHaveLength(delivery), waiting);
    }
    server.send(envelope('e2', 'list'));
    await vi.waitFor(() => expect(server.acks).toEqual([{ envelope_id: 'e2', payload: {} }]), waiting);
  });

  test('whose connection closes before its ack runs when Slack delivers it again', async () => {
    const { app, server, connected, tried } = await start();
    const started = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const acked: string[] = [];
    app.command('/slow', async ({ ack }) => {
      started.resolve();
      await closed.promise;
      await ack().then(
        () => acked.push('yes'),
        () => acked.push('no'),
      );
      if (acked.at(-1) === 'no') throw new Error('not acknowledged');
    });
    const slow = envelope('e1', '', '/slow');
    server.send(slow);
    await started.promise;
    server.close(1001);
    await tried(2);
    await connected();
    closed.resolve();
    await vi.waitFor(() => expect(acked).toEqual(['no']), waiting);
    server.send(slow);
    await vi.waitFor(() => expect(acked).toEqual(['no', 'yes']), waiting);
    await vi.waitFor(() => expect(server.acks).toHaveLength(1), waiting);
  });
});
