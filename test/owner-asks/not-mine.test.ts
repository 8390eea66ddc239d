import { expect, test } from 'vitest';
import { denialOf, startWith, story } from '../migrations/setup.ts';
import { takeOver } from '../support/database.ts';
import { consoleId } from '../support/fakes.ts';
import { member } from '../support/people.ts';
import { accountId } from '../support/samples.ts';

const OWNER = { ...member('U0OWNER001'), email: 'Jo@Example.com' };
const MIGRATORS = ['U0ADMIN001', 'U0ADMIN002'];
const DAY_SECONDS = 86_400;

/** Three eligible credentials of the owner, and one without an owner. */
async function start() {
  const now = await startWith([]);
  for (const number of [1, 2, 3]) now.adobe.add(number, { owner: 'jo@example.com' });
  now.adobe.add(4, { owner: null });
  await now.sync.run();
  const say = (numbers: readonly number[], note = '') => now.ownerAsks.sayNotMine(OWNER, numbers.map(accountId), note);
  const sent = async () => {
    for (let i = 0; i < 6; i++) {
      await now.notices.send();
      now.clock.advance(2);
    }
    return now.messages.notified;
  };
  return { ...now, say, sent };
}

test('the migrators are notified once a day of the credentials that an owner says are not theirs, each is recorded, and nothing changes', async () => {
  const now = await start();
  const before = await now.catalogue.toMigrate(OWNER);
  expect(await now.say([1, 2], 'I moved')).toMatchObject({ kind: 'said', channel: null, migratorCount: 2 });
  now.clock.advance(60);
  expect(await now.say([2, 1, 2], 'In March')).toMatchObject({ kind: 'said_today', credentials: { length: 2 } });
  const content = { kind: 'not_mine', saidBy: OWNER.id, note: 'I moved' };
  expect(await now.sent()).toMatchObject(MIGRATORS.map((userId) => ({ userId, content })));
  expect(now.messages.notified[0]?.content).toMatchObject({
    credentials: [{ technicalAccountId: accountId(1) }, { technicalAccountId: accountId(2) }],
  });
  expect(await story(now)).toEqual([`not_mine by ${OWNER.id}`, `not_mine by ${OWNER.id}`]);
  expect(await now.catalogue.toMigrate(OWNER)).toEqual(before);
  now.clock.advance(DAY_SECONDS);
  await now.say([1, 2]);
  expect(await now.sent()).toHaveLength(4);
});

test('only the owner at Adobe may say that a credential is not theirs: any other attempt is denied and recorded, and nobody is notified', async () => {
  const now = await start();
  expect(await denialOf(now.say([1, 4]))).toBe('not_owner');
  const other = { ...member('U0OTHER001'), email: 'other@example.com' };
  expect(await denialOf(now.ownerAsks.sayNotMine(other, [accountId(1)], ''))).toBe('not_owner');
  expect(await story(now)).toEqual([`refused by ${OWNER.id} not_owner`, 'refused by U0OTHER001 not_owner']);
  expect(await now.sent()).toEqual([]);
});

test('credentials that are assigned to somebody, migrated or gone are neither offered nor reported', async () => {
  const now = await start();
  await takeOver(now.db, accountId(2), 'U0OTHER001');
  await takeOver(now.db, accountId(4), OWNER.id);
  const offered = async () =>
    (await now.ownerAsks.notMineChoices(OWNER)).map(({ technicalAccountId }) => technicalAccountId);
  expect(await offered()).toEqual([accountId(1), accountId(3)]);
  now.adobe.statuses.set(consoleId(3), 'completed');
  await now.sync.run();
  expect(await offered()).toEqual([accountId(1)]);
  expect(await now.say([2, 3, 4, 99])).toEqual({ kind: 'none_left' });
  expect(await now.say([1, 2, 3])).toMatchObject({ credentials: [{ technicalAccountId: accountId(1) }] });
});
