import { describe, expect, test } from 'vitest';
import { startWith } from '../migrations/setup.ts';
import { problem } from '../support/fakes.ts';

/** Credentials 1 to 3 in dev and 4 in prod are known. */
async function start() {
  const now = await startWith([1, 2, 3]);
  now.adobe.add(4, {}, ['prod']);
  await now.sync.run();
  const left = async () =>
    (await now.stores.credentials.page({}, 0, 100)).rows.map(({ name, sandboxes }) => `${name} in ${sandboxes}`);
  return { ...now, left };
}

const [ONE, TWO, THREE] = [1, 2, 3].map((number) => `credential ${number} in dev`);

describe('a sync that cannot read an account', () => {
  test.each([
    [
      'with the name of a known credential keeps that one, and drops those that are gone',
      { name: 'credential 1' },
      [ONE, THREE],
    ],
    ['with a new name keeps the whole sandbox, since any may have been renamed', { name: 'new' }, [ONE, TWO, THREE]],
    ['with a name that another account still has keeps the whole sandbox', { name: 'credential 3' }, [ONE, TWO, THREE]],
    [
      'without a name keeps the whole sandbox, since it may be any of them',
      { name: 'a/b', isNameless: true },
      [ONE, TWO, THREE],
    ],
  ] as const)('%s', async (_, called, left) => {
    const now = await start();
    now.adobe.accounts.set('dev', []);
    now.adobe.add(3);
    now.adobe.unreadAccounts.set('dev', [{ what: 'account', ...called, problem: problem('bad_answer') }]);
    now.adobe.accounts.set('prod', []);
    expect(await now.sync.run()).toMatchObject({ problem: null, unread: [{ what: 'account', names: [called.name] }] });
    expect(await now.left()).toEqual(left);
  });

  test('keeps everything in that sandbox if one of several such accounts was renamed, and drops it once they are gone', async () => {
    const now = await start();
    const names = ['credential 1', 'new'];
    now.adobe.accounts.set('dev', []);
    now.adobe.unreadAccounts.set(
      'dev',
      names.map((name) => ({ what: 'account', name, problem: problem('bad_answer') })),
    );
    await now.sync.run();
    expect(await now.left()).toEqual(['credential 4 in prod', ONE, TWO, THREE]);
    now.adobe.unreadAccounts.clear();
    await now.sync.run();
    expect(await now.left()).toEqual(['credential 4 in prod']);
  });
});
