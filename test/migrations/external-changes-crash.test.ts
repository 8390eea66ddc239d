import { expect, test } from 'vitest';
import { Crash, CrashingProcess } from '../support/crashing-process.ts';
import { consoleId } from '../support/fakes.ts';
import { ask, newProcess, newWorld, story } from './setup.ts';

const ENDS = [
  ['started', 'started_outside'],
  ['completed', 'migrated_outside'],
] as const;

test.each(ENDS)(
  'a sync that finds a migration %s elsewhere and crashes after any call loses and repeats nothing',
  async (status, action) => {
    for (const when of ['before', 'after'] as const) {
      for (let call = 1; ; call++) {
        const world = await newWorld();
        world.adobe.add(1);
        const first = newProcess(world);
        await first.sync.run();
        const { id } = await ask(first, 1);
        world.adobe.statuses.set(consoleId(1), status);
        const crashing = new CrashingProcess({ call, when });
        const mortal = newProcess(world, {}, crashing.through);
        await mortal.sync.run().catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        // The lease of the crashed process expires.
        world.clock.advance(61);
        const next = newProcess(world);
        await next.pendingRequests.expireOverdue();
        await next.sync.run();
        const at = `died ${crashing.crashedAt}`;
        expect(await next.migrations.get(id), at).toMatchObject({ state: 'void', reason: { code: 'elsewhere' } });
        const externalChanges = (await story(next)).filter((line) => line.includes('outside'));
        expect(externalChanges, at).toEqual([`${action} by qs-creds`]);
        if (crashing.crashedAt === null) {
          expect(call).toBeGreaterThan(8);
          break;
        }
      }
    }
  },
);
