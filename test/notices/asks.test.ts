import { expect, test } from 'vitest';
import type { Migration } from '../../src/migrations/migration.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import type { AnsweredNotice } from '../../src/notices/notice.ts';
import { SqlNoticeStore } from '../../src/notices/store.ts';
import { recording } from '../lib/recording.ts';
import { newInstance, newWorld, of, put } from '../reminders/setup.ts';
import { confirmed, ORDINARY } from '../slack/samples.ts';
import { accountId } from '../support/samples.ts';

const CHANNEL = 'C0ASKS';

/** Owners' requests in a channel, whose credentials have since been migrated. */
async function start(...numbers: readonly number[]) {
  const { logger, lines } = recording([], 'info');
  const world = await newWorld();
  await put(world, ...numbers.map((number) => of('jo@example.com', number)));
  const latest = new Map<string, Migration>();
  const migrations = new SqlMigrationStore(world.db, 'org');
  migrations.latestConfirmed = async (id) => latest.get(id) ?? null;
  const { notices } = newInstance(world, { ports: { logger, migrations } });
  const store = new SqlNoticeStore(world.db);
  for (const number of numbers) {
    const technicalAccountId = accountId(number);
    const notice = { kind: 'owner_ask', technicalAccountId, name: `${number}`, askedBy: 'U1', note: '' } as const;
    const ask = { subject: `ask/${number}`, address: CHANNEL, notice };
    const entry = { actor: 'U1', action: 'owner_asked', technicalAccountId, migrationId: null, detail: null } as const;
    const at = world.clock.now();
    await store.add([ask], [{ ...entry, at }], at);
    await store.close(ask, world.clock.now(), CHANNEL, { channel: CHANNEL, ts: `1.${number}` });
  }
  await put(world, ...numbers.map((number) => of('jo@example.com', number, { adobeStatus: 'completed' })));
  let calls = 0;
  const failWith = (message: string | null) => {
    if (message === null) return void delete (world.messages as { closeAsk?: unknown }).closeAsk;
    world.messages.closeAsk = async () => {
      calls++;
      throw new Error(message);
    };
  };
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds / 5; i++) {
      world.clock.advance(5);
      await notices.closeAsks();
    }
  };
  const told = async () => {
    for (let i = 0; i < 4; i++) {
      world.clock.advance(2);
      await notices.send();
    }
    return world.messages.notified.map(({ userId, content }) => [userId, content as AnsweredNotice] as const);
  };
  const open = () => store.answeredAsks(100);
  const logged = () => lines.map((line): string => JSON.parse(line).msg);
  return { ...world, store, latest, failWith, pass, told, open, logged, calls: () => calls };
}

test('the edit of an owner’s request is retried at growing intervals, and logged once for each cause', async () => {
  const { failWith, pass, open, logged, messages, calls } = await start(1, 2);
  failWith('ECONNREFUSED');
  await pass(1_800);
  // At first six attempts at most, then after 20 s, 40 s …, and finally every ten minutes.
  expect(calls()).toBeLessThan(2 * 12);
  failWith('invalid_auth');
  await pass(1_800);
  expect(logged()).toEqual([
    'an ask could not be edited; it will be retried',
    'an ask could not be edited; it will be retried',
  ]);
  failWith(null);
  await pass(600);
  expect(messages.closedAsks).toHaveLength(2);
  expect(await open()).toEqual([]);
  expect(logged().slice(2)).toEqual(['asks are edited again after failures']);
});

test('an owner’s request whose message could not be edited within a day keeps its button, and makes room for others', async () => {
  const { failWith, pass, open, logged, clock } = await start(1);
  failWith('invalid_auth');
  await pass(60);
  clock.advance(24 * 3_600);
  await pass(600);
  expect(await open()).toEqual([]);
  expect(logged()).toEqual([
    'an ask could not be edited; it will be retried',
    'an ask could not be edited within a day; it keeps its button',
  ]);
});

test('the person who asked is notified once of a migration outside qs-creds, however many requests there are for it', async () => {
  const { store, clock, pass, told, open } = await start(1);
  const [first] = await open();
  if (first === undefined) throw new Error('nothing is open');
  const again = { ...first, subject: 'ask/later' };
  await store.add([again], [], clock.now());
  await store.close(again, clock.now(), CHANNEL, { channel: CHANNEL, ts: '1.9' });
  await pass(10);
  expect(await open()).toEqual([]);
  expect(await told()).toMatchObject([['U1', { kind: 'ask_answered', name: '1', answer: 'migrated' }]]);
});

test('the person who asked is not notified again of a migration from here that has notified them since, or will', async () => {
  const { latest, clock, pass, told, open } = await start(1, 2, 3, 4);
  const ended = (changes: Partial<Migration>) => confirmed(ORDINARY, { endedAt: clock.now(), ...changes });
  latest.set(accountId(1), ended({ state: 'migrated', reason: { code: 'elsewhere' } }));
  latest.set(accountId(2), ended({ state: 'needs_attention' }));
  latest.set(accountId(3), ended({ state: 'failed' }));
  latest.set(accountId(4), ended({ state: 'migrated', endedAt: new Date(0) }));
  await pass(60);
  expect(await open()).toEqual([]);
  expect((await told()).map(([, { name }]) => name)).toEqual(['3', '4']);
});
