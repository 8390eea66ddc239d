import { expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import { ASKER, confirmed, newProcess, OTHER, startWith } from '../migrations/setup.ts';
import { takeOver } from '../support/database.ts';
import { type FakeSlack, userOf } from '../support/fake-slack.ts';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';

/** One confirmed migration of a credential with this owner; `FakeSlack` knows `NAME@example.com` as `NAME`. */
async function start(owner: string | null) {
  const now = await startWith([]);
  now.adobe.add(1, { owner });
  await now.sync.run();
  const { id } = await confirmed(now, 1);
  const told = () =>
    now.messages.notified.map(({ userId, content }) =>
      content.kind === 'migration' ? `${userId} ${content.migration.state}` : content.kind,
    );
  /** Starts the migration, which Adobe completes at once. */
  const migrate = async () => {
    now.adobe.onStart = async () => ({ kind: 'accepted' });
    await now.runner.advance();
    now.adobe.statuses.set(consoleId(1), 'completed');
    now.clock.advance(5);
    await now.runner.advance();
  };
  const send = async (seconds = 2, process: Pick<typeof now, 'notices'> = now) => {
    now.clock.advance(seconds);
    await process.notices.send();
  };
  const slack = now.stores.recipientLookup as FakeSlack;
  return { ...now, slack, id, told, migrate, send };
}

test('an owner is notified once before and once after somebody else migrates their credential', async () => {
  const now = await start('jo@example.com');
  await now.send();
  await now.send();
  expect(now.told()).toEqual([`${userOf('jo@example.com')} confirmed`]);
  await now.migrate();
  await now.send();
  await now.send(60, newProcess(now.world));
  expect(now.told()).toEqual([`${userOf('jo@example.com')} confirmed`, `${userOf('jo@example.com')} migrated`]);
});

test('an owner is notified only of the end when the migration ends first', async () => {
  const now = await start('jo@example.com');
  await now.migrate();
  await now.send();
  await now.send();
  expect(now.told()).toEqual([`${userOf('jo@example.com')} migrated`]);
});

test('no notice is sent to an owner who confirmed, or for a credential without an owner', async () => {
  for (const owner of ['me@example.com', null, 'nobody']) {
    const now = await start(owner);
    now.slack.further.set('me@example.com', ASKER.userId);
    await now.migrate();
    await now.send();
    await now.send();
    expect(now.told()).toEqual([]);
  }
});

test('the person who took the credential over is notified instead of an owner whom Slack does not know', async () => {
  const now = await start('gone@example.com');
  now.slack.unreachable.set('gone@example.com', 'unknown');
  await takeOver(now.db, accountId(1), OTHER.userId);
  await now.send();
  expect(now.told()).toEqual([`${OTHER.userId} confirmed`]);
});

test('a notice that Slack has not accepted is sent later, and delays no migration', async () => {
  const now = await start('jo@example.com');
  now.messages.down = true;
  await now.send();
  await now.migrate();
  expect(await now.migrations.get(now.id)).toMatchObject({ state: 'migrated' });
  now.messages.down = false;
  await now.send();
  expect(now.told()).toEqual([`${userOf('jo@example.com')} migrated`]);
});

test('a notice whose process died while sending is sent by another process after a minute, but one that may have arrived is not', async () => {
  const now = await start('jo@example.com');
  const notice = (await now.stores.notices.waiting(now.clock.now(), 1))[0];
  if (notice === undefined) throw new Error('nothing waits');
  const claim = () => now.stores.notices.claim(notice, now.clock.now(), new Date(now.clock.now().getTime() + 60_000));
  expect([await claim(), await claim()]).toEqual([true, false]);
  const other = newProcess(now.world);
  await now.send(30, other);
  expect(now.told()).toEqual([]);
  now.messages.notify = () => Promise.reject(new Error('a response was lost'));
  await now.send(60, other);
  delete (now.messages as { notify?: unknown }).notify;
  await now.send(120);
  expect(now.told()).toEqual([]);
});

test('a pause that Slack asks for is respected, and waiting notices are sent after it', async () => {
  const now = await start('jo@example.com');
  now.messages.notify = () => Promise.reject(new RateLimitedError(30_000));
  await now.send();
  delete (now.messages as { notify?: unknown }).notify;
  await now.send(10);
  expect(now.told()).toEqual([]);
  await now.send(20);
  expect(now.told()).toEqual([`${userOf('jo@example.com')} confirmed`]);
});

test('a notice that is a day old is no longer news and is given up', async () => {
  const now = await start('jo@example.com');
  now.messages.down = true;
  await now.send();
  now.messages.down = false;
  await now.send(25 * 3_600);
  expect(now.told()).toEqual([]);
  expect(await now.stores.notices.waiting(now.clock.now(), 10)).toEqual([]);
});
