import { expect, test } from 'vitest';
import type { UnreadItem } from '../../src/credentials/adobe-reader.ts';
import { needsPhrase } from '../../src/migrations/confirmation-phrase.ts';
import { unreadProduction } from '../../src/migrations/unread-production.ts';
import { problem } from '../support/fakes.ts';
import { ask, startWith } from './setup.ts';

/** A question about credential 1 in dev, asked while these accounts of `sandbox` cannot be read. */
async function askedWhile(unread: readonly Omit<UnreadItem, 'what' | 'problem'>[], sandbox = 'prod') {
  const now = await startWith([1]);
  const items = unread.map((each) => ({ what: 'account', ...each, problem: problem('bad_answer') }) as const);
  now.adobe.unreadAccounts.set(sandbox, items);
  await now.sync.run();
  const { shown } = await ask(now, 1);
  expect(needsPhrase(shown)).toBe(shown.unreadProduction !== undefined);
  return shown.unreadProduction ?? [];
}

test('a production account that could not be read and may be this credential, by name or because it has none, requires the typed name', async () => {
  expect(await askedWhile([{ name: 'credential 1' }])).toEqual(['prod']);
  expect(await askedWhile([{ name: 'a/b', isNameless: true }])).toEqual(['prod']);
  expect(await askedWhile([{ name: 'credential…' }])).toEqual(['prod']);
  expect(await askedWhile([{ name: 'another' }])).toEqual([]);
  expect(await askedWhile([{ name: 'credential 1' }], 'dev')).toEqual([]);
});

test('a credential without a known name may be any production account that could not be read', async () => {
  const unread = [{ what: 'account', count: 1, names: ['another'], problem: problem('bad_answer') }] as const;
  const accounts = [{ name: 'another', sandbox: 'prod' }];
  const all = { sandboxes: ['dev', 'prod'], productionSandboxes: null };
  const named = { technicalAccountId: 'A1', name: 'credential 1', sandboxes: ['dev'] };
  expect(unreadProduction(named, [{ ...unread[0], accounts }], all)).toEqual([]);
  // Without a known name, its id is shown.
  expect(unreadProduction({ ...named, name: 'A1' }, [{ ...unread[0], accounts }], all)).toEqual(['prod']);
});

test('an account that an earlier version could not read may be in any sandbox, since that version did not record which', () => {
  const all = { sandboxes: ['dev', 'prod'], productionSandboxes: null };
  const credential = { technicalAccountId: 'A1', name: 'credential 1', sandboxes: ['dev'] };
  const doubt = (names: readonly string[], count = names.length) =>
    unreadProduction(credential, [{ what: 'account', count, names, problem: problem('bad_answer') }], all);
  expect(doubt(['credential 1'])).toEqual(['prod']);
  // That version did not record whether this is a name, either.
  expect(doubt(['another'])).toEqual(['prod']);
  expect(
    unreadProduction(
      credential,
      [{ what: 'integration', count: 1, names: ['another'], problem: problem('bad_answer') }],
      all,
    ),
  ).toEqual([]);
});

test('if very many production accounts could not be read, any of them may be this credential', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `another ${i}` }));
  expect(await askedWhile(many(20))).toEqual([]);
  expect(await askedWhile(many(21))).toEqual(['prod']);
});
