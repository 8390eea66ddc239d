import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { StartOutcome } from '../../src/migrations/method.ts';
import { Crash, CrashingProcess, type CrashPoint } from '../support/crashing-process.ts';
import { IS_CI } from '../support/effort.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import * as setup from './setup.ts';

/**
 * A process may die at any moment. Here it dies at each call it makes to the database, to Adobe or to Slack, one after
 * the other: before the call took effect, and right after. Then a new process continues from the database. Whatever the
 * moment, there is one confirmation, one start at most, and an end that is shown.
 */

const TICK_SECONDS = 10;
const SETTINGS = { timeoutMs: 20_000 };
/** A process syncs when it starts and then every so many ticks. */
const SYNC_TICKS = 2;
/** Long enough for every story, also when the sync must wait for the lease of a dead process. */
const MOST_TICKS = 30;

/** How Adobe takes a start, and what may come of it. */
interface Story {
  readonly answer: StartOutcome;
  /** Null: Adobe does not migrate. */
  readonly migratesInSeconds: number | null;
  /** How it may end when the start reached Adobe. When the process died before that, a person must look. */
  readonly ends: readonly string[];
}

const STORIES: Readonly<Record<string, Story>> = {
  'Adobe migrates': { answer: { kind: 'accepted' }, migratesInSeconds: 12, ends: ['migrated'] },
  'Adobe migrates, but its answer is lost': {
    answer: { kind: 'unclear', error: adobeError('lost') },
    migratesInSeconds: 12,
    ends: ['migrated'],
  },
  'Adobe migrates, but long after a person was asked to look': {
    answer: { kind: 'accepted' },
    migratesInSeconds: SETTINGS.timeoutMs / 1000 + 15,
    ends: ['migrated'],
  },
  'Adobe refuses': {
    answer: { kind: 'refused', error: adobeError('refused', 400) },
    migratesInSeconds: null,
    // Its answer may have died with the process.
    ends: ['failed', 'needs_attention'],
  },
  'Adobe never says': {
    answer: { kind: 'unclear', error: adobeError('unavailable', 504) },
    migratesInSeconds: null,
    ends: ['needs_attention'],
  },
};

describe.each(Object.entries(STORIES))('%s', (_, story) => {
  const crashes = [
    ['before', 1],
    ['after', 1],
    ['after', 3],
  ] as const;
  test.each(crashes.filter(([when, times]) => IS_CI || (when === 'after' && times === 1)))(
    'the migration ends once, in a message, if the process dies %s any of its calls, %i times in a row',
    async (when, deaths) => {
      for (let call = 1; ; call++) {
        const { ends, world, process } = await live(story, deaths, { call, when });
        const reached = world.adobe.started.length;
        const at = `died ${ends.join(', then ')}`;
        expect(reached, at).toBeLessThanOrEqual(1);
        const state = (await process.stores.migrations.latestConfirmed(accountId(1)))?.state;
        expect(reached === 1 ? story.ends : ['needs_attention'], at).toContain(state);
        expect(world.messages.ends().at(-1), at).toBe(`credential 1: ${state}`);
        expect(await process.stores.migrations.unnotified(), at).toEqual([]);
        const audited = await setup.story(process);
        expect(
          audited.filter((line) => line.startsWith('confirmed')),
          at,
        ).toHaveLength(1);
        expect(
          audited.filter((line) => line.startsWith('submitted')),
          at,
        ).toHaveLength(1);
        if (ends.length === 0) {
          // It died at every call there is.
          expect(reached).toBe(1);
          expect(call).toBeGreaterThan(40);
          return;
        }
      }
    },
  );
});

/** Processes one after the other, until everything is over: `deaths` of them that die, then one that does not. */
async function live(story: Story, deaths: number, death: CrashPoint) {
  const world = await setup.newWorld();
  world.adobe.add(1);
  let completedAt = Number.POSITIVE_INFINITY;
  world.adobe.onStart = async () => {
    if (story.migratesInSeconds !== null) {
      world.adobe.statuses.set(consoleId(1), 'started');
      completedAt = world.clock.now().getTime() + story.migratesInSeconds * 1000;
    }
    return story.answer;
  };
  const timePasses = () => {
    world.clock.advance(TICK_SECONDS);
    if (world.clock.now().getTime() >= completedAt) world.adobe.statuses.set(consoleId(1), 'completed');
  };
  const ends: string[] = [];
  for (let i = 0; i < deaths; i++) {
    const crashing = new CrashingProcess(death);
    await run(setup.newProcess(world, SETTINGS, crashing.through), world, timePasses).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
    });
    if (crashing.crashedAt !== null) ends.push(crashing.crashedAt);
  }
  const process = setup.newProcess(world, SETTINGS);
  await run(process, world, timePasses);
  return { ends, world, process };
}

/** One process, from its start until nothing is left to do, or until it dies. */
async function run(process: setup.Process, world: setup.World, timePasses: () => void): Promise<void> {
  for (let tick = 0; tick < MOST_TICKS; tick++) {
    if (tick % SYNC_TICKS === 0) await process.sync.run();
    await persist(process);
    await process.pendingRequests.expireOverdue();
    await process.runner.advance();
    // Lets the response to a start be recorded.
    await setImmediate();
    await process.progress.report();
    timePasses();
    if (isOver(world)) return;
  }
}

/** A person who wants credential 1 migrated, and asks again when nothing came of it. */
async function persist(process: setup.Process): Promise<void> {
  if ((await process.migrations.latestConfirmed(accountId(1))) !== null) return;
  const asker = setup.by(setup.ASKER, process);
  const asked = await asker.ask(accountId(1));
  if (asked.kind !== 'asked') return;
  await asker.confirm(asked.request.id);
}

/** Whether people were notified of everything. */
function isOver({ adobe, messages }: setup.World): boolean {
  const status = adobe.statuses.get(consoleId(1));
  if (status === 'started') return false;
  return status === 'completed' ? messages.ends().includes('credential 1: migrated') : messages.ends().length > 0;
}
