import { describe, expect, test, vi } from 'vitest';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { connectAdobe } from '../../src/adobe/connect.ts';
import { SqlPauseStore } from '../../src/adobe/pause-store.ts';
import { onBothEngines, open, openAt, type TestEngine } from '../db/setup.ts';
import { failureOf, IN_TIME, PATH, startAdobe, TARGET } from './setup.ts';

const never = new AbortController().signal;
const HOUR = 3_600;

describe('a pause that Adobe asked for', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  /** An Adobe whose Platform has its own host, and a database of an earlier version. */
  async function start() {
    const { adobe, clock, url } = await startAdobe();
    const { settings } = await openAt(engine, '016_holds');
    const db = await open(settings);
    const store = new SqlPauseStore(db);
    const others = url.replace('127.0.0.1', 'localhost');
    const hosts = { imsUrl: others, platformUrl: url, consoleUrl: others };
    /** The Adobe clients of a restarted process. */
    const restarted = () =>
      connectAdobe(
        { ...SIMULATED_CLIENT, ...hosts },
        { path: PATH, timeoutMs: 10_000 },
        { clock, pauses: store, onCall() {} },
      );
    const send = () => restarted().methods['query-service'].start(TARGET, never, IN_TIME);
    const onPlatform = () => adobe.calls.filter(({ path }) => path.startsWith('/data/')).length;
    /** Sends a start to which the Platform responds with a pause; returns when the pause ends. */
    const paused = async (seconds: number) => {
      const until = new Date(clock.now().getTime() + seconds * 1000).toISOString();
      adobe.faults.add({ on: 'start', kind: 'status', status: 429, headers: { 'retry-after': String(seconds) } });
      expect(await send()).toMatchObject({ kind: 'refused', error: { problem: { kind: 'throttled', until } } });
      await expect.poll(async () => (await store.pauseOf(new URL(url).host))?.until.toISOString()).toBe(until);
      return until;
    };
    return { adobe, clock, db, store, host: new URL(url).host, restarted, send, paused, onPlatform };
  }

  test('persists across a restart: until it ends, its host, and no other, gets neither reads nor starts', async () => {
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

  test('lasts no longer than Adobe asked for if the clock was a day ahead then', async () => {
    const { clock, send, paused } = await start();
    clock.set(24 * HOUR);
    await paused(HOUR);
    clock.set(-24 * HOUR);
    const until = new Date(clock.now().getTime() + HOUR * 1000).toISOString();
    expect(await send()).toMatchObject({ kind: 'unsent', error: { problem: { until } } });
  });

  test('is respected by a running instance: at once for a start, within five seconds for a read', async () => {
    const { adobe, clock, restarted, paused, onPlatform } = await start();
    const other = restarted();
    const read = () => other.accounts.readAccounts('prod');
    await read();
    const until = await paused(HOUR);
    clock.advance(4);
    await read();
    const calls = onPlatform();
    clock.advance(1);
    expect((await failureOf(read())).problem).toMatchObject({ kind: 'throttled', until });
    expect(onPlatform()).toBe(calls);
    clock.advance(HOUR - 5);
    await read();
    const second = await paused(60);
    const sent = await other.methods['query-service'].start(TARGET, never, IN_TIME);
    expect(sent).toMatchObject({ kind: 'unsent', error: { problem: { kind: 'throttled', until: second } } });
    expect(adobe.starts).toEqual([]);
  });

  test('is not shortened by a later response with a shorter pause, in this process or in others', async () => {
    const { adobe, clock, store, host, restarted } = await start();
    const { accounts } = restarted();
    const answers = [HOUR, 60].map((seconds) => ({ 'retry-after': String(seconds) }));
    for (const headers of answers) adobe.faults.add({ on: 'accounts', kind: 'status', status: 429, headers });
    const until = new Date(clock.now().getTime() + HOUR * 1000).toISOString();
    const both = await Promise.all(['prod', 'dev-emea'].map((name) => failureOf(accounts.readAccounts(name))));
    expect(both.map(({ problem }) => problem.until)).toContain(until);
    clock.advance(61);
    expect((await failureOf(accounts.readAccounts('prod'))).problem).toMatchObject({ kind: 'throttled', until });
    const [noted, soon] = [clock.now(), new Date(clock.now().getTime() + 10_000)];
    await store.keep(host, { notedAt: noted, until: soon });
    expect((await store.pauseOf(host))?.until.toISOString()).toBe(until);
  });

  test('is not shortened by a later response with a shorter pause while the database is unavailable', async () => {
    const { adobe, clock, db, restarted } = await start();
    await db.schema.dropTable('adobe_pauses').execute();
    const { accounts } = restarted();
    for (const seconds of [HOUR, 60])
      adobe.faults.add({ on: 'accounts', kind: 'status', status: 429, headers: { 'retry-after': String(seconds) } });
    const until = new Date(clock.now().getTime() + HOUR * 1000).toISOString();
    await Promise.all(['prod', 'dev-emea'].map((name) => failureOf(accounts.readAccounts(name))));
    clock.advance(61);
    expect((await failureOf(accounts.readAccounts('prod'))).problem).toMatchObject({ kind: 'throttled', until });
  });

  test('is looked up once in five seconds for each host, however many reads there are', async () => {
    const { clock, db, restarted } = await start();
    const { accounts } = restarted();
    await accounts.readAccounts('prod');
    const lookedFor = vi.spyOn(db, 'selectFrom');
    for (let i = 0; i < 20; i++) await accounts.readAccounts('prod');
    expect(lookedFor).not.toHaveBeenCalled();
    clock.advance(5);
    await Promise.all(Array.from({ length: 20 }, () => accounts.readAccounts('prod')));
    expect(lookedFor).toHaveBeenCalledTimes(1);
  });

  test('is not extended by each look-up if the clock of the instance that recorded it is a day ahead', async () => {
    const { clock, store, host, restarted, onPlatform } = await start();
    const { accounts } = restarted();
    await accounts.readAccounts('prod');
    clock.set(24 * HOUR);
    const now = clock.now().getTime();
    await store.keep(host, { notedAt: new Date(now), until: new Date(now + 60_000) });
    clock.set(-24 * HOUR);
    clock.advance(5);
    await failureOf(accounts.readAccounts('prod'));
    const calls = onPlatform();
    clock.advance(59);
    await failureOf(accounts.readAccounts('prod'));
    expect(onPlatform()).toBe(calls);
    clock.advance(1);
    await accounts.readAccounts('prod');
  });

  test('that was recorded by a clock far ahead does not outlast one that is recorded later', async () => {
    const { clock, store, host } = await start();
    const at = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
    await store.keep(host, { notedAt: at(24 * HOUR), until: at(25 * HOUR) });
    await store.keep(host, { notedAt: at(0), until: at(60) });
    expect(await store.pauseOf(host)).toEqual({ notedAt: at(0), until: at(60) });
    // For several addresses, the longest pause counts.
    expect(await store.latestOf(['https://other.example.com'])).toBeNull();
    expect(await store.latestOf([`https://${host}/path`, 'https://other.example.com'])).toEqual(at(60));
  });

  test('does not hold up a start while the database is unavailable, since Adobe asks for it again', async () => {
    const { db, send, paused } = await start();
    await paused(HOUR);
    await db.schema.dropTable('adobe_pauses').execute();
    expect(await send()).toEqual({ kind: 'accepted' });
  });
}
