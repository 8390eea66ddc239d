import { describe, expect, test } from 'vitest';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, ask, confirmed, OTHER, startWith, story } from './setup.ts';

/** Someone migrates a credential in Adobe's own pages while a question about it is open here. */

const ENDS = [
  ['started', 'started_outside'],
  ['completed', 'migrated_outside'],
] as const;

describe('a sync that finds a migration started or completed elsewhere', () => {
  test.each(ENDS)(
    'a sync that finds a migration %s elsewhere voids its requests, closes their questions, and records it in the history once',
    async (status, action) => {
      const now = await startWith([1, 2]);
      const confirmations = [await ask(now, 1), await ask(now, 1, OTHER)];
      const other = await ask(now, 2);
      now.adobe.statuses.set(consoleId(1), status);
      for (let i = 0; i < 3; i++) await now.sync.run();
      const voided = confirmations.map(({ id }) => ({ id, state: 'void', reason: { code: 'elsewhere' } }));
      expect(now.messages.closed.map(({ request }) => request)).toEqual(
        expect.arrayContaining(voided.map((request) => expect.objectContaining(request))),
      );
      expect(now.messages.closed).toHaveLength(2);
      expect(await now.migrations.get(other.id)).toEqual(other);
      expect((await story(now)).slice(3)).toEqual([
        `${action} by qs-creds`,
        'void by qs-creds elsewhere',
        'void by qs-creds elsewhere',
      ]);
    },
  );

  test('a sync voids and records nothing when the app’s own migration has completed', async () => {
    const now = await startWith([1]);
    await confirmed(now, 1);
    await now.runner.advance();
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.sync.run();
    expect((await story(now)).filter((line) => /outside|void/.test(line))).toEqual([]);
  });
});

test('a request left pending by a crash is void because another request was confirmed, not because of a migration elsewhere', async () => {
  const now = await startWith([1]);
  const [one, left] = [await ask(now, 1), await ask(now, 1, OTHER)];
  // As if the process had died right after the confirmation.
  await now.stores.migrations.confirm(one.id, ASKER.userId, now.clock.now());
  await now.runner.advance();
  now.clock.advance(5);
  await now.runner.advance();
  await now.pendingRequests.expireOverdue();
  expect(await now.migrations.get(left.id)).toMatchObject({ state: 'void', reason: { code: 'answered_elsewhere' } });
  expect((await now.stores.credentials.get(accountId(1)))?.status).toBe('migrating');
});
