import type { webApi } from '@slack/bolt';
import { expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import { CHANNEL_CLIENT, SlackChannels } from '../../src/slack/channels.ts';
import { GENERAL, MEMBER, startSlack } from '../playground/slack-bolt.ts';
import { TestClock } from '../support/clock.ts';
import { webClient } from './setup.ts';

async function start() {
  const { slack, apiUrl } = await startSlack();
  const clock = new TestClock();
  const retrying = { retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 1 } };
  const channels = new SlackChannels(webClient(apiUrl, { ...retrying, ...CHANNEL_CLIENT }), clock);
  return { slack, clock, channels, asked: () => slack.calls.length };
}

test('Slack is asked at most once in ten minutes whether a channel is shared, whatever the clock is set to', async () => {
  const { channels, clock, asked } = await start();
  expect(await channels.isShared(MEMBER)).toBe(false);
  for (let times = 0; times < 2; times++) expect(await channels.isShared(GENERAL)).toBe(false);
  expect(asked()).toBe(1);
  clock.set(-3_600);
  clock.advance(600);
  await channels.isShared(GENERAL);
  expect(asked()).toBe(2);
});

test.each(['missing_scope', 'accesslimited', 'whatever_new'])(
  'a channel counts as shared when Slack answers %s, until Slack gives a definite answer',
  async (error) => {
    const { slack, channels } = await start();
    slack.fail('conversations.info', { error });
    expect(await channels.isShared(GENERAL)).toBe(true);
    expect(await channels.isShared(GENERAL)).toBe(false);
  },
);

test('one lookup tells both whether a channel is public and whether it is shared', async () => {
  const { slack, channels, clock, asked } = await start();
  await channels.isShared(GENERAL);
  expect(await channels.isPublic(GENERAL)).toBe(true);
  expect(asked()).toBe(1);
  expect(await channels.isPublic('D0DIRECT01')).toBe(false);
  expect(asked()).toBe(1);
  Object.assign(slack.state.conversations.get(GENERAL) ?? {}, { isPrivate: true });
  clock.advance(600);
  expect(await channels.isPublic(GENERAL)).toBe(false);
});

test('an unreadable answer on whether a channel is private does not hide whether it is shared', async () => {
  const info = async () => ({ channel: { is_ext_shared: false, is_private: null } });
  const client = { conversations: { info } };
  const channels = new SlackChannels(client as unknown as webApi.WebClient, new TestClock());
  expect(await channels.isShared(GENERAL)).toBe(false);
  expect(await channels.isPublic(GENERAL)).toBe(false);
});

test.each([{ error: 'missing_scope' }, { httpStatus: 500 }])(
  'a channel counts as private while Slack does not say: %j',
  async (fault) => {
    const { slack, channels } = await start();
    slack.fail('conversations.info', fault);
    expect(await channels.isPublic(GENERAL)).toBe(false);
    expect(await channels.isPublic(GENERAL)).toBe(true);
  },
);

test('a channel that the app cannot see counts as not shared, since it accepts no message anyway', async () => {
  const { slack, channels } = await start();
  slack.fail('conversations.info', { error: 'channel_not_found' });
  expect(await channels.isShared(GENERAL)).toBe(false);
});

test.each([{ error: 'rate_limited' }, { httpStatus: 500 }, { retryAfter: 30 }])(
  'Slack is asked only once when it fails, since a reminder stays claimed meanwhile: %j',
  async (fault) => {
    const { slack, channels, asked } = await start();
    slack.fail('conversations.info', fault);
    const thrown = await channels.isShared(GENERAL).catch((error: unknown) => error);
    expect(thrown instanceof RateLimitedError).toBe('retryAfter' in fault);
    expect(asked()).toBe(1);
  },
);
