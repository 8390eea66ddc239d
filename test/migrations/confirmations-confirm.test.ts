import { describe, expect, test } from 'vitest';
import type { Migration } from '../../src/migrations/migration.ts';
import { accountId } from '../support/samples.ts';
import {
  ASKER,
  ask,
  by,
  confirmed,
  denialOf,
  MEMBER,
  newProcess,
  newWorld,
  OTHER,
  type Process,
  startWith,
  story,
} from './setup.ts';

const PRESS = { typed: null, responseUrl: 'https://slack.example/press' };

/** A press by the asker. */
function press(process: Process, { id, askedBy }: Migration, typed: string | null = null) {
  return by({ ...ASKER, userId: askedBy }, process).confirm(id, { ...PRESS, typed });
}

describe('a confirmation', () => {
  test('a confirmation is recorded with who gave it and when, and closes the question', async () => {
    const now = await startWith([1]);
    const request = await ask(now, 1);
    now.clock.advance(60);
    const answered = await press(now, request);
    const decided = { state: 'confirmed', decidedBy: ASKER.userId, decidedAt: now.clock.now() };
    const migration = { ...request, ...decided, responseUrl: PRESS.responseUrl };
    expect(answered).toEqual({ kind: 'confirmed', migration });
    expect(now.messages.closed).toEqual([{ request: migration, responseUrl: PRESS.responseUrl }]);
    expect(await now.stores.migrations.queue()).toEqual([migration]);
    expect(await story(now)).toEqual([`asked by ${ASKER.userId}`, `confirmed by ${ASKER.userId}`]);
    expect(now.endings).toEqual([]);
  });

  test('a confirmation is recorded and reported even if the other requests cannot be voided', async () => {
    const now = await startWith([1]);
    const [request, other] = [await ask(now, 1), await ask(now, 1, OTHER)];
    now.stores.migrations.pendingRequests = () => Promise.reject(new Error('the database is away'));
    expect((await press(now, request)).kind).toBe('confirmed');
    expect((await press(now, other)).kind).toBe('too_late');
  });

  test('five simultaneous presses confirm once', async () => {
    const now = await startWith([1]);
    const request = await ask(now, 1);
    const answers = await Promise.all(Array.from({ length: 5 }, () => press(now, request)));
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['confirmed', ...Array(4).fill('too_late')]);
    expect((await story(now)).filter((line) => line.startsWith('confirmed'))).toHaveLength(1);
    expect(await now.stores.migrations.queue()).toHaveLength(1);
    expect(now.messages.closed).toHaveLength(1);
  });

  test('simultaneous presses in two processes confirm once', async () => {
    const now = await startWith([1]);
    const request = await ask(now, 1);
    const other = newProcess(now.world);
    const answers = await Promise.all([press(now, request), press(other, request)]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['confirmed', 'too_late']);
  });

  test('simultaneous confirmations of both requests about a credential confirm one and void the other', async () => {
    const now = await startWith([1]);
    const confirmations = [await ask(now, 1), await ask(now, 1, OTHER)];
    const answers = await Promise.all(confirmations.map((request) => press(now, request)));
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['confirmed', 'too_late']);
    expect(answers.find(({ kind }) => kind === 'too_late')).toMatchObject({
      request: { state: 'void', reason: { code: 'answered_elsewhere' } },
    });
    expect(now.messages.closed.map(({ request }) => request.state).sort()).toEqual(['confirmed', 'void']);
    expect(now.endings).toEqual(['void']);
  });

  test('a confirmation voids the other requests about the credential, and no others', async () => {
    const now = await startWith([1, 2]);
    const [first, second, another] = [await ask(now, 1), await ask(now, 1, OTHER), await ask(now, 2)];
    await press(now, first);
    expect(await now.migrations.get(second.id)).toMatchObject({
      state: 'void',
      reason: { code: 'answered_elsewhere' },
    });
    expect(await now.migrations.get(another.id)).toMatchObject({ state: 'asked' });
    expect(now.messages.closed.at(-1)).toMatchObject({ request: { id: second.id }, responseUrl: null });
  });

  test('a request that does not exist cannot be confirmed', async () => {
    const now = await startWith([1]);
    const answered = await by(ASKER, now).confirm('made-up', PRESS);
    expect(answered).toEqual({ kind: 'no_such_request' });
    expect(await by(ASKER, now).find('made-up')).toEqual({ kind: 'no_such_request' });
    expect(await now.migrations.get('made-up')).toBeNull();
  });

  test('a second confirmation changes nothing and returns the request as it is', async () => {
    const now = await startWith([1]);
    const migration = await confirmed(now, 1);
    expect(await press(now, migration)).toEqual({ kind: 'too_late', request: migration });
  });
});

describe('a denied confirmation', () => {
  test('a confirmation by someone who was not asked is denied', async () => {
    const now = await startWith([1]);
    const { id } = await ask(now, 1);
    expect(await denialOf(by(OTHER, now).confirm(id, PRESS))).toBe('not_asked');
    expect(await denialOf(by(OTHER, now).find(id))).toBe('not_asked');
    const [, ...refusals] = await story(now);
    expect(refusals).toEqual(Array(2).fill(`refused by ${OTHER.userId} not_asked`));
    expect(await now.migrations.get(id)).toMatchObject({ state: 'asked' });
  });

  test('a confirmation by someone who may not migrate, or no longer may, is denied', async () => {
    const now = await startWith([1]);
    const { id } = await ask(now, 1);
    expect(await denialOf(by(MEMBER, now).confirm(id, PRESS))).toBe('not_migrator');
    now.people.add(ASKER.userId, { isAdmin: false });
    expect(await denialOf(by(ASKER, now).confirm(id, PRESS))).toBe('not_migrator');
    expect(await now.migrations.get(id)).toMatchObject({ state: 'asked' });
  });

  test('a denied confirmation is audited with its credential and request', async () => {
    const now = await startWith([1]);
    const { id } = await ask(now, 1);
    await denialOf(by(OTHER, now).confirm(id, PRESS));
    const { rows } = await now.stores.audit.history(accountId(1), 0, 1);
    expect(rows).toMatchObject([{ migrationId: id, detail: { wanted: 'confirm', why: 'not_asked' } }]);
  });
});

describe('confirming in production', () => {
  async function asked(name: string) {
    const world = await newWorld();
    world.adobe.add(1, { name }, ['dev', 'prod']);
    const process = newProcess(world);
    await process.sync.run();
    return { ...process, process, request: await ask(process, 1), world };
  }

  test.each([
    ['nothing typed', null],
    ['an empty text', ''],
    ['another name', 'nightly'],
    ['its name in another case', 'NIGHTLY ETL'],
  ])('a production request is not confirmed with %s, and stays pending', async (_, typed) => {
    const { process, request } = await asked('nightly etl');
    expect(await denialOf(press(process, request, typed))).toBe('name_not_typed');
    expect((await story(process)).at(-1)).toBe(`refused by ${ASKER.userId} name_not_typed`);
    expect(await process.migrations.get(request.id)).toEqual(request);
    expect(await press(process, request, 'nightly etl')).toMatchObject({ kind: 'confirmed' });
  });

  test('a production request is confirmed by its name, with or without surrounding spaces', async () => {
    const { process, request } = await asked(' nightly  etl ');
    expect(await press(process, request, 'nightly etl ')).toMatchObject({ kind: 'confirmed' });
  });

  test('a production request whose name cannot be typed is confirmed by its technical account id', async () => {
    const { process, request } = await asked('etl 🚀');
    expect(await denialOf(press(process, request, 'etl 🚀'))).toBe('name_not_typed');
    expect(await press(process, request, accountId(1))).toMatchObject({ kind: 'confirmed' });
  });

  test('a production request can be found without its name', async () => {
    const { process, request } = await asked('nightly etl');
    expect(await by(ASKER, process).find(request.id)).toEqual({ kind: 'pending', request });
  });
});
