import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { ASKER, by, confirmed, denialOf, MEMBER, newProcess, newWorld, OTHER, story } from './setup.ts';

describe('Withdraw', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  /** Confirmed migrations of these credentials, in this order; nothing has advanced yet. */
  async function queued(numbers: readonly number[] = [1]) {
    const { db } = await openFresh(engine);
    const world = { ...(await newWorld()), db };
    for (const number of numbers) world.adobe.add(number);
    const now = newProcess(world);
    await now.sync.run();
    const ids: string[] = [];
    for (const number of numbers) {
      ids.push((await confirmed(now, number)).id);
      world.clock.advance(1);
    }
    return { ...now, world, ids, id: ids[0] ?? '' };
  }

  test('Withdraw takes a migration out of the queue and records who pressed, nothing is sent, and the next one starts', async () => {
    const now = await queued([1, 2]);
    expect(await by(OTHER, now).withdraw(now.id)).toMatchObject({ kind: 'withdrawn' });
    const reason = { code: 'withdrawn', by: OTHER.userId };
    expect(await now.migrations.get(now.id)).toMatchObject({ state: 'failed', reason, startedAt: null });
    expect((await story(now)).at(-1)).toBe(`failed by ${OTHER.userId} withdrawn`);
    await now.runner.advance();
    expect(now.world.adobe.started).toMatchObject([{ consoleId: 'i2' }]);
    await now.progress.report();
    expect(now.world.messages.ends()).toEqual(['credential 1: failed']);
    expect(await now.catalogue.find('credential 1')).toMatchObject({ credential: { status: 'eligible' } });
  });

  test('when a withdrawal and a start come at the same moment, the migration is either sent or withdrawn, never both', async () => {
    const LAST = 11;
    // SQLite responds within one turn of the event loop.
    const turn = engine.kind === 'sqlite' ? () => Promise.resolve() : () => setImmediate();
    const sent: boolean[] = [];
    for (let lead = 0; lead <= LAST; lead++) {
      const now = await queued();
      const other = newProcess(now.world);
      const withdrawing = () => Promise.all([by(OTHER, other).withdraw(now.id), by(ASKER, now).withdraw(now.id)]);
      // The start gets a growing lead: it first comes after the withdrawals, and finally before them.
      const early = lead === 0 ? await withdrawing() : null;
      const start = now.runner.advance();
      for (let turns = 2 ** lead; turns > 0; turns--) await turn();
      if (lead === LAST) await start;
      const [results] = await Promise.all([early ?? withdrawing(), start]);
      const isSent = now.world.adobe.started.length > 0;
      const kinds = results.map(({ kind }) => kind).sort();
      expect(kinds).toEqual(isSent ? ['too_late', 'too_late'] : ['too_late', 'withdrawn']);
      expect((await now.migrations.get(now.id))?.state).toBe(isSent ? 'submitted' : 'failed');
      sent.push(isSent);
    }
    expect([sent[0], sent[LAST]]).toEqual([false, true]);
  });

  test('once the start may have been sent, Withdraw changes nothing', async () => {
    const now = await queued();
    await now.runner.advance();
    expect(await by(ASKER, now).withdraw(now.id)).toMatchObject({
      kind: 'too_late',
      migration: { state: 'submitted' },
    });
    expect((await story(now)).filter((line) => line.includes('withdrawn'))).toEqual([]);
  });

  test('Withdraw is only for migrators, and only for known migrations', async () => {
    const now = await queued();
    expect(await denialOf(by(MEMBER, now).withdraw(now.id))).toBe('not_migrator');
    for (const unknown of ['made-up', '', 'no\0where', '\ud800'])
      expect(await by(ASKER, now).withdraw(unknown)).toEqual({ kind: 'no_such_migration' });
    expect(await now.migrations.get(now.id)).toMatchObject({ state: 'confirmed' });
  });
}
