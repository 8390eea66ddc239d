import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { MethodName } from '../../src/migrations/steps.ts';
import { HAND_OFF_MS } from '../../src/migrations/verdicts.ts';
import { Crash, CrashingProcess } from '../support/crashing-process.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import * as setup from './setup.ts';

/** What all methods have in common. */

interface Method {
  readonly method: MethodName;
  /** Requests that one confirmation sends to Adobe. */
  readonly sent: 0 | 1;
  /** Adobe's state that ends what was confirmed, and the end. */
  readonly done: 'started' | 'completed';
  readonly end: 'migrated' | 'bound';
  /** How long a migration may wait before it needs attention. Milliseconds. */
  readonly patienceMs: number;
}

const METHODS: readonly Method[] = [
  { method: 'query-service', sent: 1, done: 'completed', end: 'migrated', patienceMs: setup.TIMEOUT },
  { method: 'developer-console', sent: 1, done: 'started', end: 'bound', patienceMs: setup.TIMEOUT },
  { method: 'hand-off', sent: 0, done: 'completed', end: 'migrated', patienceMs: HAND_OFF_MS },
];

describe.each(METHODS)('by $method', ({ method, sent, done, end, patienceMs }) => {
  /** A confirmed migration; Adobe accepts what is sent, but does nothing until the test says so. */
  async function confirmed() {
    const now = await setup.startWith([1], { method });
    now.adobe.onStart = async () => ({ kind: 'accepted' });
    const { id } = await setup.confirmed(now, 1);
    return { ...now, id, state: async () => (await now.migrations.get(id))?.state };
  }

  async function step(process: setup.Process, world: setup.World, seconds = 5) {
    world.clock.advance(seconds);
    await process.runner.advance();
    // Lets the response to a start be recorded, however many statements that takes.
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    await process.progress.report();
  }

  test('a confirmed migration ends as Adobe says, and is sent at most once', async () => {
    const now = await confirmed();
    await step(now, now.world);
    expect(await now.state()).toBe('submitted');
    now.adobe.statuses.set(consoleId(1), done);
    await step(now, now.world);
    expect(await now.state()).toBe(end);
    expect(now.adobe.started).toHaveLength(sent);
    expect(now.messages.ends()).toEqual([`credential 1: ${end}`]);
  });

  test('a question expires after ten minutes, and nothing is sent', async () => {
    const now = await setup.startWith([1], { method });
    const { id } = await setup.ask(now, 1);
    now.clock.advance(600);
    expect(await setup.by(setup.ASKER, now).confirm(id)).toMatchObject({ kind: 'too_late' });
    await step(now, now.world);
    expect(now.adobe.started).toEqual([]);
  });

  test('two presses on two instances confirm once', async () => {
    const now = await setup.startWith([1], { method });
    now.adobe.onStart = async () => ({ kind: 'accepted' });
    const { id } = await setup.ask(now, 1);
    const other = setup.newProcess(now.world, { method });
    const asker = (process: setup.Process) => setup.by(setup.ASKER, process).confirm(id);
    const results = await Promise.all([asker(now), asker(other)]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['confirmed', 'too_late']);
    await step(now, now.world);
    await step(other, now.world);
    expect(now.adobe.started).toHaveLength(sent);
  });

  test.runIf(sent === 1)('a start that Adobe refuses ends as failed', async () => {
    const now = await confirmed();
    now.adobe.onStart = async () => ({ kind: 'refused', error: adobeError('refused', 400) });
    await step(now, now.world);
    expect(await now.state()).toBe('failed');
    expect(now.messages.ends()).toEqual(['credential 1: failed']);
  });

  test('a migration that never completes needs attention after exactly its timeout', async () => {
    const now = await confirmed();
    await step(now, now.world);
    await step(now, now.world, patienceMs / 1000 - 1);
    expect(await now.state()).toBe('submitted');
    await step(now, now.world);
    expect(await now.state()).toBe('needs_attention');
    expect(now.adobe.started).toHaveLength(sent);
  });

  test('nothing is sent if the migration was completed elsewhere before its turn', async () => {
    const now = await confirmed();
    now.adobe.statuses.set(consoleId(1), 'completed');
    await step(now, now.world);
    expect(await now.state()).toBe('migrated');
    expect(now.adobe.started).toEqual([]);
  });

  test('a new process continues where the last one stopped, and sends nothing again', async () => {
    const now = await confirmed();
    await step(now, now.world);
    await now.runner.stop(0);
    const next = setup.newProcess(now.world, { method });
    await step(next, now.world);
    now.adobe.statuses.set(consoleId(1), done);
    await step(next, now.world);
    expect(await now.state()).toBe(end);
    expect(now.adobe.started).toHaveLength(sent);
  });

  test('a migration ends in a message although a process dies after any of its calls', async () => {
    for (let call = 1; ; call++) {
      const world = await setup.newWorld();
      world.adobe.add(1);
      world.adobe.onStart = async () => ({ kind: 'accepted' });
      const crashing = new CrashingProcess({ call, when: 'after' });
      await live(setup.newProcess(world, { method }, crashing.through), world).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      const process = setup.newProcess(world, { method });
      await live(process, world);
      const at = `died ${crashing.crashedAt}`;
      expect(world.adobe.started.length, at).toBeLessThanOrEqual(sent);
      expect((await process.migrations.latestConfirmed(accountId(1)))?.state, at).toBe(end);
      expect(world.messages.ends().at(-1), at).toBe(`credential 1: ${end}`);
      if (crashing.crashedAt !== null) continue;
      // The process has died at each of its calls.
      expect(call).toBeGreaterThan(25);
      return;
    }
  });

  /** Runs a process from its start until the end is shown; Adobe completes what is submitted. */
  async function live(process: setup.Process, world: setup.World): Promise<void> {
    for (let i = 0; i < 20 && world.messages.ends().length === 0; i++) {
      await process.sync.run();
      const latest = await process.migrations.latestConfirmed(accountId(1));
      if (latest === null) {
        const asker = setup.by(setup.ASKER, process);
        const asked = await asker.ask(accountId(1));
        if (asked.kind === 'asked') await asker.confirm(asked.request.id);
      }
      if (latest?.state === 'submitted') world.adobe.statuses.set(consoleId(1), done);
      await step(process, world);
    }
  }
});
