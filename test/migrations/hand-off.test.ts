import { describe, expect, test } from 'vitest';
import type { Migration } from '../../src/migrations/migration.ts';
import { HAND_OFF_MS } from '../../src/migrations/verdicts.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import {
  ASKER,
  by,
  confirmed,
  confirmedInTurn,
  denialOf,
  MEMBER,
  newProcess,
  OTHER,
  startWith,
  story,
  TIMEOUT,
} from './setup.ts';

const BY_HAND = { method: 'hand-off' } as const;
const HOUR_SECONDS = 3_600;

/** A migration that waits for a person to press Migrate in Adobe. */
async function handedOver(numbers: readonly number[] = [1]) {
  const { queued, ...now } = await confirmedInTurn(numbers, BY_HAND);
  const [{ id }] = queued as [Migration];
  const state = (of = id) => now.migrations.get(of);
  const later = async (seconds = 5) => {
    now.clock.advance(seconds);
    await now.runner.advance();
  };
  await later();
  return { ...now, id, ids: queued.map((each) => each.id), state, later };
}

describe('a hand-off', () => {
  test('a hand-off sends nothing, and follows Adobe’s state to the end', async () => {
    const now = await handedOver();
    const { adobe, state, later } = now;
    expect(await state()).toMatchObject({ state: 'submitted', method: 'hand-off' });
    expect((await story(now)).at(-1)).toBe('submitted by qs-creds handed_over');
    await later(HOUR_SECONDS);
    adobe.statuses.set(consoleId(1), 'started');
    await later();
    const pressedAt = now.clock.now();
    expect(await state()).toMatchObject({ state: 'running', startedAt: pressedAt });
    adobe.statuses.set(consoleId(1), 'completed');
    await later();
    expect(await state()).toMatchObject({ state: 'migrated', reason: null });
    expect(adobe.started).toEqual([]);
    expect((await story(now)).filter((line) => line.startsWith('start_answered'))).toEqual([]);
  });

  test('a hand-off begins only where Adobe plainly says "not started"', async () => {
    const now = await startWith([1], BY_HAND);
    const { id } = await confirmed(now, 1);
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.runner.advance();
    expect(await now.migrations.get(id)).toMatchObject({ state: 'migrated', reason: { code: 'elsewhere' } });
  });

  test('a hand-off needs attention after exactly a day without a press, and the queue moves on', async () => {
    const now = await handedOver([1, 2]);
    await now.later(HAND_OFF_MS / 1000 - 5);
    expect(await now.state()).toMatchObject({ state: 'submitted' });
    await now.later();
    const reason = { code: 'unclear', lastStatus: 'not_started', problem: null };
    expect(await now.state()).toMatchObject({ state: 'needs_attention', reason });
  });

  test('migrations queued behind a hand-off that nobody presses end when their confirmation expires, so that they can be requested again', async () => {
    const now = await handedOver([1, 2, 3]);
    await now.later(4 * HOUR_SECONDS - 8);
    expect(await now.state(now.ids[1])).toMatchObject({ state: 'confirmed' });
    await now.later(3);
    expect(await now.state(now.ids[1])).toMatchObject({ state: 'failed', reason: { code: 'outdated' } });
    expect(await now.state(now.ids[2])).toMatchObject({ state: 'failed', reason: { code: 'outdated' } });
    expect(await now.state()).toMatchObject({ state: 'submitted' });
  });

  test('a press that the app first sees more than a day later, after an outage, still leaves Adobe the usual time', async () => {
    const now = await handedOver();
    now.adobe.statuses.set(consoleId(1), 'started');
    now.clock.advance(HAND_OFF_MS / 1000 + HOUR_SECONDS);
    const { runner } = newProcess(now.world, BY_HAND);
    await runner.advance();
    expect(await now.state()).toMatchObject({ state: 'running', startedAt: now.clock.now() });
  });

  test('after a person presses, Adobe has the usual time', async () => {
    const now = await handedOver();
    await now.later(20 * HOUR_SECONDS);
    now.adobe.statuses.set(consoleId(1), 'started');
    await now.later();
    await now.later(TIMEOUT / 1000 - 5);
    expect(await now.state()).toMatchObject({ state: 'running' });
    await now.later();
    expect(await now.state()).toMatchObject({ state: 'needs_attention' });
  });

  test('the message of a hand-off says what to press and where, and the other messages say that they wait for a person', async () => {
    const now = await handedOver([1, 2]);
    await now.progress.report();
    await now.progress.report();
    expect(now.messages.shown.slice(-2).map(({ progress }) => progress)).toEqual([
      { kind: 'handed_over', url: 'https://adobe.example/dev' },
      { kind: 'waiting', place: 1, isFirstHandedOver: true },
    ]);
    now.adobe.statuses.set(consoleId(1), 'started');
    await now.later();
    await now.progress.report();
    expect(now.messages.shown.slice(-2).map(({ progress }) => progress)).toEqual([
      { kind: 'pressed' },
      { kind: 'waiting', place: 1, isFirstHandedOver: false },
    ]);
  });
});

describe('Not now', () => {
  test('Not now ends a hand-off and records who pressed, and the next migration is handed over', async () => {
    const now = await handedOver([1, 2]);
    expect(await by(OTHER, now).notNow(now.id)).toMatchObject({ kind: 'handed_back' });
    const reason = { code: 'handed_back', by: OTHER.userId };
    expect(await now.state()).toMatchObject({ state: 'failed', reason, endedAt: now.clock.now() });
    expect((await story(now)).at(-1)).toBe(`failed by ${OTHER.userId} handed_back`);
    expect(now.endings).toEqual(['failed']);
    await now.later();
    expect(await now.state(now.ids[1])).toMatchObject({ state: 'submitted' });
    await now.progress.report();
    expect(now.messages.ends()).toEqual(['credential 1: failed']);
  });

  test('Not now pressed by several people on several instances counts once', async () => {
    const now = await handedOver();
    const other = newProcess(now.world, BY_HAND);
    const results = await Promise.all([
      by(ASKER, now).notNow(now.id),
      by(OTHER, other).notNow(now.id),
      by(ASKER, other).notNow(now.id),
    ]);
    expect(results.filter(({ kind }) => kind === 'handed_back')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'not_waiting')).toHaveLength(2);
    expect((await story(now)).filter((line) => line.startsWith('failed'))).toHaveLength(1);
  });

  test.each(['started', 'completed'] as const)('Not now changes nothing when Adobe says "%s"', async (status) => {
    const now = await handedOver();
    now.adobe.statuses.set(consoleId(1), status);
    expect(await by(ASKER, now).notNow(now.id)).toMatchObject({ kind: 'begun' });
    expect(await now.state()).toMatchObject({ state: 'submitted' });
  });

  test('Not now changes nothing while Adobe cannot be read', async () => {
    const now = await handedOver();
    now.adobe.failing.set('status', adobeError('unavailable', 503));
    expect(await by(ASKER, now).notNow(now.id)).toMatchObject({ kind: 'unread', problem: { status: 503 } });
    expect(await now.state()).toMatchObject({ state: 'submitted' });
  });

  test('Not now is only for migrators, and only for a migration that waits for a person', async () => {
    const now = await handedOver([1, 2]);
    expect(await denialOf(by(MEMBER, now).notNow(now.id))).toBe('not_migrator');
    expect(await by(ASKER, now).notNow(now.ids[1] ?? '')).toMatchObject({ kind: 'not_waiting' });
    expect(await by(ASKER, now).notNow('made-up')).toEqual({ kind: 'no_such_migration' });
  });
});
