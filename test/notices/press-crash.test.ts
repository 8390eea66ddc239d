import { expect, test } from 'vitest';
import { by, newProcess, OTHER, type Process } from '../migrations/setup.ts';
import { Crash, CrashingProcess } from '../support/crashing-process.ts';

import { BY_HAND, HOUR_SECONDS, handedOver, LATER_SECONDS, REMINDER, TURN } from './handed-over.ts';

test('a process killed at any call leaves no notice unsent, and sends one again only where it died after sending', async () => {
  for (const when of ['before', 'after'] as const) {
    const deaths: string[] = [];
    for (let call = 1; ; call++) {
      const now = await handedOver([1, 2]);
      const crashing = new CrashingProcess({ call, when });
      const dying = newProcess(now.world, BY_HAND, crashing.through);
      // A turn, then a reminder of it; the lease of the previous process has expired.
      const live = async (process: Process) => {
        await by(OTHER, process).notNow(now.first);
        await now.tick(LATER_SECONDS, process);
        await now.tick(HOUR_SECONDS, process);
        await now.tick(LATER_SECONDS, process);
      };
      await live(dying).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      await live(newProcess(now.world, BY_HAND));
      const at = `died ${crashing.crashedAt}`;
      const wanted = [TURN, REMINDER.replace('1', '2')];
      expect([...new Set(now.told())], at).toEqual(wanted);
      const isAfterSending = /after .*notify|(before|after) SqlNoticeStore.close/.test(at);
      if (!isAfterSending) expect(now.told(), at).toEqual(wanted);
      if (crashing.crashedAt === null) break;
      deaths.push(crashing.crashedAt);
    }
    for (const name of ['recordReminder', 'claim', 'notify', 'close'])
      expect(
        deaths.some((death) => death.includes(name)),
        `${when} ${name}`,
      ).toBe(true);
  }
});
