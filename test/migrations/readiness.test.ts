import { expect, test } from 'vitest';
import { leaseAge, readinessChecks } from '../../src/checks.ts';
import { AdobeError, type AdobeErrorKind } from '../../src/credentials/adobe-error.ts';
import { TestClock } from '../support/clock.ts';
import { consoleId } from '../support/fakes.ts';
import { ASKER, by, confirmed, newProcess, type Process, startWith } from './setup.ts';

/** What this instance reports for one check. */
async function said(
  { stores, clock }: Process,
  name: string,
  {
    sendsStarts = true,
    adobe = {},
    leaseAgeMs = 0,
    adobePausedUntil = null,
  }: { sendsStarts?: boolean; adobe?: object; leaseAgeMs?: number; adobePausedUntil?: Date | null } = {},
) {
  const { syncs, migrations, reminders } = stores;
  const checks = readinessChecks({
    ...{ syncs, migrations, reminders, clock, sendsStarts },
    ...{ leaseAgeMs: async () => leaseAgeMs, timeoutMs: 300_000, adobePausedUntil: async () => adobePausedUntil },
    ...{ database: async () => ({ ok: true }), adobe: () => ({ ok: true, ...adobe }), slack: () => ({ ok: true }) },
  });
  return checks[name]?.();
}

test('a confirmed migration that waits for a minute with none in flight is a detail of /readyz', async () => {
  const process = await startWith([1]);
  await confirmed(process, 1);
  expect(await said(process, 'queue')).toEqual({ ok: true });
  process.clock.advance(61);
  const detail = '1 confirmed migration waits and none is in flight; see the log';
  expect(await said(process, 'queue')).toEqual({ ok: true, detail });
  await process.runner.advance();
  expect(await said(process, 'queue')).toEqual({ ok: true });
});

test('a migration still in flight a minute after its timeout is a detail of /readyz', async () => {
  const process = await startWith([1]);
  await confirmed(process, 1);
  await process.runner.advance();
  // As if the loop had stopped.
  process.clock.advance(360);
  expect(await said(process, 'queue')).toEqual({ ok: true });
  process.clock.advance(1);
  const detail = 'a migration has been in flight for longer than it may; see the log';
  expect(await said(process, 'queue')).toEqual({ ok: true, detail });
  await process.runner.advance();
  expect(await said(process, 'queue')).toEqual({ ok: true });
});

test('a migration may wait until the end of a pause that Adobe asks for', async () => {
  const process = await startWith([1]);
  await confirmed(process, 1);
  await process.runner.advance();
  process.clock.advance(361);
  const at = (seconds: number) => new Date(process.clock.now().getTime() + seconds * 1_000);
  const saidWith = (adobePausedUntil: Date) => said(process, 'queue', { adobePausedUntil });
  const detail = 'a migration has been in flight for longer than it may; see the log';
  for (const seconds of [3_600, -60]) expect(await saidWith(at(seconds))).toEqual({ ok: true });
  expect(await saidWith(at(-61))).toEqual({ ok: true, detail });
});

test('a migration that waits for a person to press Migrate in Adobe may take a day', async () => {
  const process = await startWith([1], { method: 'hand-off' });
  await confirmed(process, 1);
  await process.runner.advance();
  process.clock.advance(24 * 3_600 + 60);
  expect(await said(process, 'queue')).toEqual({ ok: true });
  process.clock.advance(1);
  expect(await said(process, 'queue')).toMatchObject({ detail: expect.stringContaining('longer than it may') });
});

test('a queue whose lease no instance has held for a minute is a detail of /readyz, empty or not', async () => {
  const process = await startWith([1]);
  expect(await said(process, 'queue', { leaseAgeMs: 60_000 })).toEqual({ ok: true });
  const detail = 'no instance works through the queue; see the log';
  expect(await said(process, 'queue', { leaseAgeMs: 60_001 })).toEqual({ ok: true, detail });
});

test('the age of a released lease counts from its release, however long this instance has run', async () => {
  const clock = new TestClock();
  let held: number | null = null;
  const ageMs = leaseAge(async () => held, clock);
  // No instance has held the lease yet.
  clock.advance(90);
  expect(await ageMs()).toBe(90_000);
  held = 500;
  expect(await ageMs()).toBe(500);
  clock.advance(3_600);
  held = null;
  expect(await ageMs()).toBe(0);
  clock.advance(61);
  expect(await ageMs()).toBe(61_000);
});

/** A process whose next starts Adobe accepts, or refuses with this error. */
async function starting() {
  const now = await startWith([1, 2, 3]);
  const start = async (number: number, kind: AdobeErrorKind | null, status = 0, code = '') => {
    now.adobe.onStart = async () =>
      kind === null
        ? { kind: 'accepted' }
        : { kind: 'refused', error: new AdobeError(kind, 'start', { status, code }) };
    now.clock.advance(60);
    const { id } = await confirmed(now, number);
    await now.runner.advance();
    const responses = async () => (await now.stores.audit.history(null, 0, 50)).rows;
    await expect
      .poll(async () => (await responses()).some((row) => row.migrationId === id && row.action === 'start_answered'))
      .toBe(true);
    if (kind !== null) await expect.poll(async () => (await now.migrations.get(id))?.state).toBe('failed');
    return id;
  };
  return { ...now, start };
}

test('the setting to change if Adobe refuses every start is reported by every instance, across restarts, until Adobe accepts one', async () => {
  const now = await starting();
  expect(await said(now, 'adobe')).toEqual({ ok: true });
  const id = await now.start(1, 'no_such_path', 404);
  const detail =
    'Adobe takes no start of a migration from the app, not the one confirmed 2025-05-05 09:01 UTC: set ADOBE_MIGRATE_PATH to the call that its page makes, or set MIGRATION_METHOD=hand-off';
  for (const process of [now, newProcess(now.world)])
    expect(await said(process, 'adobe')).toEqual({ ok: true, detail });
  // Neither another refusal nor a migration that continues by hand shows that the next start would succeed.
  await now.start(2, 'refused', 409);
  await by(ASKER, now).finishInAdobe(id);
  now.adobe.statuses.set(consoleId(1), 'completed');
  for (let i = 0; i < 2; i++) {
    now.clock.advance(5);
    await now.runner.advance();
  }
  expect(await said(newProcess(now.world), 'adobe')).toEqual({ ok: true, detail });
  await now.start(3, null);
  await expect.poll(() => said(newProcess(now.world), 'adobe')).toEqual({ ok: true });
});

test('a refused start is not reported if the app sends no starts, or if Adobe has another fault', async () => {
  const now = await starting();
  await now.start(1, 'not_allowed', 403);
  expect(await said(now, 'adobe', { sendsStarts: false })).toEqual({ ok: true });
  const adobe = { detail: 'Adobe is down' };
  expect(await said(now, 'adobe', { adobe })).toEqual({ ok: true, ...adobe });
});

test('a start that Adobe refuses for a documented reason is reported with that reason, and without advice on the path', async () => {
  const now = await starting();
  await now.start(1, 'not_allowed', 403, '403025');
  const detail = (await said(now, 'adobe'))?.detail;
  expect(detail).toMatch(/\(403025\): .*, or set MIGRATION_METHOD=hand-off$/);
  expect(detail).not.toContain('ADOBE_MIGRATE_PATH');
});
