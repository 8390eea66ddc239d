import { describe, expect, test } from 'vitest';
import { adobeError, consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, by, confirmed, denialOf, MEMBER, newProcess, OTHER, startWith, story } from './setup.ts';

const HOUR_SECONDS = 3_600;

describe('Finish in Adobe', () => {
  /** A migration whose start Adobe refused with this status. */
  async function refused(status = 404) {
    const now = await startWith([1]);
    now.adobe.onStart = async () => ({ kind: 'refused', error: adobeError('no_such_path', status) });
    const { id } = await confirmed(now, 1);
    await now.runner.advance();
    await expect.poll(async () => (await now.migrations.get(id))?.state).toBe('failed');
    await now.progress.report();
    return { ...now, id, state: () => now.migrations.get(id) };
  }

  test.each([401, 403, 404, 405])(
    'a migration whose start was refused with %i continues with the same confirmation',
    async (status) => {
      const now = await refused(status);
      expect(await by(OTHER, now).finishInAdobe(now.id)).toMatchObject({ kind: 'continued' });
      const goingOn = { state: 'confirmed', method: 'hand-off', decidedBy: ASKER.userId, reason: null, endedAt: null };
      expect(await now.state()).toMatchObject(goingOn);
      expect((await story(now)).at(-1)).toBe(`continued by ${OTHER.userId}`);
      now.clock.advance(5);
      await now.runner.advance();
      expect(await now.state()).toMatchObject({ state: 'submitted' });
      now.adobe.statuses.set(consoleId(1), 'completed');
      now.clock.advance(5);
      await now.runner.advance();
      await now.progress.report();
      expect(now.messages.ends()).toEqual(['credential 1: failed', 'credential 1: migrated']);
      expect(now.adobe.started).toHaveLength(1);
      expect((await story(now)).filter((line) => line.startsWith('confirmed'))).toHaveLength(1);
    },
  );

  test('the instructions for the press are shown at once, although an edit was lost and the earlier end is due to be shown again', async () => {
    const now = await startWith([1]);
    now.adobe.onStart = async () => ({ kind: 'refused', error: adobeError('no_such_path', 404) });
    const { id } = await confirmed(now, 1);
    await now.progress.report();
    now.messages.down = true;
    await now.progress.report();
    now.messages.down = false;
    await now.runner.advance();
    await expect.poll(async () => (await now.migrations.get(id))?.state).toBe('failed');
    await now.progress.report();
    await by(ASKER, now).finishInAdobe(id);
    now.clock.advance(5);
    await now.runner.advance();
    await now.progress.report();
    expect(now.messages.shown.map(({ progress }) => progress.kind)).toEqual(['confirmed', 'ended', 'handed_over']);
  });

  test.each([400, 409, 429])('a migration whose start was refused with %i does not continue', async (status) => {
    const now = await refused(status);
    expect(await by(ASKER, now).finishInAdobe(now.id)).toMatchObject({ kind: 'not_possible' });
    expect(await now.state()).toMatchObject({ state: 'failed' });
  });

  test('two presses on two instances count once, and a hand-off ended by Not now does not continue again', async () => {
    const now = await refused();
    const other = newProcess(now.world);
    const results = await Promise.all([by(ASKER, now).finishInAdobe(now.id), by(OTHER, other).finishInAdobe(now.id)]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['continued', 'not_possible']);
    expect((await story(now)).filter((line) => line.startsWith('continued'))).toHaveLength(1);
    now.clock.advance(5);
    await now.runner.advance();
    expect(await by(ASKER, now).notNow(now.id)).toMatchObject({ kind: 'handed_back' });
    expect(await by(ASKER, now).finishInAdobe(now.id)).toMatchObject({ kind: 'not_possible' });
  });

  test('an instance that showed the migration before the refusal shows that it continues', async () => {
    const now = await startWith([1]);
    now.adobe.onStart = async () => ({ kind: 'refused', error: adobeError('no_such_path', 404) });
    const { id } = await confirmed(now, 1);
    for (let i = 0; i < 2; i++) await now.progress.report();
    const other = newProcess(now.world);
    await other.runner.advance();
    await expect.poll(async () => (await now.migrations.get(id))?.state).toBe('failed');
    await other.progress.report();
    expect(now.messages.shown.at(-1)?.progress).toMatchObject({ kind: 'ended' });
    await by(ASKER, other).finishInAdobe(id);
    await now.progress.report();
    expect(now.messages.shown.at(-1)?.progress).toEqual({ kind: 'starting' });
  });

  test('the confirmation is valid for exactly four hours', async () => {
    const now = await refused();
    now.clock.advance(4 * HOUR_SECONDS);
    expect(await by(ASKER, now).finishInAdobe(now.id)).toMatchObject({ kind: 'outdated' });
    expect(await now.state()).toMatchObject({ state: 'failed' });
  });

  test.each(['owner', 'status'])(
    'a migration does not continue when the %s of its credential has changed',
    async (what) => {
      const now = await refused();
      if (what === 'status') now.adobe.statuses.set(consoleId(1), 'completed');
      else
        for (const [sandbox, [account]] of now.adobe.accounts)
          if (account !== undefined) now.adobe.accounts.set(sandbox, [{ ...account, owner: 'new@example.com' }]);
      now.clock.advance(1);
      await now.sync.run();
      expect(await by(ASKER, now).finishInAdobe(now.id)).toMatchObject({ kind: 'changed' });
      expect(await now.state()).toMatchObject({ state: 'failed' });
    },
  );

  test('a migration does not continue during another one of the same credential', async () => {
    const now = await refused();
    await confirmed(now, 1);
    expect(await by(ASKER, now).finishInAdobe(now.id)).toMatchObject({ kind: 'changed' });
    expect(await now.migrations.activeOf(accountId(1))).not.toMatchObject({ id: now.id });
  });

  test('only migrators can continue a migration', async () => {
    const now = await refused();
    expect(await denialOf(by(MEMBER, now).finishInAdobe(now.id))).toBe('not_migrator');
    expect(await by(ASKER, now).finishInAdobe('made-up')).toEqual({ kind: 'no_such_migration' });
  });
});
