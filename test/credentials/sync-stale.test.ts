import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ASKER, by, confirmed, startWith, story } from '../migrations/setup.ts';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';

/** Credential 1, migrated in two steps by the Developer Console. */
async function start() {
  const now = await startWith([1], { method: 'developer-console' });
  const status = async () => (await now.stores.credentials.get(accountId(1)))?.status;
  const advance = async () => {
    now.clock.advance(5);
    await now.runner.advance();
    // Lets the response to the step be recorded.
    await setImmediate();
  };
  /** Runs a sync that gets the status it reads only after `meanwhile`. */
  const syncDuring = async (meanwhile: () => Promise<unknown>) => {
    now.clock.advance(60);
    now.adobe.whileTelling = meanwhile;
    await now.sync.run();
  };
  const bind = async () => {
    await confirmed(now, 1);
    await advance();
    await advance();
    expect(await status()).toBe('unfinished');
  };
  const undoIt = async () => {
    await by(ASKER, now).undo(accountId(1));
    await advance();
    now.adobe.statuses.set(consoleId(1), 'not_started');
    await advance();
    expect(await status()).toBe('eligible');
  };
  const syncLater = () => {
    now.clock.advance(60);
    return now.sync.run();
  };
  return { ...now, status, syncDuring, syncLater, bind, undoIt };
}

test('a sync that read the status before the first step of a migration ended does not revert it', async () => {
  const now = await start();
  await now.syncDuring(now.bind);
  expect(await now.status()).toBe('unfinished');
  expect((await by(ASKER, now).undo(accountId(1))).kind).toBe('confirmed');
});

test('a sync that read the status before an undo neither reverts it nor reports a start elsewhere', async () => {
  const now = await start();
  await now.bind();
  await now.syncLater();
  await now.syncDuring(now.undoIt);
  expect(await now.status()).toBe('eligible');
  expect(await story(now)).not.toContain('started_outside by qs-creds');
});

test('a sync that begins later stores what Adobe reports then', async () => {
  const now = await start();
  await now.bind();
  now.adobe.statuses.set(consoleId(1), 'not_started');
  await now.syncLater();
  expect(await now.status()).toBe('eligible');
  now.adobe.statuses.set(consoleId(1), 'started');
  await now.syncLater();
  expect(await now.status()).toBe('unfinished');
});
