import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { StartOutcome } from '../../src/migrations/method.ts';
import type { Step } from '../../src/migrations/steps.ts';
import { Crash, CrashingProcess, type CrashPoint } from '../support/crashing-process.ts';
import { IS_CI } from '../support/effort.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import * as setup from './setup.ts';

/**
 * As in `crash.test.ts`, for each step by the Developer Console: a process dies at each of its calls, before or after
 * the call takes effect, and a new one continues. Each step is sent at most once for one recorded confirmation, and its
 * end is shown.
 */

const TICK_SECONDS = 10;
const SETTINGS = { timeoutMs: 20_000, method: 'developer-console' } as const;
const SYNC_TICKS = 2;
/** Long enough for a request to expire if its process died between asking and confirming. */
const MOST_TICKS = 80;

const STEPS = {
  start: { from: 'not_started', to: 'started', end: 'bound' },
  finish: { from: 'started', to: 'completed', end: 'migrated' },
  cancel: { from: 'started', to: 'not_started', end: 'undone' },
} as const;

interface Story {
  readonly answer: StartOutcome;
  readonly takesEffect: boolean;
}

const STORIES: Readonly<Record<string, Story>> = {
  'Adobe carries it out': { answer: { kind: 'accepted' }, takesEffect: true },
  'Adobe carries it out, but its response is lost': {
    answer: { kind: 'unclear', error: adobeError('lost') },
    takesEffect: true,
  },
  'Adobe refuses it': { answer: { kind: 'refused', error: adobeError('refused', 400) }, takesEffect: false },
  'Adobe accepts it and does nothing': { answer: { kind: 'accepted' }, takesEffect: false },
};

const STEPS_AND_STORIES = (Object.keys(STEPS) as Step[]).flatMap((step) =>
  Object.entries(STORIES)
    // Elsewhere than in CI, `crash.test.ts` covers the other responses.
    .filter(([, { answer, takesEffect }]) => IS_CI || (answer.kind === 'accepted' && takesEffect))
    .map(([name, story]) => ({ step, name, story })),
);

describe.each(STEPS_AND_STORIES)('the step $step when $name', ({ step, story }) => {
  test.each((['before', 'after'] as const).filter((when) => IS_CI || when === 'after'))(
    'the step ends in a message if the process dies %s any of its calls',
    async (when) => {
      for (let call = 1; ; call++) {
        const { crashedAt, world, process } = await live(step, story, { call, when });
        const at = `died ${crashedAt}`;
        const sent = world.adobe.started.filter((target) => target.step === step);
        expect(sent.length, at).toBeLessThanOrEqual(1);
        const { state } = (await process.stores.migrations.latestConfirmed(accountId(1))) ?? {};
        const ends = story.takesEffect ? [STEPS[step].end] : ['failed', 'needs_attention'];
        expect(sent.length === 1 ? ends : ['needs_attention'], at).toContain(state);
        expect(world.messages.ends().at(-1), at).toBe(`credential 1: ${state}`);
        expect(await process.stores.migrations.unnotified(), at).toEqual([]);
        expect(await process.stores.migrations.queue(), at).toEqual([]);
        const audited = await setup.story(process);
        for (const arrow of ['confirmed', 'submitted'])
          expect(
            audited.filter((line) => line.startsWith(arrow)),
            at,
          ).toHaveLength(1);
        if (crashedAt === null) {
          // The process has died at each of its calls.
          expect(sent).toHaveLength(1);
          expect(call).toBeGreaterThan(30);
          return;
        }
      }
    },
  );
});

async function live(step: Step, story: Story, death: CrashPoint) {
  const world = await setup.newWorld();
  world.adobe.add(1);
  world.adobe.statuses.set(consoleId(1), STEPS[step].from);
  world.adobe.onStart = async () => {
    if (story.takesEffect) world.adobe.statuses.set(consoleId(1), STEPS[step].to);
    return story.answer;
  };
  const crashing = new CrashingProcess(death);
  await run(step, setup.newProcess(world, SETTINGS, crashing.through), world).catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
  });
  const process = setup.newProcess(world, SETTINGS);
  await run(step, process, world);
  return { crashedAt: crashing.crashedAt, world, process };
}

/** One process, from its start until people were notified of an end, or until it dies. */
async function run(step: Step, process: setup.Process, world: setup.World): Promise<void> {
  for (let tick = 0; tick < MOST_TICKS; tick++) {
    if (tick % SYNC_TICKS === 0) await process.sync.run();
    await persist(step, process);
    await process.pendingRequests.expireOverdue();
    await process.runner.advance();
    // Lets the response be recorded.
    await setImmediate();
    await process.progress.report();
    world.clock.advance(TICK_SECONDS);
    const isLeft = (await process.stores.migrations.unnotified()).length > 0;
    if (world.messages.ends().length > 0 && !isLeft) return;
  }
}

/** Requests and confirms this step, unless one has been confirmed. */
async function persist(step: Step, process: setup.Process): Promise<void> {
  if ((await process.migrations.latestConfirmed(accountId(1))) !== null) return;
  const person = setup.by(setup.ASKER, process);
  if (step === 'cancel') return void (await person.undo(accountId(1)));
  const asked = await person.ask(accountId(1), setup.PLACE, step);
  if (asked.kind === 'asked') await person.confirm(asked.request.id);
}
