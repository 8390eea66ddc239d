import { expect, test } from 'vitest';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import * as setup from './setup.ts';
import { ASKER, by, denialOf, MEMBER, OTHER, story } from './setup.ts';

/** Credential 1, to which someone has added the OAuth credential. */
async function unfinished(settings: setup.Settings = { method: 'developer-console' }) {
  const now = await setup.startWith([1, 2], settings);
  now.adobe.statuses.set(consoleId(1), 'started');
  await now.sync.run();
  return now;
}

test('one press both requests and confirms an undo, as two audit rows of the same person', async () => {
  const now = await unfinished();
  const result = await by(ASKER, now).undo(accountId(1));
  expect(result).toMatchObject({
    kind: 'confirmed',
    migration: { state: 'confirmed', step: 'cancel', askedBy: ASKER.userId, decidedBy: ASKER.userId },
  });
  expect((await story(now)).slice(-2)).toEqual([`asked by ${ASKER.userId}`, `confirmed by ${ASKER.userId}`]);
});

test('the message about an undo names the owner in Slack, as a question does', async () => {
  const now = await setup.startWith([], { method: 'developer-console' });
  now.adobe.add(1, { owner: 'owner1@example.com' });
  now.adobe.statuses.set(consoleId(1), 'started');
  await now.sync.run();
  const owner = { kind: 'person', userId: 'U1' } as const;
  await now.stores.reminders.rememberRecipient('owner1@example.com', owner, now.clock.now());
  expect(await by(ASKER, now).undo(accountId(1))).toMatchObject({ migration: { shown: { ownerId: 'U1' } } });
});

test('an undo needs no second person, since the migration can be begun again', async () => {
  const now = await unfinished({ method: 'developer-console', requireSecondPerson: true });
  expect((await by(ASKER, now).undo(accountId(1))).kind).toBe('confirmed');
});

test('only a person who may migrate can undo', async () => {
  const now = await unfinished();
  expect(await denialOf(by(MEMBER, now).undo(accountId(1)))).toBe('not_migrator');
  expect(await now.migrations.queue()).toEqual([]);
});

test('an undo is not possible for a credential that is not Unfinished, is gone, or is not migrated by this method', async () => {
  const now = await unfinished();
  expect(await by(ASKER, now).undo(accountId(2))).toMatchObject({
    kind: 'not_possible',
    credential: { status: 'eligible' },
    active: null,
  });
  expect(await by(ASKER, now).undo(accountId(9))).toEqual({ kind: 'gone' });
  const other = await unfinished({ method: 'query-service' });
  expect(await by(ASKER, other).undo(accountId(1))).toMatchObject({ kind: 'not_possible' });
  expect(await by(ASKER, other).ask(accountId(1), setup.PLACE, 'finish')).toMatchObject({ kind: 'not_possible' });
  expect(await other.migrations.queue()).toEqual([]);
});

test('if several people on several instances press at the same moment, only one undoes', async () => {
  const now = await unfinished();
  const processes = [now, setup.newProcess(now.world, { method: 'developer-console' })];
  for (const process of processes) await process.sync.run();
  const presses = processes.flatMap((process) =>
    [ASKER, OTHER].map((person) => by(person, process).undo(accountId(1))),
  );
  const kinds = (await Promise.all(presses)).map(({ kind }) => kind).sort();
  expect(kinds).toEqual(['confirmed', 'not_possible', 'not_possible', 'not_possible']);
  expect(await now.migrations.queue()).toHaveLength(1);
  expect((await story(now)).filter((line) => line.startsWith('confirmed'))).toHaveLength(1);
});

test('an undo voids the open questions about finishing, and they can no longer be confirmed', async () => {
  const now = await unfinished();
  const asked = await by(OTHER, now).ask(accountId(1), setup.PLACE, 'finish');
  if (asked.kind !== 'asked') throw new Error(asked.kind);
  await by(ASKER, now).undo(accountId(1));
  expect(await now.migrations.get(asked.request.id)).toMatchObject({
    state: 'void',
    reason: { code: 'answered_elsewhere' },
  });
  expect((await by(OTHER, now).confirm(asked.request.id)).kind).toBe('too_late');
});

test('a question about finishing is void once its migration has been undone or finished in Adobe', async () => {
  for (const status of ['not_started', 'completed'] as const) {
    const now = await unfinished();
    const asked = await by(ASKER, now).ask(accountId(1), setup.PLACE, 'finish');
    if (asked.kind !== 'asked') throw new Error(asked.kind);
    now.adobe.statuses.set(consoleId(1), status);
    await now.sync.run();
    expect(await now.migrations.get(asked.request.id), status).toMatchObject({
      state: 'void',
      reason: { code: 'elsewhere' },
    });
  }
});

test('all steps share one queue: an undo and a start are in flight one after the other', async () => {
  const now = await unfinished();
  await by(ASKER, now).undo(accountId(1));
  // The queue has the order of the confirmations.
  now.clock.advance(1);
  await setup.confirmed(now, 2);
  now.adobe.onStart = async () => ({ kind: 'accepted' });
  await now.runner.advance();
  now.clock.advance(5);
  await now.runner.advance();
  expect(now.adobe.started.map(({ step }) => step)).toEqual(['cancel']);
  now.adobe.statuses.set(consoleId(1), 'not_started');
  for (let i = 0; i < 3; i++) {
    now.clock.advance(5);
    await now.runner.advance();
  }
  expect(now.adobe.started.map(({ technicalAccountId, step }) => [technicalAccountId, step])).toEqual([
    [accountId(1), 'cancel'],
    [accountId(2), 'start'],
  ]);
  expect(now.endings).toContain('undone');
});
