import { webApi } from '@slack/bolt';
import { expect, test } from 'vitest';
import { HomeViewers } from '../../src/actions/home-viewers.ts';
import { newWatch } from '../../src/watch/watch.ts';
import { startWith } from '../migrations/setup.ts';
import { TEAM } from '../support/fake-messages.ts';
import { minute, request } from '../support/samples.ts';

/** Between two ticks of the loop. */
const TICK_S = 5;
const HOUR_S = 3_600;

/** The viewers of one instance; `published` lists whose Home was published; `problem` is an error of Slack. */
async function start() {
  const process = await startWith([]);
  const { access, audit, clock, people } = process;
  const published: string[] = [];
  const slack: { problem: ((userId: string) => unknown) | null; taken: Promise<void> } = {
    problem: null,
    taken: Promise.resolve(),
  };
  const viewers = new HomeViewers({
    ...process,
    async publish({ id }) {
      const problem = slack.problem?.(id) ?? null;
      if (problem !== null) throw problem;
      await slack.taken;
      published.push(id);
    },
  });
  return {
    ...process,
    viewers,
    slack,
    published,
    async open(userId: string) {
      people.add(userId);
      const caller = { userId, teamId: TEAM };
      await viewers.show(caller, await access.admitReader(caller, { action: 'home' }));
      published.length = 0;
    },
    change: () =>
      audit.record({
        ...{ at: clock.now(), actor: 'U1', action: 'snoozed' },
        ...{ technicalAccountId: null, migrationId: null, detail: null },
      }),
    /** Whose Home is published again after this many seconds. */
    async after(seconds: number): Promise<string[]> {
      clock.advance(seconds);
      await viewers.redraw();
      return published.splice(0);
    },
    async denials() {
      const { rows } = await audit.history(null, 0, 100);
      return rows.filter(({ action }) => action === 'refused').map(({ actor, detail }) => [actor, detail]);
    },
  };
}

test('an open Home is redrawn once something has changed, at most every 15 seconds, and shows the last change', async () => {
  const { open, change, after } = await start();
  await open('U1');
  expect(await after(60)).toEqual([]);
  await change();
  expect(await after(0)).toEqual(['U1']);
  await change();
  expect(await after(14)).toEqual([]);
  await change();
  expect(await after(1)).toEqual(['U1']);
  expect(await after(60)).toEqual([]);
});

test('a change while a Home is being built is shown at the next redraw', async () => {
  const { open, change, after, slack } = await start();
  await open('U1');
  await change();
  const built: Promise<void>[] = [];
  slack.problem = () => {
    built.push(change());
    return null;
  };
  expect(await after(15)).toEqual(['U1']);
  await Promise.all(built);
  slack.problem = null;
  expect(await after(15)).toEqual(['U1']);
  expect(await after(15)).toEqual([]);
});

test('a failure that a watch finds redraws an open Home', async () => {
  const { open, after, migrations, watches } = await start();
  await migrations.ask(request('m1'));
  await migrations.confirm('m1', 'U1', minute(1));
  await migrations.move(
    'm1',
    'confirmed',
    'migrated',
    { endedAt: minute(2) },
    { at: minute(2), actor: 'U1', detail: null },
  );
  await watches.begin(minute(0), 60_000);
  await open('U1');
  const failure = { id: 's', name: 'S', since: minute(3), error: null, failedBefore: false };
  const watch = { ...newWatch('m1', minute(2), 60_000), failures: [failure] };
  await watches.save(watch, { at: minute(3), notices: [], hasNewFailure: true });
  expect(await after(15)).toEqual(['U1']);
  expect(await after(15)).toEqual([]);
});

test('a Home counts as open for an hour, and only for the 50 people who opened theirs last', async () => {
  const { open, change, after } = await start();
  for (let i = 0; i < 51; i += 1) await open(`U${i}`);
  await open('U1');
  await open('U51');
  await change();
  const redrawn = new Set<string>();
  for (let i = 0; i < 20; i += 1) for (const userId of await after(TICK_S)) redrawn.add(userId);
  expect(redrawn.size).toBe(50);
  expect([redrawn.has('U0'), redrawn.has('U1'), redrawn.has('U2')]).toEqual([false, true, false]);
  await after(HOUR_S / 2);
  await open('U1');
  await change();
  expect(await after(HOUR_S / 2)).toEqual(['U1']);
});

test('fifty Homes are redrawn a few at a time, the longest wait first, within the rate limit of Slack', async () => {
  const { open, change, after } = await start();
  for (let i = 0; i < 50; i += 1) await open(`U${i}`);
  await after(15);
  let inAMinute = 0;
  const redrawn: string[] = [];
  for (let tick = 0; tick < 26; tick += 1) {
    await change();
    const now = await after(TICK_S);
    redrawn.push(...now);
    if (tick < 12) inAMinute += now.length;
  }
  expect(inAMinute).toBe(48);
  const everyone = Array.from({ length: 50 }, (_, i) => `U${i}`);
  expect(redrawn.slice(0, 50)).toEqual(everyone);
  expect(everyone.filter((userId) => redrawn.filter((each) => each === userId).length < 2)).toEqual([]);
});

test('a person who may no longer see an open Home is denied once, and forgotten', async () => {
  const { open, change, after, people, denials } = await start();
  await open('U1');
  await open('U2');
  people.add('U1', { isGuest: true });
  await change();
  expect(await after(15)).toEqual(['U2']);
  people.add('U1');
  await change();
  expect(await after(15)).toEqual(['U2']);
  expect(await denials()).toEqual([['U1', { wanted: 'redraw home', why: 'guest' }]]);
});

test('while Slack cannot say who people are, one of them is denied per minute, not all at once', async () => {
  const { open, change, after, people, denials, viewers } = await start();
  for (const userId of ['U1', 'U2', 'U3']) await open(userId);
  const person = people.person.bind(people);
  people.person = async () => Promise.reject(new Error('no response'));
  await change();
  expect(await after(15)).toEqual([]);
  expect(await after(59)).toEqual([]);
  expect(await denials()).toEqual([['U1', { wanted: 'redraw home', why: 'unverified' }]]);
  people.person = person;
  expect(await after(1)).toEqual(['U2', 'U3']);
  viewers.stop();
  await change();
  expect(await after(15)).toEqual([]);
});

test('a rate limit pauses all redraws for as long as Slack asks', async () => {
  const { open, change, after, slack } = await start();
  await open('U1');
  await open('U2');
  await change();
  let asked = 0;
  slack.problem = () => {
    asked += 1;
    return new webApi.WebAPIRateLimitedError(30);
  };
  expect(await after(15)).toEqual([]);
  expect(await after(29)).toEqual([]);
  expect(asked).toBe(1);
  slack.problem = null;
  expect((await after(1)).sort()).toEqual(['U1', 'U2']);
});

test('a Home that cannot be published holds up no other; it is tried again, unless Slack rejects it', async () => {
  const { open, change, after, clock, slack, viewers } = await start();
  const rejection = new webApi.WebAPIPlatformError({ ok: false, error: 'not_enabled' });
  for (const userId of ['broken', 'rejected', 'well']) await open(userId);
  slack.problem = (userId) =>
    ({ broken: new Error('socket hang up'), rejected: rejection })[userId as 'broken' | 'rejected'] ?? null;
  await change();
  clock.advance(15);
  await expect(viewers.redraw()).rejects.toThrow('socket hang up');
  slack.problem = null;
  expect(await after(15)).toEqual(['well', 'broken']);
  expect(await after(15)).toEqual([]);
});

test('a person who is denied is forgotten once a redraw in progress has ended, so the denial stays in the Home', async () => {
  const { open, change, after, slack, viewers } = await start();
  await open('U1');
  await change();
  const begun = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  slack.problem = () => {
    begun.resolve();
    return null;
  };
  slack.taken = taken.promise;
  const redrawn = after(15);
  await begun.promise;
  let isForgotten = false;
  const forgotten = Promise.resolve(viewers.forget('U1')).then(() => {
    isForgotten = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isForgotten).toBe(false);
  taken.resolve();
  await forgotten;
  expect(await redrawn).toEqual(['U1']);
  await change();
  expect(await after(15)).toEqual([]);
});

test('everyone in a crowd that opens the Home at the same moment sees it, however few Homes are kept up to date', async () => {
  const { access, people, viewers, published } = await start();
  const crowd = Array.from({ length: 60 }, (_, i) => `U${i}`);
  for (const userId of crowd) people.add(userId);
  await Promise.all(
    crowd.map(async (userId) => {
      const caller = { userId, teamId: TEAM };
      await viewers.show(caller, await access.admitReader(caller, { action: 'home' }));
    }),
  );
  expect(published.sort()).toEqual(crowd.sort());
});
