import { describe, expect, test } from 'vitest';
import { readinessChecks } from '../../src/checks.ts';
import { listReply } from '../../src/commands/list.ts';
import { ASKER, newProcess, newWorld, type World } from '../migrations/setup.ts';
import { adobeError, consoleId, FakeAdobe } from '../support/fakes.ts';

/** A reading in which each status takes a second, and from `stopsAt` on each is held until `goOn`. */
async function longReading({ credentials = 100, stopsAt }: { credentials?: number; stopsAt: number }) {
  const world = await newWorld();
  for (let number = 1; number <= credentials; number++) world.adobe.add(number);
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const { migrationStatus } = world.adobe;
  let read = 0;
  world.adobe.migrationStatus = async (id) => {
    world.clock.advance(1);
    if (++read >= stopsAt) {
      // All five readers are held, so the progress no longer changes.
      if (read === stopsAt + 4) reached.resolve();
      await gate.promise;
    }
    return migrationStatus.call(world.adobe, id);
  };
  return { world, reached: reached.promise, goOn: gate.resolve };
}

/** What another instance shows now. */
async function shown(world: World, view = {}) {
  const other = newProcess(world);
  const person = await other.access.admit(ASKER, { action: 'list' });
  const { text } = await listReply(other, person, { offset: 0, ...view });
  const { syncs, migrations, reminders } = other.stores;
  const well = () => ({ ok: true });
  const checks = readinessChecks({
    ...{ syncs, migrations, reminders, clock: world.clock },
    ...{ database: async () => ({ ok: true }), adobe: well, slack: well, sendsStarts: true },
    ...{ leaseAgeMs: async () => 0, timeoutMs: 300_000, adobePausedUntil: async () => null },
  });
  return { text, ready: await checks['sync']?.() };
}

describe('a long first reading', () => {
  test('is shown by every instance, with its progress, until it is done', async () => {
    const { world, reached, goOn } = await longReading({ stopsAt: 60 });
    const process = newProcess(world);
    expect((await shown(world)).text).toContain('Not synced with Adobe yet');

    const done = process.sync.run();
    await reached;

    const { text, ready } = await shown(world);
    const [, read] = /Reading Adobe for the first time: (\d+) of about 100 credentials\./.exec(text) ?? [];
    expect(Number(read)).toBeGreaterThan(25);
    expect(Number(read)).toBeLessThan(60);
    expect(text).toContain('The credentials are shown here once all are read.');
    expect(text).not.toMatch(/No credential|No non-expiring|Not synced/);
    for (const view of [{ left: true }, { statuses: ['eligible'] }, { mine: true }, { words: ['x'] }])
      expect((await shown(world, view)).text).not.toMatch(/No credential|No non-expiring/);
    expect(ready).toEqual({
      ok: true,
      detail: `Adobe is being read for the first time: ${read} of about 100 credentials`,
    });

    goOn();
    await done;
    const after = await shown(world);
    expect(after.text).toContain('100 of 100 credentials left');
    expect(after.text).not.toContain('Reading Adobe');
    expect(after.ready).toEqual({ ok: true });
  });

  test('says that it has begun before the number of credentials is known', async () => {
    const world = await newWorld();
    const gate = Promise.withResolvers<void>();
    world.adobe.add(1);
    const { readAccounts } = world.adobe;
    const reached = Promise.withResolvers<void>();
    world.adobe.readAccounts = async (sandbox) => {
      reached.resolve();
      await gate.promise;
      return readAccounts.call(world.adobe, sandbox);
    };
    const done = newProcess(world).sync.run();
    await reached.promise;
    const { text, ready } = await shown(world);
    expect(text).toContain('Reading Adobe for the first time…');
    expect(ready).toEqual({ ok: false, detail: 'Adobe has not been read yet' });
    gate.resolve();
    await done;
  });

  test('is reported as interrupted once its process has stopped', async () => {
    const { world, reached, goOn } = await longReading({ stopsAt: 60 });
    const done = newProcess(world).sync.run();
    await reached;
    // The process no longer reports progress.
    world.clock.advance(120);
    const { text, ready } = await shown(world);
    expect(text).toMatch(/The first reading of Adobe was interrupted after \d+ of about 100 credentials\. It is tried/);
    expect(ready).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^the first reading of Adobe was interrup/),
    });
    goOn();
    await done;
  });

  test('continues after its process was killed: little is requested again, and the progress never goes back', async () => {
    const { world, reached } = await longReading({ credentials: 2_000, stopsAt: 1_001 });
    // This process never finishes.
    void newProcess(world).sync.run();
    await reached;
    const readBefore = (await newProcess(world).stores.syncs.syncState()).progress?.read ?? 0;
    expect(readBefore).toBeGreaterThan(900);
    world.clock.advance(60);
    world.adobe.calls.length = 0;
    const restarted = newProcess(world);
    const shownThen: number[] = [];
    world.adobe.migrationStatus = async (id) => {
      world.clock.advance(1);
      shownThen.push((await restarted.stores.syncs.syncState()).progress?.read ?? -1);
      return FakeAdobe.prototype.migrationStatus.call(world.adobe, id);
    };

    await restarted.sync.run();

    expect(Math.min(...shownThen)).toBeGreaterThanOrEqual(readBefore);
    expect(shownThen).toEqual(shownThen.toSorted((a, b) => a - b));
    // Whatever was read after the last persisted portion is read again.
    for (const what of ['status', 'detail', 'certificate']) {
      expect(world.adobe.called(`${what} `).length, what).toBeGreaterThan(900);
      expect(world.adobe.called(`${what} `).length, what).toBeLessThan(1_050);
    }
    expect((await shown(world)).text).toContain('2000 of 2000 credentials left');
    // From now on each sync reads every status.
    world.adobe.calls.length = 0;
    await restarted.sync.run();
    expect(world.adobe.called('status ')).toHaveLength(2_000);
  });

  test('starts again after a long interruption, since people may have migrated meanwhile', async () => {
    const { world, reached } = await longReading({ stopsAt: 60 });
    void newProcess(world).sync.run();
    await reached;
    world.clock.advance(2 * 60 * 60);
    world.adobe.calls.length = 0;
    world.adobe.migrationStatus = FakeAdobe.prototype.migrationStatus;

    await newProcess(world).sync.run();

    expect(world.adobe.called('status ')).toHaveLength(100);
  });

  test('reports a failure until one succeeds, and then begins again', async () => {
    const world = await newWorld();
    for (let number = 1; number <= 100; number++) world.adobe.add(number);
    world.adobe.failing.set(`status ${consoleId(70)}`, adobeError('throttled', 429));
    const { migrationStatus } = world.adobe;
    world.adobe.migrationStatus = async (id) => {
      world.clock.advance(1);
      return migrationStatus.call(world.adobe, id);
    };
    await newProcess(world).sync.run();
    const { text } = await shown(world);
    expect(text).toContain('The sync with Adobe failed');
    expect(text).toMatch(/The first reading of Adobe was interrupted after \d+ of about 100 credentials/);
    world.clock.advance(60);
    world.adobe.failing.clear();
    await newProcess(world).sync.run();
    expect((await shown(world)).text).not.toMatch(/first|failed/);
  });

  test('happens only at the first sync', async () => {
    const world = await newWorld();
    world.adobe.add(1);
    const process = newProcess(world);
    await process.sync.run();
    world.adobe.failing.set('accounts', adobeError('unavailable', 503));
    await process.sync.run();
    expect((await process.sync.run()).progress).toBeNull();
    expect((await shown(world)).text).not.toContain('first');
  });
});
