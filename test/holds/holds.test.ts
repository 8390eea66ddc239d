import { expect, test } from 'vitest';
import { ASKER, ask, by, confirmed, denialOf, startWith, story } from '../migrations/setup.ts';
import { member, migrator } from '../support/people.ts';
import { accountId } from '../support/samples.ts';

const ID = accountId(1);
/** Every test starts on 5 May 2025. */
const HOLD = { reason: ' Month-end close ', lastDay: '2025-05-12' };
const OWNER = { ...member('U0OWNER001'), email: 'Jo@Example.com' };
const MIGRATOR = migrator(ASKER.userId);
const DAY_SECONDS = 86_400;

/** One eligible credential of the owner. */
async function start() {
  const now = await startWith([]);
  now.adobe.add(1, { owner: 'jo@example.com' });
  await now.sync.run();
  const credential = () => now.catalogue.get(ID);
  return { ...now, credential };
}

test('a hold of the owner prevents every question until its last day has passed, and everybody sees who set it, why and until when', async () => {
  const now = await start();
  expect(await now.holds.set(OWNER, ID, HOLD)).toMatchObject({ kind: 'set', isMigrationStopped: false });
  const hold = { by: OWNER.id, at: now.clock.now(), reason: 'Month-end close', lastDay: '2025-05-12' };
  expect(await by(ASKER, now).ask(ID)).toMatchObject({ kind: 'held', hold });
  expect((await now.credential())?.hold).toEqual(hold);
  expect(await now.catalogue.nextEligible()).toBeNull();

  now.clock.advance(7 * DAY_SECONDS);
  await now.holds.expire();
  expect(await by(ASKER, now).ask(ID)).toMatchObject({ kind: 'held' });
  now.clock.advance(DAY_SECONDS);
  await now.holds.expire();
  await now.holds.expire();
  expect(await by(ASKER, now).ask(ID)).toMatchObject({ kind: 'asked' });
  await now.notices.send();
  expect(now.messages.notified).toMatchObject([{ userId: OWNER.id, content: { kind: 'hold_over', endedBy: null } }]);
  expect(await story(now)).toEqual([`held by ${OWNER.id}`, 'hold_expired by qs-creds', `asked by ${ASKER.userId}`]);
});

test('only the owner, the person who took the credential over and migrators may set a hold, and another person’s attempt is audited', async () => {
  const now = await start();
  const other = { ...member('U0OTHER001'), email: 'other@example.com' };
  expect(await denialOf(now.holds.set(other, ID, HOLD))).toBe('not_owner');
  expect((await story(now)).at(-1)).toBe('refused by U0OTHER001 not_owner');
  expect(await now.holds.set(MIGRATOR, ID, HOLD)).toMatchObject({ kind: 'set' });
  expect(await now.holds.set(OWNER, ID, HOLD)).toMatchObject({ kind: 'held' });
  // A person may change a hold of their own.
  expect(await now.holds.set(MIGRATOR, ID, { ...HOLD, lastDay: '2025-05-06' })).toMatchObject({ kind: 'set' });
  expect(await now.holds.end(OWNER, ID, null)).toMatchObject({ kind: 'ended' });
});

test('a hold ends with the deadline, and after 90 days at the latest', async () => {
  const now = await start();
  for (const lastDay of ['2025-05-04', '2025-07-01', ''])
    expect(await now.holds.set(OWNER, ID, { ...HOLD, lastDay }), lastDay).toEqual({ kind: 'bad_day' });
  expect(await now.holds.set(OWNER, ID, { ...HOLD, lastDay: '2025-06-30' })).toMatchObject({ kind: 'set' });
});

test('a migrator must give a reason to end somebody else’s hold, and its holder is notified once', async () => {
  const now = await start();
  await now.holds.set(OWNER, ID, HOLD);
  expect(await now.holds.end(MIGRATOR, ID, ' ')).toMatchObject({ kind: 'no_reason' });
  expect(await now.holds.end(MIGRATOR, ID, 'The deadline is tomorrow')).toMatchObject({ kind: 'ended' });
  expect(await now.holds.end(MIGRATOR, ID, 'Again')).toMatchObject({ kind: 'not_held' });
  await now.notices.send();
  now.clock.advance(60);
  await now.notices.send();
  const endedBy = { userId: MIGRATOR.id, why: 'The deadline is tomorrow' };
  expect(now.messages.notified).toMatchObject([{ userId: OWNER.id, content: { kind: 'hold_over', endedBy } }]);
  expect((await story(now)).at(-1)).toBe(`hold_overridden by ${MIGRATOR.id}`);
});

test('a holder who ends their own hold is not notified', async () => {
  const now = await start();
  await now.holds.set(OWNER, ID, HOLD);
  expect(await now.holds.end(OWNER, ID, null)).toMatchObject({ kind: 'ended' });
  await now.notices.send();
  expect(now.messages.notified).toEqual([]);
});

test('a hold closes the open questions, and a press on one of them finds it void', async () => {
  const now = await start();
  const { id } = await ask(now, 1);
  await now.holds.set(OWNER, ID, HOLD);
  const reason = { code: 'held', by: OWNER.id, lastDay: HOLD.lastDay, words: 'Month-end close' };
  expect(await by(ASKER, now).confirm(id)).toMatchObject({ kind: 'too_late', request: { state: 'void', reason } });
  expect(now.messages.closed).toMatchObject([{ request: { id, state: 'void', reason } }]);
});

test('a hold after the confirmation ends the migration before its start, and nothing is sent to Adobe', async () => {
  const now = await start();
  const { id } = await confirmed(now, 1);
  expect(await now.holds.set(OWNER, ID, HOLD)).toMatchObject({ kind: 'set', isMigrationStopped: true });
  await now.runner.advance();
  await now.progress.report();
  expect(now.adobe.started).toEqual([]);
  expect(await now.migrations.get(id)).toMatchObject({ state: 'failed', reason: { code: 'held', by: OWNER.id } });
  expect(now.messages.ends()).toEqual(['credential 1: failed']);
});

test('a hold whose process died before ending the migration still prevents its start', async () => {
  const now = await start();
  const { id } = await confirmed(now, 1);
  const hold = { by: OWNER.id, at: now.clock.now(), reason: 'Month-end close', lastDay: HOLD.lastDay };
  await now.stores.holds.set(ID, hold);
  // The move itself also checks for a hold, which may be set after the runner has checked.
  const note = { at: now.clock.now(), actor: 'qs-creds', detail: null };
  expect(await now.migrations.move(id, 'confirmed', 'submitted', {}, note)).toBeNull();
  await now.runner.advance();
  expect(now.adobe.started).toEqual([]);
  expect(await now.migrations.get(id)).toMatchObject({ state: 'failed', reason: { code: 'held' } });
});

test('a hold is too late for a migration that may have been sent', async () => {
  const now = await start();
  await confirmed(now, 1);
  await now.runner.advance();
  expect(now.adobe.started).toHaveLength(1);
  expect(await now.holds.set(OWNER, ID, HOLD)).toMatchObject({ kind: 'in_flight' });
  expect((await now.credential())?.hold).toBeNull();
  expect(await story(now)).not.toContain(`held by ${OWNER.id}`);
});

test('an owner may ask the migrators once a day, and nobody else may ask', async () => {
  const now = await start();
  expect(await denialOf(now.ownerAsks.ask({ ...member('U0OTHER001') }, ID, 'Please'))).toBe('not_owner');
  expect(await now.ownerAsks.ask(OWNER, ID, 'Please')).toMatchObject({ kind: 'asked', migratorCount: 2 });
  expect(await now.ownerAsks.ask(OWNER, ID, 'Today, please')).toMatchObject({ kind: 'asked_today' });
  expect((await story(now)).filter((row) => row.startsWith('owner_asked'))).toHaveLength(1);
  for (let i = 0; i < 4; i++) {
    await now.notices.send();
    now.clock.advance(2);
  }
  const content = {
    kind: 'owner_ask',
    technicalAccountId: ID,
    askedBy: OWNER.id,
    note: 'Please',
    credential: { sandboxes: ['dev'] },
  };
  expect(now.messages.notified).toMatchObject(['U0ADMIN001', 'U0ADMIN002'].map((userId) => ({ userId, content })));
});
