import { expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import { CHANNEL, of, run, startWith } from './setup.ts';

const TWO = [of('a@example.com', 1), of('b@example.com', 2)];

test.each([
  ['fails', new Error('HTTP 503')],
  ['asks for pauses', new RateLimitedError(30_000)],
])(
  'a channel at which Slack only %s for minutes is recorded, the migrators are notified once, and the digest is posted later',
  async (_, error) => {
    const started = await startWith(TWO);
    const { world, slack, store } = started;
    slack.fail('postDigest', error, 1_000);
    const begin = world.clock.now().getTime();
    await run(started, world, 5);
    expect(await store.channelError()).toBeNull();
    await run(started, world, 200);
    expect(slack.to('channel error')).toEqual([`${CHANNEL}: no_proper_response`]);
    expect((slack.sent.find(({ kind }) => kind === 'channel error')?.at ?? 0) - begin).toBeGreaterThan(5 * 60_000);
    expect(await store.channelError()).toBe('no_proper_response');
    expect(await store.unfinishedRounds()).toHaveLength(1);
    slack.forget();
    slack.heal();
    await run(started, world, 100);
    expect(slack.to('digest')).toEqual([CHANNEL]);
    expect(slack.to('channel error')).toEqual([]);
    expect(await store.channelError()).toBeNull();
    expect(await store.unfinishedRounds()).toEqual([]);
  },
);

test('what Slack says of a channel is not overridden when Slack also fails there', async () => {
  const started = await startWith(TWO);
  const { world, slack, store } = started;
  slack.refusing.set(CHANNEL, 'is_archived');
  await run(started, world);
  slack.fail('postDigest', new Error('HTTP 503'), 1_000);
  await run(started, world, 200);
  expect(await store.channelError()).toBe('is_archived');
  expect(slack.to('channel error')).toEqual([`${CHANNEL}: is_archived`]);
});
