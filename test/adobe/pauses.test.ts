import { describe, expect, test } from 'vitest';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { connectAdobe } from '../../src/adobe/connect.ts';
import { SqlPauseStore } from '../../src/adobe/pause-store.ts';
import { onBothEngines, open, openAt, type TestEngine } from '../db/setup.ts';
import { failureOf, IN_TIME, PATH, startAdobe, TARGET } from './setup.ts';

const never = new AbortController().signal;
const HOUR = 3_600;

describe('a pause that Adobe asked for before a restart', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  /** An Adobe whose Platform has a host of its own, over a database of an earlier version. */
  async function start() {
    const { adobe, clock, url } = await startAdobe();
    const { settings } = await openAt(engine, '016_holds');
    const db = await open(settings);
    const store = new SqlPauseStore(db);
    const others = url.replace('127.0.0.1', 'localhost');
    const hosts = { imsUrl: others, platformUrl: url, consoleUrl: others };
    /** All that a new process asks Adobe by. */
    const restarted = () =>
      connectAdobe(
        { ...SIMULATED_CLIENT, ...hosts },
        { path: PATH, timeoutMs: 10_000 },
        { clock, pauses: store, onCall() {} },
      );
    const send = () => restarted().methods['query-service'].start(TARGET, never, IN_TIME);
    const onPlatform = () => adobe.calls.filter(({ path }) => path.startsWith('/data/')).length;
    /** A start that the Platform answered with a pause; until when it lasts. */
    const paused = async (seconds: number) => {
      const until = new Date(clock.now().getTime() + seconds * 1000).toISOString();
      adobe.faults.add({ on: 'start', kind: 'status', status: 429, headers: { 'retry-after': String(seconds) } });
      expect(await send()).toMatchObject({ kind: 'refused', error: { problem: { kind: 'throttled', until } } });
      await expect.poll(async () => (await store.pauseOf(new URL(url).host))?.until.toISOString()).toBe(until);
      return until;
    };
    return { adobe, clock, db, restarted, send, paused, onPlatform };
  }

  test('is kept: until its end that host alone is asked nothing, and gets no start', async () => {
    const { adobe, clock, restarted, send, paused, onPlatform } = await start();
    await paused(60);
    clock.advance(60);
    const until = await paused(HOUR);
    clock.advance(HOUR - 1);
    const calls = onPlatform();
    expect(await send()).toMatchObject({ kind: 'unsent', error: { problem: { kind: 'throttled', until } } });
    expect((await failureOf(restarted().accounts.readAccounts('prod'))).problem).toMatchObject({ until });
    expect(onPlatform()).toBe(calls);
    expect((await restarted().console.integrationIds()).items).not.toEqual([]);
    clock.advance(1);
    expect(await send()).toEqual({ kind: 'accepted' });
    expect(adobe.starts).toHaveLength(1);
  });

  test('lasts no longer than Adobe asked for, where the clock was a day ahead then', async () => {
    const { clock, send, paused } = await start();
    clock.set(24 * HOUR);
    await paused(HOUR);
    clock.set(-24 * HOUR);
    const until = new Date(clock.now().getTime() + HOUR * 1000).toISOString();
    expect(await send()).toMatchObject({ kind: 'unsent', error: { problem: { until } } });
  });

  test('is asked for again where the database does not say it', async () => {
    const { db, send, paused } = await start();
    await paused(HOUR);
    await db.schema.dropTable('adobe_pauses').execute();
    expect(await send()).toEqual({ kind: 'accepted' });
  });
}
