import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { StartOutcome } from '../../src/migrations/method.ts';
import { Crash, CrashingProcess, type CrashPoint } from '../support/crashing-process.ts';
import { IS_CI } from '../support/effort.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import * as setup from './setup.ts';

/**
 * A process may die at any moment. Here it dies at each of its calls to the database, Adobe or Slack in turn: before
 * the call takes effect, and right after. Then a new process continues from the database. Wherever it dies, one
 * confirmation is recorded, at most one start is sent, and the end is shown.
 */

const TICK_SECONDS = 10;
const SETTINGS = { timeoutMs: 20_000 };
/** A process syncs when it starts and then every so many ticks. */
const SYNC_TICKS = 2;
/** Long enough for every story, also when the sync must wait for the lease of a dead process. */
const MOST_TICKS = 30;

/** How Adobe responds to a start, and how the migration may end. */
interface Story {
  readonly answer: StartOutcome;
  /** Null: Adobe does not migrate. */
  readonly migratesInSeconds: number | null;
  /** How it may end if the start reached Adobe. If the process died before that, it needs attention. */
  readonly ends: readonly string[];
}

const STORIES: Readonly<Record<string, Story>> = {
  'Adobe migrates': { answer: { kind: 'accepted' }, migratesInSeconds: 12, ends: ['migrated'] },
  'Adobe migrates, but its response is lost': {
    answer: { kind: 'unclear', error: adobeError('lost') },
    migratesInSeconds: 12,
    ends: ['migrated'],
  },
  'Adobe migrates long after the migration needed attention': {
    answer: { kind: 'accepted' },
    migratesInSeconds: SETTINGS.timeoutMs / 1000 + 15,
    ends: ['migrated'],
  },
  'Adobe refuses the start': {
    answer: { kind: 'refused', error: adobeError('refused', 400) },
    migratesInSeconds: null,
    // The response may be lost with the process.
    ends: ['failed', 'needs_attention'],
  },
  'Adobe never says how the start ended': {
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
    'the migration ends once, in a message, if the process dies %s any of its calls (deaths in a row: %i)',
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
          // The process has died at each of its calls.
          expect(reached).toBe(1);
          expect(call).toBeGreaterThan(40);
          return;
        }
      }
    },
  );
});

/** Runs processes one after the other until all is done: `deaths` of them die, then one does not. */
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

/** Requests and confirms the migration of credential 1, unless one has been confirmed. */
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
