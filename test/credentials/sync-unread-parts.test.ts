import { expect, onTestFinished, test, vi } from 'vitest';
import { readinessChecks } from '../../src/checks.ts';
import { listReply } from '../../src/commands/list.ts';
import type { UnreadItem } from '../../src/credentials/adobe-reader.ts';
import { startWith } from '../migrations/setup.ts';
import { consoleId } from '../support/fakes.ts';
import { member } from '../support/people.ts';
import { accountId, minute } from '../support/samples.ts';

const KNOWN = { name: 'etl', description: 'nightly', owner: 'jo@example.com', changedAt: minute(-60) };

function part(what: 'date' | 'name' | 'description' | 'owner', field: keyof typeof KNOWN, number = 1): UnreadItem {
  const of = { account: accountId(number), field } as NonNullable<UnreadItem['of']>;
  const problem = { kind: 'bad_answer', operation: 'a test call', detail: `${field}: expected a date` } as const;
  return { what, name: `etl: ${field}`, of, problem };
}

/** Credentials 1, with all its fields, and 2 have been synced; `giveInstead` changes how Adobe shows 1. */
async function start() {
  const now = await startWith([2]);
  now.adobe.add(1, KNOWN);
  await now.sync.run();
  const get = async (number: number) => now.stores.credentials.get(accountId(number));
  const giveInstead = (changes: object, sandbox = 'dev') =>
    now.adobe.accounts.set(
      sandbox,
      (now.adobe.accounts.get(sandbox) ?? []).map((each) =>
        each.technicalAccountId === accountId(1) ? { ...each, ...changes } : each,
      ),
    );
  return { ...now, get, giveInstead };
}

test('unreadable parts of an account are named and keep their known values, while the rest is up to date', async () => {
  const now = await start();
  now.giveInstead({ name: accountId(1), description: '', owner: null, changedAt: null });
  const unread = [
    part('date', 'changedAt'),
    part('name', 'name'),
    part('description', 'description'),
    part('owner', 'owner'),
  ];
  now.adobe.unreadAccounts.set('dev', unread);
  const at = now.clock.now();
  expect(await now.sync.run()).toMatchObject({
    ...{ succeededAt: at, problem: null },
    unread: unread.map(({ what, name, problem }) => ({ what, count: 1, names: [name], problem })),
  });
  expect(await now.get(1)).toMatchObject({ ...KNOWN, sandboxes: ['dev'], status: 'eligible' });
  now.giveInstead({ description: 'weekly' });
  now.adobe.unreadAccounts.set('dev', [part('date', 'changedAt')]);
  await now.sync.run();
  expect(await now.get(1)).toMatchObject({ description: 'weekly', owner: null, changedAt: KNOWN.changedAt });
});

test('the readable parts of a new account are stored, and other accounts keep no earlier values', async () => {
  const now = await start();
  now.adobe.add(3, { changedAt: minute(-5) });
  now.giveInstead({ changedAt: null });
  now.adobe.unreadAccounts.set('dev', [part('date', 'changedAt', 3)]);
  await now.sync.run();
  expect(await now.get(3)).toMatchObject({ changedAt: minute(-5) });
  expect(await now.get(1)).toMatchObject({ changedAt: null });
});

test('a part that is unreadable in one sandbox and readable in another is taken from the other', async () => {
  const now = await start();
  now.adobe.add(1, { ...KNOWN, changedAt: minute(-5) }, ['prod']);
  now.giveInstead({ changedAt: null });
  now.adobe.unreadAccounts.set('dev', [part('date', 'changedAt')]);
  await now.sync.run();
  expect(await now.get(1)).toMatchObject({ changedAt: minute(-5), sandboxes: ['dev', 'prod'] });
});

test('an unreadable date does not keep an account that is gone', async () => {
  const now = await start();
  now.adobe.accounts.set('dev', []);
  now.adobe.add(2);
  now.adobe.unreadAccounts.set('dev', [part('date', 'changedAt', 2), part('name', 'name', 2)]);
  await now.sync.run();
  expect(await now.get(1)).toBeNull();
});

test('an unreadable date is in the list, in /readyz and, once, in the log', async () => {
  const now = await start();
  now.adobe.unreadAccounts.set('dev', [part('date', 'changedAt')]);
  const warn = vi.spyOn(now.stores.logger, 'warn');
  onTestFinished(() => warn.mockRestore());
  for (let i = 0; i < 2; i++) await now.sync.run();
  expect((await listReply(now, member('U1'), { offset: 0 })).text).toContain(
    '1 date could not be read: `etl: changedAt` (`changedAt: expected a date`). What was known of them stays; the rest is up to date.',
  );
  const parts = { ...now, ...now.stores } as unknown as Parameters<typeof readinessChecks>[0];
  expect(await readinessChecks(parts)['sync']?.()).toEqual({
    ok: true,
    detail: 'could not be read: 1 date; see the log',
  });
  expect(warn.mock.calls.filter(([details]) => 'unread' in details)).toHaveLength(1);
});

test('an unreadable certificate date is named with its credential, requested again, and keeps its known value', async () => {
  const now = await start();
  const until = new Date('2027-05-12T10:00:00Z');
  now.adobe.certificates.set(consoleId(1), until);
  await now.db.updateTable('integrations').set({ certificate_read_at: null }).execute();
  await now.sync.run();
  now.clock.advance((until.getTime() - now.clock.now().getTime()) / 1000 + 1);
  now.adobe.calls.length = 0;
  now.adobe.unreadCertificates.set(consoleId(1), '[0].notAfter: expected a date');
  for (let i = 0; i < 2; i++)
    expect(await now.sync.run()).toMatchObject({
      problem: null,
      unread: [{ what: 'date', count: 1, names: ['etl: notAfter'], problem: { kind: 'bad_answer' } }],
    });
  expect(await now.get(1)).toMatchObject({ certificateUntil: until });
  expect(now.adobe.called('certificate')).toHaveLength(2);
  now.adobe.unreadCertificates.clear();
  const renewed = new Date('2028-05-12T10:00:00Z');
  now.adobe.certificates.set(consoleId(1), renewed);
  expect(await now.sync.run()).toMatchObject({ unread: [] });
  expect(await now.get(1)).toMatchObject({ certificateUntil: renewed });
});

test('if many certificates cannot be read, only some are requested again', async () => {
  const now = await startWith([]);
  for (let number = 1; number <= 60; number++) {
    now.adobe.add(number);
    now.adobe.unreadCertificates.set(consoleId(number), '[0].notAfter: expected a date');
  }
  await now.sync.run();
  now.adobe.calls.length = 0;
  expect(await now.sync.run()).toMatchObject({ unread: [{ what: 'date', count: 20 }] });
  expect(now.adobe.called('certificate')).toHaveLength(20);
});

test.each([
  ['with spaces around it', ' etl ', 'etl'],
  ['that is too long to be shown', 'x'.repeat(600), `${'x'.repeat(499)}…`],
])(
  'an account without a readable id is recognised by a name %s, and others that are gone are dropped',
  async (_, name, shown) => {
    const now = await startWith([2]);
    now.adobe.add(4, { name });
    await now.sync.run();
    now.adobe.accounts.set('dev', []);
    now.adobe.add(5);
    const problem = { kind: 'bad_answer', operation: 'a test call' } as const;
    now.adobe.unreadAccounts.set('dev', [{ what: 'account', name: shown, problem }]);
    await now.sync.run();
    expect(await now.stores.credentials.get(accountId(4))).toMatchObject({ sandboxes: ['dev'] });
    expect(await now.stores.credentials.get(accountId(2))).toBeNull();
  },
);
