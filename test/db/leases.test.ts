import { describe, expect, test } from 'vitest';
import { SqlLeases } from '../../src/db/leases.ts';
import { minute } from '../support/samples.ts';
import { onBothEngines, openFresh, type TestEngine } from './setup.ts';

describe('a lease', () => onBothEngines(suite));

const TEN_MINUTES = 10 * 60_000;

function suite(engine: TestEngine) {
  async function fresh() {
    const { db } = await openFresh(engine);
    return { me: new SqlLeases(db, 'me'), you: new SqlLeases(db, 'you') };
  }

  test('has one holder, and every name is a separate lease', async () => {
    const { me, you } = await fresh();
    expect(await me.acquire('sync', minute(0), TEN_MINUTES)).toBe(true);
    expect(await you.acquire('sync', minute(1), TEN_MINUTES)).toBe(false);
    expect(await you.acquire('reminder 2025-05-05', minute(1), TEN_MINUTES)).toBe(true);
  });

  test('can be renewed by its holder', async () => {
    const { me, you } = await fresh();
    await me.acquire('sync', minute(0), TEN_MINUTES);
    expect(await me.acquire('sync', minute(9), TEN_MINUTES)).toBe(true);
    expect(await you.acquire('sync', minute(10), TEN_MINUTES)).toBe(false);
    expect(await you.acquire('sync', minute(18), TEN_MINUTES)).toBe(false);
  });

  test('can be acquired by another holder once it has expired, not a moment before', async () => {
    const { me, you } = await fresh();
    await me.acquire('sync', minute(0), TEN_MINUTES);
    expect(await you.acquire('sync', new Date(minute(10).getTime() - 1), TEN_MINUTES)).toBe(false);
    expect(await you.acquire('sync', minute(10), TEN_MINUTES)).toBe(true);
    expect(await me.acquire('sync', minute(11), TEN_MINUTES)).toBe(false);
  });

  test('can be released by its holder only', async () => {
    const { me, you } = await fresh();
    await me.acquire('sync', minute(0), TEN_MINUTES);
    await you.release('sync');
    expect(await you.acquire('sync', minute(1), TEN_MINUTES)).toBe(false);
    await me.release('another');
    expect(await you.acquire('sync', minute(1), TEN_MINUTES)).toBe(false);
    await me.release('sync');
    expect(await you.acquire('sync', minute(1), TEN_MINUTES)).toBe(true);
  });
}
