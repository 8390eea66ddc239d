import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { MethodName } from '../../src/migrations/steps.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, by, denialOf, MEMBER, newProcess, OTHER, PLACE, type Process, startWith, story } from './setup.ts';

const METHODS: readonly MethodName[] = ['query-service', 'developer-console', 'hand-off'];

async function askDry(process: Process) {
  const asked = await by(ASKER, process).ask(accountId(1), PLACE, 'start', true);
  if (asked.kind !== 'asked') throw new Error(`asking gave ${asked.kind}`);
  return asked.request;
}

async function steps(process: Process, times = 3): Promise<void> {
  for (let i = 0; i < times; i++) {
    await process.runner.advance();
    await setImmediate();
  }
}

describe.each(METHODS)('a dry run by %s', (method) => {
  const call = method === 'hand-off' ? null : { method: 'POST', path: `/start/${accountId(1)}` };

  test('reports the call that would have been made, is attributed, and starts nothing', async () => {
    const now = await startWith([1], { method });
    const { id } = await askDry(now);
    const result = await by(ASKER, now).confirm(id);

    const found = { code: 'dry_run', call, problem: null, status: 'not_started', wouldStart: true };
    const migration = { state: 'dry_run', isDryRun: true, decidedBy: ASKER.userId, reason: found };
    expect(result).toMatchObject({ kind: 'confirmed', migration });
    expect(now.messages.closed.at(-1)?.request).toMatchObject(migration);
    await steps(now);
    expect(now.adobe.started).toEqual([]);
    expect(await now.stores.migrations.queue()).toEqual([]);
    expect(await story(now)).toEqual([`asked by ${ASKER.userId}`, `dry_run by ${ASKER.userId}`]);
    expect((await now.catalogue.get(accountId(1)))?.status).toBe('eligible');
    expect(now.endings).toEqual(['dry_run']);
  });

  test('starts nothing even if DRY_RUN is unset before its question is confirmed', async () => {
    const rehearsing = await startWith([1], { method, dryRun: true });
    const asked = await by(ASKER, rehearsing).ask(accountId(1));
    if (asked.kind !== 'asked') throw new Error(asked.kind);
    const real = newProcess(rehearsing.world, { method, dryRun: false });
    // The store does not confirm it, either.
    const { migrations } = real.stores;
    expect(await migrations.confirm(asked.request.id, ASKER.userId, real.clock.now())).toBeNull();
    await by(ASKER, real).confirm(asked.request.id);
    await steps(real);
    expect(await migrations.get(asked.request.id)).toMatchObject({ state: 'dry_run' });
    expect(rehearsing.adobe.started).toEqual([]);
  });

  test('prevents the start of a migration that was confirmed before DRY_RUN was set', async () => {
    const real = await startWith([1], { method });
    const asked = await by(ASKER, real).ask(accountId(1));
    if (asked.kind !== 'asked') throw new Error(asked.kind);
    await by(ASKER, real).confirm(asked.request.id);
    const rehearsing = newProcess(real.world, { method, dryRun: true });
    await steps(rehearsing);
    await rehearsing.progress.report();
    expect(await real.migrations.get(asked.request.id)).toMatchObject({
      state: 'failed',
      reason: { code: 'dry_run_set' },
    });
    expect(real.messages.ends()).toEqual(['credential 1: failed']);
    expect(real.adobe.started).toEqual([]);
  });
});

test('a dry run requires the same access as a migration', async () => {
  const now = await startWith([1], { dryRun: true });
  expect(await denialOf(by(MEMBER, now).ask(accountId(1)))).toBe('not_migrator');
  const { id } = await askDry(now);
  expect(await denialOf(by(OTHER, now).confirm(id))).toBe('not_asked');
});

test('a dry run expires like any other question', async () => {
  const now = await startWith([1]);
  const { id } = await askDry(now);
  now.clock.advance(600);
  expect(await by(ASKER, now).confirm(id)).toMatchObject({ kind: 'too_late', request: { state: 'expired' } });
});

test('an Undo is also a dry run while DRY_RUN is set', async () => {
  const now = await startWith([1], { method: 'developer-console', dryRun: true });
  now.adobe.statuses.set(consoleId(1), 'started');
  await now.sync.run();
  expect(await by(ASKER, now).undo(accountId(1))).toMatchObject({
    kind: 'confirmed',
    migration: { state: 'dry_run', step: 'cancel', reason: { wouldStart: true } },
  });
  await steps(now);
  expect(now.adobe.started).toEqual([]);
});

test.each([
  ['completed', () => 'completed' as const],
  ['unreadable', () => null],
])('a dry run reports that nothing would have been sent if Adobe’s state is %s', async (_, status) => {
  const now = await startWith([1]);
  const { id } = await askDry(now);
  const is = status();
  if (is === null) now.adobe.failing.set('status', adobeError('unavailable', 503));
  else now.adobe.statuses.set(consoleId(1), is);
  expect(await by(ASKER, now).confirm(id)).toMatchObject({
    migration: { state: 'dry_run', reason: { wouldStart: false, status: is } },
  });
});
