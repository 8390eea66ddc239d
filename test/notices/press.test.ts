import { describe, expect, test } from 'vitest';
import { REMIND_AFTER_MS } from '../../src/migrations/hand-off.ts';
import { by, confirmed, newProcess, OTHER, startWith } from '../migrations/setup.ts';
import { adobeError, consoleId } from '../support/fakes.ts';

import { BY_HAND, HOUR_SECONDS, handedOver, LATER_SECONDS, REMINDER, TURN, toldTo } from './handed-over.ts';

describe('the notice that it is somebody’s turn in Adobe', () => {
  test('goes once to the person who confirmed, when the migration ahead in the queue has ended', async () => {
    const now = await handedOver([1, 2]);
    expect(now.told()).toEqual([]);
    await by(OTHER, now).notNow(now.first);
    await now.tick();
    await now.tick(LATER_SECONDS, newProcess(now.world, BY_HAND));
    expect(now.told()).toEqual([TURN]);
    expect(now.messages.notified[0]?.content).toMatchObject({ url: 'https://adobe.example/dev' });
  });

  test('is not sent for a hand-off with nothing ahead of it, not even one confirmed right after an end', async () => {
    const now = await handedOver([1]);
    await by(OTHER, now).notNow(now.first);
    now.adobe.add(2);
    await now.sync.run();
    await confirmed(now, 2);
    await now.tick();
    expect((await now.migrations.queue()).map(({ state }) => state)).toEqual(['submitted']);
    expect(now.told()).toEqual([]);
  });

  test('is sent for a hand-off after a refused start only where others were ahead of it then', async () => {
    for (const isQueued of [false, true]) {
      const now = await startWith([1, 2]);
      const { id } = await confirmed(now, 2);
      now.adobe.onStart = async () => ({ kind: 'refused', error: adobeError('not_allowed', 403) });
      const tick = async () => {
        now.clock.advance(5);
        await now.runner.advance();
        await now.notices.send();
      };
      await tick();
      await expect.poll(async () => (await now.migrations.get(id))?.state).toBe('failed');
      if (isQueued) {
        now.adobe.onStart = async () => ({ kind: 'accepted' });
        await confirmed(now, 1);
        await tick();
      }
      expect(await by(OTHER, now).finishInAdobe(id)).toMatchObject({ kind: 'continued' });
      now.adobe.statuses.set(consoleId(1), 'completed');
      for (let i = 0; i < 2; i++) await tick();
      expect(await now.migrations.get(id)).toMatchObject({ state: 'submitted', method: 'hand-off' });
      expect(toldTo(now.messages.notified)).toEqual(isQueued ? [TURN] : []);
    }
  });

  test('is no longer sent once somebody has pressed Migrate', async () => {
    const now = await handedOver([1, 2]);
    now.messages.down = true;
    await by(OTHER, now).notNow(now.first);
    await now.tick();
    now.adobe.statuses.set(consoleId(2), 'started');
    now.messages.down = false;
    await now.tick(LATER_SECONDS);
    expect(now.told()).toEqual([]);
  });
});

describe('the reminder to press Migrate in Adobe', () => {
  test('is sent once, an hour after the hand-off, across several instances and a restart', async () => {
    const now = await handedOver();
    const others = [newProcess(now.world, BY_HAND), newProcess(now.world, BY_HAND)];
    now.clock.advance(REMIND_AFTER_MS / 1000 - 1);
    await now.tick(0);
    expect(now.told()).toEqual([]);
    now.clock.advance(1);
    await Promise.all([now, ...others].map((process) => now.tick(0, process)));
    await now.tick(LATER_SECONDS, newProcess(now.world, BY_HAND));
    await now.tick(5 * HOUR_SECONDS);
    expect(now.told()).toEqual([REMINDER]);
  });

  test('is not sent once Migrate has been pressed', async () => {
    const now = await handedOver();
    now.adobe.statuses.set(consoleId(1), 'started');
    await now.tick();
    await now.tick(2 * HOUR_SECONDS);
    expect(now.told()).toEqual([]);
  });
});
