import { expect, test } from 'vitest';
import { of, startWith, TICK_MS } from './setup.ts';

test('a message whose response is lost repeatedly is retried at growing intervals', async () => {
  const { rounds, slack, clock } = await startWith([of('a@example.com', 1)], { channel: null });
  slack.during = () => Promise.reject(new Error('the response was lost'));
  let posts = 0;
  const { remindOwner } = slack;
  slack.remindOwner = (...args) => {
    posts += 1;
    return remindOwner.apply(slack, args);
  };
  await rounds.check();
  for (let seconds = 0; seconds < 3_600; seconds += 10) {
    clock.advanceMs(TICK_MS);
    await rounds.resume();
  }
  expect(posts).toBeGreaterThan(8);
  expect(posts).toBeLessThan(15);
  slack.during = async () => {};
  clock.advance(600);
  await rounds.resume();
  expect(slack.to('owner')).toHaveLength(1);
});
