import { describe, expect, test } from 'vitest';
import { ExternalChanges } from '../../src/migrations/external-changes.ts';
import { Crash, CrashingProcess } from '../support/crashing-process.ts';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, ask, confirmed, newProcess, newWorld, OTHER, startWith, story } from './setup.ts';

/** Someone migrates in Adobe's own pages what was asked about here. */

const ENDS = [
  ['started', 'started_outside'],
  ['completed', 'migrated_outside'],
] as const;

describe('a sync that finds a credential started or completed elsewhere', () => {
  test.each(ENDS)(
    'a sync that finds it %s elsewhere voids its requests, closes their questions, and is in history once',
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

  test.each(ENDS)(
    'a sync that finds it %s elsewhere and crashes at any call loses and repeats nothing',
    async (status, action) => {
      for (const when of ['before', 'after'] as const) {
        for (let call = 1; ; call++) {
          const world = await newWorld();
          world.adobe.add(1);
          const first = newProcess(world);
          await first.sync.run();
          const { id } = await ask(first, 1);
          world.adobe.statuses.set(consoleId(1), status);
          const crashing = new CrashingProcess({ call, when });
          const mortal = newProcess(world, {}, crashing.through);
          await mortal.sync.run().catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
          });
          // The lease of the crashed process expires.
          world.clock.advance(61);
          const next = newProcess(world);
          await next.pendingRequests.expireOverdue();
          await next.sync.run();
          const at = `died ${crashing.crashedAt}`;
          expect(await next.migrations.get(id), at).toMatchObject({ state: 'void', reason: { code: 'elsewhere' } });
          const externalChanges = (await story(next)).filter((line) => line.includes('outside'));
          expect(externalChanges, at).toEqual([`${action} by qs-creds`]);
          if (crashing.crashedAt === null) {
            expect(call).toBeGreaterThan(8);
            break;
          }
        }
      }
    },
  );

  test('a sync voids and records nothing when our own migration completed', async () => {
    const now = await startWith([1]);
    await confirmed(now, 1);
    await now.runner.advance();
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.sync.run();
    expect((await story(now)).filter((line) => /outside|void/.test(line))).toEqual([]);
  });
});

test('a request left pending by a crash is void because another was confirmed, not because of a migration elsewhere', async () => {
  const now = await startWith([1]);
  const [one, left] = [await ask(now, 1), await ask(now, 1, OTHER)];
  // As when the process died right after the confirmation.
  await now.stores.migrations.confirm(one.id, ASKER.userId, now.clock.now());
  await now.runner.advance();
  now.clock.advance(5);
  await now.runner.advance();
  await now.pendingRequests.expireOverdue();
  expect(await now.migrations.get(left.id)).toMatchObject({ state: 'void', reason: { code: 'answered_elsewhere' } });
  expect((await now.stores.credentials.get(accountId(1)))?.status).toBe('migrating');
});

test('what Adobe converts automatically, all at once, is in history one by one, and nothing is left', async () => {
  const numbers = Array.from({ length: 600 }, (_, i) => i + 1);
  const now = await startWith(numbers);
  for (const number of numbers) now.adobe.statuses.set(consoleId(number), 'completed');
  for (let i = 0; i < 2; i++) expect(await now.sync.run()).toMatchObject({ problem: null });
  expect((await now.stores.syncs.overview()).counts).toMatchObject({ migrated: 600, eligible: 0 });
  const { rows, total } = await now.audit.history(null, 0, 1_000);
  expect(total).toBe(600);
  expect(new Set(rows.map(({ technicalAccountId }) => technicalAccountId))).toEqual(new Set(numbers.map(accountId)));
  expect(new Set(rows.map(({ action }) => action))).toEqual(new Set(['migrated_outside']));
});

test('looking up what explains thousands of changes lets the event loop go on', async () => {
  const now = await startWith([]);
  const changes = new ExternalChanges({
    ...now,
    migrations: now.stores.migrations,
    requests: { voidSuperseded: async () => {} },
  });
  let turns = 0;
  let next = setImmediate(function count() {
    turns++;
    next = setImmediate(count);
  });
  const moved = Array.from({ length: 2_000 }, (_, i) => ({
    technicalAccountId: accountId(i),
    adobeStatus: 'completed' as const,
  }));
  expect(await changes.externalChanges(moved)).toHaveLength(2_000);
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(10);
});
