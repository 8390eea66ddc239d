import { expect, test } from 'vitest';
import type { UnreadItem } from '../../src/credentials/adobe-reader.ts';
import { needsPhrase } from '../../src/migrations/confirmation-phrase.ts';
import { problem } from '../support/fakes.ts';
import { ask, startWith } from './setup.ts';

/** A question about credential 1, which dev shows, while these accounts of a sandbox could not be read. */
async function askedWhile(unread: readonly Omit<UnreadItem, 'what' | 'problem'>[], sandbox = 'prod') {
  const now = await startWith([1]);
  const items = unread.map((each) => ({ what: 'account', ...each, problem: problem('bad_answer') }) as const);
  now.adobe.unreadAccounts.set(sandbox, items);
  await now.sync.run();
  const { shown } = await ask(now, 1);
  expect(needsPhrase(shown)).toBe(shown.unreadProduction !== undefined);
  return shown.unreadProduction ?? [];
}

test('an account of production that may be this credential asks for the typed name, by its name or without one', async () => {
  expect(await askedWhile([{ name: 'credential 1' }])).toEqual(['prod']);
  expect(await askedWhile([{ name: 'a/b', isNameless: true }])).toEqual(['prod']);
  expect(await askedWhile([{ name: 'credential…' }])).toEqual(['prod']);
  expect(await askedWhile([{ name: 'another' }])).toEqual([]);
  expect(await askedWhile([{ name: 'credential 1' }], 'dev')).toEqual([]);
});

test('where very many accounts of production could not be read, any of them may be this credential', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `another ${i}` }));
  expect(await askedWhile(many(20))).toEqual([]);
  expect(await askedWhile(many(21))).toEqual(['prod']);
});
