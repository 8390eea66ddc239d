import { expect, test } from 'vitest';
import { ExternalChanges } from '../../src/migrations/external-changes.ts';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { startWith } from './setup.ts';

test('hundreds of credentials that Adobe migrates automatically at once are each recorded in the history', async () => {
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

test('explaining thousands of changes does not block the event loop', async () => {
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
