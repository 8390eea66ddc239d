import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { SqlLeases } from '../../src/db/leases.ts';
import { minute } from '../support/samples.ts';
import { onBothEngines, openFresh, type TestEngine } from './setup.ts';

describe('a lease', () => onBothEngines(suite));

const TEN_MINUTES = 10 * 60_000;
const DAY = 24 * 60 * 60_000;

function suite(engine: TestEngine) {
  async function fresh() {
    const { db } = await openFresh(engine);
    let now = minute(0).getTime();
    const at = (holder: string, aheadMs = 0) => {
      const leases = new SqlLeases(db, engine.kind, holder);
      return {
        acquire: (name: string, ttlMs = TEN_MINUTES) => leases.acquire(name, new Date(now + aheadMs), ttlMs),
        release: (name: string) => leases.release(name),
        ageMs: (name: string) => leases.ageMs(name, new Date(now + aheadMs), TEN_MINUTES),
      };
    };
    /** Lets time pass for every lease; since PostgreSQL uses its own clock, there the leases are made older. */
    const pass = async (ms: number) => {
      if (engine.kind === 'sqlite') now += ms;
      else await age(db, ms);
    };
    return { db, me: at('me'), you: at('you'), at, pass };
  }

  test('has one holder, and every name is a separate lease', async () => {
    const { me, you, pass } = await fresh();
    expect(await me.acquire('sync')).toBe(true);
    await pass(60_000);
    expect(await you.acquire('sync')).toBe(false);
    expect(await you.acquire('reminder 2025-05-05')).toBe(true);
  });

  test('can be renewed by its holder', async () => {
    const { me, you, pass } = await fresh();
    await me.acquire('sync');
    await pass(9 * 60_000);
    expect(await me.acquire('sync')).toBe(true);
    await pass(60_000);
    expect(await you.acquire('sync')).toBe(false);
    await pass(8 * 60_000);
    expect(await you.acquire('sync')).toBe(false);
  });

  test('can be acquired by another holder once it has expired, not a moment before', async () => {
    const { me, you, pass } = await fresh();
    await me.acquire('sync');
    // PostgreSQL's own clock keeps running meanwhile.
    const moment = engine.kind === 'sqlite' ? 1 : 60_000;
    await pass(TEN_MINUTES - moment);
    expect(await you.acquire('sync')).toBe(false);
    await pass(moment);
    expect(await you.acquire('sync')).toBe(true);
    expect(await me.acquire('sync')).toBe(false);
  });

  test('has an age since it was last renewed, the same for every instance', async () => {
    const { me, you, pass } = await fresh();
    expect(await you.ageMs('sync')).toBeNull();
    await me.acquire('sync');
    await pass(60_000);
    await me.acquire('sync');
    await pass(11 * 60_000);
    for (const each of [me, you]) {
      const ageMs = Number(await each.ageMs('sync'));
      expect(ageMs).toBeGreaterThanOrEqual(11 * 60_000);
      expect(ageMs).toBeLessThan(12 * 60_000);
    }
    await me.release('sync');
    expect(await you.ageMs('sync')).toBeNull();
  });

  test('written by a clock a day ahead counts as held by nobody', async () => {
    const { db, me, you } = await fresh();
    await me.acquire('sync');
    await age(db, -DAY);
    expect(await you.ageMs('sync')).toBeNull();
  });

  test('can be released by its holder only', async () => {
    const { me, you } = await fresh();
    await me.acquire('sync');
    await you.release('sync');
    expect(await you.acquire('sync')).toBe(false);
    await me.release('another');
    expect(await you.acquire('sync')).toBe(false);
    await me.release('sync');
    expect(await you.acquire('sync')).toBe(true);
  });

  test('written by a clock a day ahead holds up nobody', async () => {
    const { db, me, you } = await fresh();
    await me.acquire('sync');
    await age(db, -DAY);
    expect(await you.acquire('sync')).toBe(true);
    expect(await me.acquire('sync')).toBe(false);
  });

  test.runIf(engine.kind === 'postgres')(
    'goes by the database’s clock, however much the clocks of instances differ',
    async () => {
      const { at, pass } = await fresh();
      const [late, early] = [at('late', -120_000), at('early', 120_000)];
      expect(await late.acquire('reminders', 20_000)).toBe(true);
      expect(await early.acquire('reminders', 20_000)).toBe(false);
      await pass(20_000);
      expect(await early.acquire('reminders', 20_000)).toBe(true);
      expect(await late.acquire('reminders', 20_000)).toBe(false);
    },
  );
}

/** Makes every lease `ms` milliseconds older. */
async function age(db: Database, ms: number): Promise<void> {
  for (const { name, until } of await db.selectFrom('leases').selectAll().execute()) {
    const earlier = new Date(Date.parse(until) - ms).toISOString();
    await db.updateTable('leases').set({ until: earlier }).where('name', '=', name).execute();
  }
}
