import { expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import type { Migration } from '../../src/migrations/migration.ts';
import { ResponseLostError } from '../../src/migrations/ports.ts';
import type { ProgressState } from '../../src/migrations/progress-state.ts';
import { consoleId } from '../support/fakes.ts';
import { confirmed, newProcess, type Process, startWith } from './setup.ts';

/** Confirmed migrations whose first messages are posted, and what each message shows now. */
async function start(...numbers: number[]) {
  const now = await startWith(numbers);
  for (const number of numbers) {
    await confirmed(now, number);
    now.clock.advance(1);
  }
  await now.progress.report();
  const contents = () => new Map(now.messages.shown.map(({ ts, progress }) => [ts, progress.kind]));
  return { ...now, contents };
}

/** The credential is migrated at Adobe, and a process sees it. */
async function end(
  { adobe, clock }: World['world'],
  number: number,
  { runner }: Pick<Process, 'runner'>,
): Promise<void> {
  adobe.statuses.set(consoleId(number), 'completed');
  clock.advance(5);
  await runner.advance();
}

type World = Awaited<ReturnType<typeof start>>;

/** What happens while Slack carries out the next call that shows this. */
function during(
  world: World,
  kind: ProgressState['kind'],
  act: (call: () => Promise<unknown>) => Promise<unknown>,
): void {
  const { messages } = world;
  const show = messages.show.bind(messages);
  messages.show = async (migration: Migration, progress: ProgressState) => {
    if (progress.kind !== kind) return show(migration, progress);
    messages.show = show;
    const result = await act(() => show(migration, progress));
    return (result ?? migration.message) as typeof migration.message;
  };
}

test('an end that another instance showed is shown again when an older edit arrives late', async () => {
  const world = await start(1);
  const leader = newProcess(world.world);
  await world.runner.advance();
  // The suspended process's edit is on its way while the next instance shows the end.
  during(world, 'running', async (call) => {
    await end(world.world, 1, leader);
    await leader.progress.report();
    expect(world.contents().get('1.1')).toBe('ended');
    return call();
  });
  await world.progress.report();
  expect(world.messages.shown.map(({ progress }) => progress.kind)).toEqual(['confirmed', 'ended', 'running', 'ended']);
  expect(world.contents()).toEqual(new Map([['1.1', 'ended']]));
  expect(await world.stores.migrations.unnotified()).toEqual([]);
});

test('no outdated progress is shown of a migration that moved on after the queue was read', async () => {
  const world = await start(1, 2);
  // While the first one is shown, both end.
  during(world, 'starting', async (call) => {
    const result = await call();
    for (const number of [1, 2]) await end(world.world, number, world);
    world.clock.advance(5);
    await world.runner.advance();
    return result;
  });
  await world.progress.report();
  expect(world.messages.shown.slice(2).map(({ progress }) => progress.kind)).toEqual(['starting', 'ended', 'ended']);
});

test('a first message that arrives late does not change the message of the next instance', async () => {
  const world = await startWith([1]);
  const { id } = await confirmed(world, 1);
  const leader = newProcess(world.world);
  const { messages } = world;
  const show = messages.show.bind(messages);
  messages.show = async (migration, progress) => {
    messages.show = show;
    await leader.progress.report();
    return show(migration, progress);
  };
  await world.progress.report();
  expect(messages.shown.map(({ progress }) => progress.kind)).toEqual(['confirmed', 'confirmed']);
  expect((await world.stores.migrations.get(id))?.message?.ts).toBe('1.1');
});

test('the end is shown once more after an edit whose response was lost, since that edit may arrive later', async () => {
  const world = await start(1);
  await world.runner.advance();
  let late = async (): Promise<unknown> => undefined;
  during(world, 'running', async (call) => {
    late = call;
    throw new Error('the response was lost');
  });
  await world.progress.report();
  await end(world.world, 1, world);
  await world.progress.report();
  expect(world.contents().get('1.1')).toBe('ended');
  await late();
  expect(world.contents().get('1.1')).toBe('running');
  world.clock.advance(30);
  for (let i = 0; i < 3; i++) await world.progress.report();
  expect(world.messages.shown.map(({ progress }) => progress.kind)).toEqual(['confirmed', 'ended', 'running', 'ended']);
  expect(await world.stores.migrations.unnotified()).toEqual([]);
});

test('a first message whose response is lost may stay, since its content does not go out of date', async () => {
  const world = await startWith([1]);
  await confirmed(world, 1);
  const { messages } = world;
  const show = messages.show.bind(messages);
  messages.show = async (migration, progress) => {
    await show(migration, progress);
    throw new Error('the response was lost');
  };
  await world.progress.report();
  messages.show = show;
  world.adobe.statuses.set(consoleId(1), 'completed');
  for (let i = 0; i < 3; i++) {
    world.clock.advance(5);
    await world.runner.advance();
    await world.progress.report();
  }
  const shown = messages.shown.map(({ ts, progress }) => [ts, progress.kind]);
  expect(shown).toEqual([
    ['1.1', 'confirmed'],
    ['1.2', 'ended'],
  ]);
});

test('a post that may have arrived is repeated less and less often, and the end is shown at once', async () => {
  const world = await startWith([1]);
  await confirmed(world, 1);
  const posts: string[] = [];
  world.messages.show = async (_, { kind }) => {
    posts.push(kind);
    throw new ResponseLostError(new Error('socket hang up'));
  };
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 5) {
      await world.progress.report();
      world.clock.advance(5);
    }
  };
  await pass(600);
  expect(posts).toEqual(['confirmed', 'confirmed', 'confirmed']);
  await world.runner.advance();
  await end(world.world, 1, world);
  await pass(3_600);
  expect(posts.slice(3)).toEqual(['ended', 'ended', 'ended', 'ended', 'ended']);
});

test('a post that may have arrived is repeated after half a minute, however often Slack failed before', async () => {
  const world = await startWith([1]);
  await confirmed(world, 1);
  const failures = [new Error('503'), new Error('503'), new ResponseLostError(new Error('socket hang up'))];
  let posts = 0;
  world.messages.show = async () => {
    posts += 1;
    throw failures.shift() ?? new ResponseLostError(new Error('socket hang up'));
  };
  for (let second = 0; second < 45; second += 5) {
    await world.progress.report();
    world.clock.advance(5);
  }
  expect(posts).toBe(4);
});

test('during a pause that Slack asks for, only ends are tried, and they come first after it', async () => {
  const world = await start(1, 2, 3);
  await world.runner.advance();
  during(world, 'running', () => Promise.reject(new RateLimitedError(30_000)));
  await world.progress.report();
  await end(world.world, 1, world);
  await world.progress.report();
  const shown = () => world.messages.shown.slice(3).map(({ progress }) => progress.kind);
  expect(shown()).toEqual(['ended']);
  world.clock.advance(30);
  await world.progress.report();
  expect(shown()).toEqual(['ended', 'starting', 'waiting']);
});

test('an end waits only for the one progress message that is being shown when it happens', async () => {
  const world = await start(1, 2, 3);
  during(world, 'starting', async (call) => {
    const result = await call();
    await end(world.world, 1, world);
    return result;
  });
  await world.progress.report();
  expect(world.messages.shown.slice(3).map(({ progress }) => progress.kind)).toEqual([
    'starting',
    'ended',
    'waiting',
    'waiting',
  ]);
});

test('a message that Slack always rejects is retried less and less often, and its end is shown at once', async () => {
  const world = await startWith([1]);
  const { id } = await confirmed(world, 1);
  world.messages.refused.add(id);
  let calls = 0;
  const show = world.messages.show.bind(world.messages);
  world.messages.show = (migration, progress) => {
    calls += 1;
    return show(migration, progress);
  };
  for (let seconds = 0; seconds < 600; seconds++) {
    await world.progress.report();
    world.clock.advance(1);
  }
  expect(calls).toBe(9);
  await world.runner.advance();
  world.messages.refused.clear();
  await end(world.world, 1, world);
  await world.progress.report();
  expect(world.messages.ends()).toEqual(['credential 1: migrated']);
});

test('if another instance has meanwhile recorded a message of its own, that message shows the end as well', async () => {
  const now = await startWith([1]);
  const { id } = await confirmed(now, 1);
  now.adobe.statuses.set(consoleId(1), 'completed');
  now.clock.advance(5);
  await now.runner.advance();
  const world = { ...now, contents: () => new Map<string, ProgressState['kind']>() };
  const theirs = { channel: 'C1', ts: '9.9' };
  during(world, 'ended', async (call) => {
    const mine = await call();
    await now.stores.migrations.setMessage(id, theirs, null);
    return mine;
  });
  await now.progress.report();
  expect(await now.stores.migrations.unnotified()).toHaveLength(1);
  await now.progress.report();
  expect(now.messages.shown.at(-1)).toMatchObject({ ts: theirs.ts, progress: { kind: 'ended' } });
  expect(await now.stores.migrations.unnotified()).toEqual([]);
});
