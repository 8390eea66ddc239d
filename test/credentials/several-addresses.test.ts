import { expect, test } from 'vitest';
import type { Member } from '../../src/access/access.ts';
import { homeFor } from '../../src/actions/home.ts';
import { listReply } from '../../src/commands/list.ts';
import { denialOf, startWith } from '../migrations/setup.ts';
import { takeOver } from '../support/database.ts';
import { member } from '../support/people.ts';
import { accountId } from '../support/samples.ts';

const JO: Member = { ...member('U0JO'), email: 'jo@example.com' };
const HOLD = { reason: 'Month-end close', lastDay: '2025-05-12' };
const NONE = { rows: [], total: 0 };

/** Credential 1 belongs to Jo's address in Slack, 2 to another of hers, 3 to somebody else, and she took over 4. */
async function start() {
  const now = await startWith([]);
  const owners = ['jo@example.com', 'J.Smith@Example.com', 'al@example.com', 'gone@example.com'];
  for (const [i, owner] of owners.entries()) now.adobe.add(i + 1, { owner });
  await now.sync.run();
  const { reminders } = now.stores;
  await takeOver(now.db, accountId(4), JO.id);
  /** What a reminder round stores once Slack has said whose address it is. */
  const lookUp = async (email: string, userId: string) =>
    reminders.rememberRecipient(email, { kind: 'person', userId }, now.clock.now());
  await lookUp('al@example.com', 'U0AL');
  const shown = async (person = JO) => {
    const list = JSON.stringify(await listReply(now, person, { mine: true, offset: 0 }));
    const home = JSON.stringify((await homeFor(person, NONE, now)).blocks).split('Yours')[1] ?? '';
    const holdable = await now.holds.choicesOf(person);
    const numbers = (text: string) =>
      [...new Set(text.match(/credential \d/g))].map((name) => Number(name.slice(-1))).sort();
    return {
      list: numbers(list),
      home: numbers(home.split('header')[0] ?? ''),
      hold: holdable.map(({ technicalAccountId }) => technicalAccountId).sort(),
    };
  };
  return { ...now, lookUp, shown };
}

test('credentials assigned to any address of a person are theirs in `list mine`, Home and holds, once Slack has said whose address it is', async () => {
  const now = await start();
  expect(await now.shown()).toEqual({ list: [1, 4], home: [1, 4], hold: [1, 4].map(accountId) });
  await now.lookUp('j.smith@example.com', JO.id);
  expect(await now.shown()).toEqual({ list: [1, 2, 4], home: [1, 2, 4], hold: [1, 2, 4].map(accountId) });
  // Slack may not show the person's own address.
  const nameless = { ...JO, email: null };
  expect(await now.shown(nameless)).toEqual({ list: [2, 4], home: [2, 4], hold: [2, 4].map(accountId) });
});

test('a person may hold and request the credentials assigned to any of their addresses, and nobody else’s', async () => {
  const now = await start();
  expect(await denialOf(now.holds.set(JO, accountId(2), HOLD))).toBe('not_owner');
  expect(await denialOf(now.ownerAsks.ask(JO, accountId(2), 'please'))).toBe('not_owner');
  await now.lookUp('j.smith@example.com', JO.id);
  expect(await now.ownerAsks.ask(JO, accountId(2), 'please')).toMatchObject({ kind: 'asked' });
  expect(await now.holds.set(JO, accountId(2), HOLD)).toMatchObject({ kind: 'set' });
  expect(await denialOf(now.holds.set(JO, accountId(3), HOLD))).toBe('not_owner');
  expect(await denialOf(now.ownerAsks.ask(JO, accountId(3), 'please'))).toBe('not_owner');
});

test('an address that Slack no longer knows, or knows as another person’s, is no longer theirs', async () => {
  const now = await start();
  await now.lookUp('j.smith@example.com', JO.id);
  await now.lookUp('j.smith@example.com', 'U0AL');
  expect((await now.shown()).list).toEqual([1, 4]);
  await now.lookUp('j.smith@example.com', JO.id);
  const gone = { kind: 'unreachable', why: 'unknown' } as const;
  await now.stores.reminders.rememberRecipient('j.smith@example.com', gone, now.clock.now());
  expect((await now.shown()).list).toEqual([1, 4]);
});
