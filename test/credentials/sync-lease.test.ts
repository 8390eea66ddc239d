import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { newProcess, startWith } from '../migrations/setup.ts';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';

type Now = Awaited<ReturnType<typeof start>>;

/** A credential that was read as eligible. During the next sync Adobe says started, then `meanwhile` happens. */
async function start() {
  const now = await startWith([1]);
  const other = newProcess(now.world);
  const during = (meanwhile: () => Promise<unknown>) => {
    now.adobe.statuses.set(consoleId(1), 'started');
    now.adobe.whileTelling = meanwhile;
    return now.sync.run();
  };
  const status = async () => (await now.stores.credentials.get(accountId(1)))?.adobeStatus;
  return { ...now, other, during, status };
}

/** Lets time pass while the loop renews the lease each second. */
async function renewing(seconds: number, { clock, sync }: Now): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1);
    await sync.renewLease();
  }
}

test('a sync keeps its lease, however long one of its calls takes', async () => {
  const now = await start();
  const { triedAt } = await now.during(async () => {
    await renewing(120, now);
    expect(await now.other.stores.leases.acquire('sync', now.clock.now(), 5_000)).toBe(false);
  });
  expect(triedAt).toEqual(now.clock.now());
  expect(await now.status()).toBe('started');
});

test('after a process dies in a sync, another one reads within five seconds', async () => {
  const now = await start();
  now.clock.advance(1);
  const reads = Promise.withResolvers<void>();
  void now.during(() => {
    reads.resolve();
    return new Promise(() => {});
  });
  await reads.promise;
  expect(await now.other.sync.run()).not.toMatchObject({ triedAt: now.clock.now() });
  now.clock.advance(5);
  expect(await now.other.sync.run()).toMatchObject({ triedAt: now.clock.now() });
});

test('a process suspended in a sync discards its results if another one has read meanwhile', async () => {
  const now = await start();
  await now.during(async () => {
    now.clock.advance(5);
    now.adobe.add(2);
    await now.other.sync.run();
  });
  expect(await now.stores.credentials.get(accountId(2))).not.toBeNull();
});

test('a process suspended in a sync discards its results while another one reads', async () => {
  const now = await start();
  const before = await now.stores.syncs.syncState();
  const state = await now.during(async () => {
    now.clock.advance(5);
    expect(await now.other.stores.leases.acquire('sync', now.clock.now(), 5_000)).toBe(true);
  });
  expect(state).toEqual(before);
  expect(await now.status()).not.toBe('started');
  expect(await now.other.stores.leases.acquire('sync', now.clock.now(), 5_000)).toBe(true);
});

test('a process renews no sync lease unless it syncs, not even right after a sync', async () => {
  const now = await start();
  const { leases } = now.stores;
  const acquire = leases.acquire.bind(leases);
  let renewal: Promise<unknown> = Promise.resolve();
  await now.during(async () => {
    // A renewal that is still running when the sync ends.
    leases.acquire = async (...lease) => {
      await setTimeout(20);
      return acquire(...lease);
    };
    renewal = now.sync.renewLease();
    leases.acquire = acquire;
  });
  await renewal;
  expect(await now.sync.renewLease()).toBe(false);
  expect(await now.other.stores.leases.acquire('sync', now.clock.now(), 5_000)).toBe(true);
});
