import { expect, test } from 'vitest';
import { takeOver } from '../support/database.ts';
import { accountId } from '../support/samples.ts';
import { of, run, startWith } from './setup.ts';

test('an owner’s email for which Slack gives no response for hours delays no one else, and is looked up at growing intervals', async () => {
  const started = await startWith([of('a@example.com', 1), of('b@example.com', 2), of(null, 3)]);
  const { world, slack, store, db } = started;
  await takeOver(db, accountId(3), 'UC');
  slack.unanswered.add('a@example.com');
  await run(started, world, 6);
  expect(slack.to('owner')).toEqual(['UB', 'UC']);
  const notified = slack.digests[0]?.groups.map(({ recipient }) => recipient?.kind === 'person' && recipient.userId);
  expect(notified).toEqual([false, 'UB', 'UC']);
  const soon = slack.lookups.length;
  await run(started, world, 360);
  expect(slack.lookups.length - soon).toBeLessThan(12);
  slack.unanswered.clear();
  await run(started, world, 60);
  expect(slack.to('owner')).toEqual(['UB', 'UC', 'UA']);
  expect(await store.unfinishedRounds()).toEqual([]);
});
