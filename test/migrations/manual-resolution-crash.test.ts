import { describe, expect, test } from 'vitest';
import { Crash, CrashingProcess, type CrashPoint } from '../support/crashing-process.ts';
import { IS_CI } from '../support/effort.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import * as setup from './setup.ts';

/**
 * As in `crash.test.ts`, a process dies at each of its calls: here while a person checks again, or marks as resolved.
 * Then the person presses again, in a new process. Wherever it dies, the migration ends once, its end is shown, and
 * nothing is sent.
 */

type Presses = (process: setup.Process, id: string) => Promise<void>;

interface Story {
  /** Adobe's status at the press. */
  readonly status: 'not_started' | 'completed';
  readonly presses: Presses;
  readonly end: 'migrated' | 'resolved';
  readonly shown: 'migrated' | 'eligible';
}

const check: Presses = async (process, id) => {
  await setup.by(setup.OTHER, process).checkAgain(id);
};
const resolve: Presses = async (process, id) => {
  await setup.by(setup.OTHER, process).resolve(id);
};

const STORIES: Readonly<Record<string, Story>> = {
  'checks again after Adobe has completed the migration': {
    status: 'completed',
    presses: check,
    end: 'migrated',
    shown: 'migrated',
  },
  'marks as resolved': { status: 'not_started', presses: resolve, end: 'resolved', shown: 'eligible' },
  'checks again, then marks as resolved': {
    status: 'not_started',
    presses: async (process, id) => {
      await check(process, id);
      await resolve(process, id);
    },
    end: 'resolved',
    shown: 'eligible',
  },
};

describe.each(Object.entries(STORIES))('a person %s', (_, story) => {
  test.each((['before', 'after'] as const).filter((when) => IS_CI || when === 'after'))(
    'the migration still ends once when the process crashes %s any of its calls',
    async (when) => {
      for (let call = 1; ; call++) {
        const { end, world, process, id } = await live(story, { call, when });
        const at = `died ${end}`;
        const { migrations, credentials } = process.stores;
        expect((await migrations.get(id))?.state, at).toBe(story.end);
        expect((await credentials.get(accountId(1)))?.status, at).toBe(story.shown);
        expect(await migrations.unnotified(), at).toEqual([]);
        expect(world.messages.ends().at(-1), at).toBe(`credential 1: ${story.end}`);
        const audited = await setup.story(process);
        expect(
          audited.filter((line) => /^(migrated|resolved)/.test(line)),
          at,
        ).toHaveLength(1);
        expect(world.adobe.started, at).toHaveLength(1);
        if (end === null) {
          // The process has died at each of its calls.
          expect(call).toBeGreaterThan(10);
          return;
        }
      }
    },
  );
});

async function live(story: Story, death: CrashPoint) {
  const world = await setup.newWorld();
  world.adobe.add(1);
  world.adobe.onStart = async () => ({ kind: 'unclear', error: adobeError('lost') });
  const first = setup.newProcess(world);
  await first.sync.run();
  const { id } = await setup.confirmed(first, 1);
  await tick(first, world);
  world.clock.advance(setup.TIMEOUT / 1000);
  await tick(first, world);
  expect(world.messages.ends()).toEqual(['credential 1: needs_attention']);

  world.adobe.statuses.set(consoleId(1), story.status);
  const crashing = new CrashingProcess(death);
  const mortal = setup.newProcess(world, {}, crashing.through);
  await pressed(mortal, world, story, id).catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
  });
  const process = setup.newProcess(world);
  await pressed(process, world, story, id);
  return { end: crashing.crashedAt, world, process, id };
}

/** A person presses, and everything that follows is done and shown. */
async function pressed(process: setup.Process, world: setup.World, { presses }: Story, id: string): Promise<void> {
  await presses(process, id);
  await tick(process, world);
  await tick(process, world);
}

async function tick({ runner, progress }: setup.Process, { clock }: setup.World): Promise<void> {
  await runner.advance();
  await progress.report();
  clock.advance(5);
}
