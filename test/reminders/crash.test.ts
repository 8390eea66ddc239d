import { describe, expect, test } from 'vitest';
import { Crash, CrashingProcess, type CrashPoint } from '../support/crashing-process.ts';
import { IS_CI } from '../support/effort.ts';
import { ADMIN, migrator } from '../support/people.ts';
import { migrate, newInstance, newWorld, of, put, run, type World } from './setup.ts';

/**
 * A process dies at each of its calls to the database, Slack or Adobe: before the call takes effect, and right after;
 * another one starts a second later. Wherever it dies, each message is sent once. The one exception is
 * documented: a process that dies after Slack accepted a message and before this is recorded sends it twice.
 */

/** Slack has accepted a message that is not recorded yet. In between, the error of the channel is cleared. */
const TAKEN =
  /^(after FakeSlack\.(remindOwner|postDigest|postAllDone)|(before|after) SqlReminderStore\.setChannelError|before SqlReminderStore\.close)$/;

interface Story {
  readonly begin: (world: World) => Promise<void>;
  readonly expected: readonly string[];
}

const ELIGIBLE = [
  of('a@example.com', 1),
  of('a@example.com', 2),
  of('b@example.com', 3),
  of('unknown@example.com', 4),
  of('refusing@example.com', 5),
  of(null, 6),
];

const ALL = ['digest to C0REMINDER', 'owner to UA', 'owner to UB', 'refused UREFUSING'];

const STORIES: Readonly<Record<string, Story>> = {
  'the round of a window': { begin: async (world) => put(world, ...ELIGIBLE), expected: ALL },
  'the closing message': {
    begin: async (world) => {
      await put(world, ...ELIGIBLE);
      await run(newInstance(world), world);
      await migrate(world, 1, 2, 3, 4, 5, 6);
      world.slack.forget();
    },
    expected: ['all done to C0REMINDER'],
  },
  'a manual round during a pause': {
    begin: async (world) => {
      await put(world, ...ELIGIBLE);
      const { reminders } = newInstance(world);
      await reminders.pause(migrator(ADMIN), null);
      await reminders.startManualRound(migrator(ADMIN), 'round');
    },
    expected: ALL,
  },
};

describe.each(Object.entries(STORIES))('%s', (_, { begin, expected }) => {
  const crashes = [
    ['before', 1],
    ['after', 1],
    ['before', 2],
    ['after', 2],
  ] as const;
  test.each(crashes.filter(([when, times]) => IS_CI || (when === 'after' && times === 1)))(
    'is sent once if a process dies %s any of its calls (deaths in a row: %i)',
    async (when, deaths) => {
      let doubled = 0;
      for (let call = 1; ; call++) {
        const { ends, sent, unfinished } = await live(begin, deaths, { call, when });
        const at = `died ${ends.join(', then ')}`;
        expect([...new Set(sent)].sort(), at).toEqual(expected);
        expect(sent.length - expected.length, at).toBe(ends.filter((end) => TAKEN.test(end)).length);
        expect(unfinished, at).toEqual([]);
        doubled += sent.length - expected.length;
        if (ends.length > 0) continue;
        // The processes have died at each of their calls.
        expect(call).toBeGreaterThan(15);
        expect(doubled).toBeGreaterThan(0);
        return;
      }
    },
  );
});

async function live(begin: Story['begin'], deaths: number, death: CrashPoint) {
  const world = await newWorld();
  world.slack.unreachable.set('unknown@example.com', 'unknown');
  world.slack.refusing.set('UREFUSING', 'user_disabled');
  for (const id of ['UA', 'UB', 'UREFUSING']) world.people.add(id);
  await begin(world);
  const ends: string[] = [];
  for (let i = 0; i < deaths; i++) {
    const crashing = new CrashingProcess(death);
    const { through } = crashing;
    await run(newInstance(world, { through }), world, 3).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
    });
    if (crashing.crashedAt !== null) ends.push(crashing.crashedAt);
    world.clock.advanceMs(1_000);
  }
  const survivor = newInstance(world);
  await run(survivor, world, 4 * (deaths + 1));
  return {
    ends,
    sent: [
      ...world.slack.sent.map(({ kind, to }) => `${kind} to ${to}`),
      ...world.slack.refused.map((to) => `refused ${to}`),
    ],
    unfinished: await survivor.store.unfinishedRounds(),
  };
}
