import { describe, expect, test } from 'vitest';
import { Catalogue, wordsOf } from '../../src/credentials/catalogue.ts';
import { newProcess, newWorld } from '../migrations/setup.ts';
import { adobeError, consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';

/** A catalogue of credentials with these names, numbered from 1. */
async function inventoryOf(...names: readonly string[]) {
  const world = await newWorld();
  for (const [i, name] of names.entries()) world.adobe.add(i + 1, { name, description: `about ${i + 1}` });
  const process = newProcess(world);
  await process.sync.run();
  const catalogue = new Catalogue(process.stores.credentials, process.stores.sync);
  /** The search result, by name. */
  const find = async (text: string) => {
    const found = await catalogue.find(text);
    if (found.kind === 'one') return found.credential.name;
    return found.kind === 'several' ? found.credentials.map(({ name }) => name) : found;
  };
  return { ...process, ...world, catalogue, find };
}

describe('a search', () => {
  test.each([
    ['as it is', accountId(171)],
    ['in lower case', accountId(171).toLowerCase()],
    ['with Adobe’s suffix', `${accountId(171)}@techacct.adobe.com`],
    ['with the suffix in upper case and spaces', ` ${accountId(171).toLowerCase()}@TECHACCT.ADOBE.COM `],
  ])('finds a credential by its id %s', async (_, text) => {
    const { adobe, sync, find } = await inventoryOf('etl');
    adobe.add(171, { name: 'by id' });
    await sync.run();
    expect(await find(text)).toBe('by id');
  });

  test('finds an exact name before names that contain it, case-insensitive', async () => {
    const { find } = await inventoryOf('etl nightly', 'etl', 'etl weekly');
    expect(await find('etl')).toBe('etl');
    expect(await find('ETL ')).toBe('etl');
  });

  test('finds an id before a name that looks like an id', async () => {
    const { find } = await inventoryOf('first', accountId(1));
    expect(await find(accountId(1))).toBe('first');
  });

  test('finds credentials by words in any order and any column', async () => {
    const { find } = await inventoryOf('etl nightly', 'etl weekly', 'report nightly');
    expect(await find('nightly  etl')).toBe('etl nightly');
    expect(await find('REPORT')).toBe('report nightly');
    expect(await find('about 2')).toBe('etl weekly');
    expect(await find('etl')).toEqual(['etl nightly', 'etl weekly']);
  });

  test('finds words literally, never as patterns', async () => {
    const { find } = await inventoryOf('100% sure', '1000 sure', 'a_b');
    expect(await find('100%')).toBe('100% sure');
    expect(await find('_')).toBe('a_b');
  });

  test('finds ten credentials of the same name, and their total', async () => {
    const { catalogue } = await inventoryOf(...Array<string>(12).fill('etl'), 'etl nightly');
    const found = await catalogue.find('etl');
    expect(found).toMatchObject({ kind: 'several', total: 12 });
    expect(found.kind === 'several' && found.credentials).toHaveLength(10);
  });

  test('finds ten credentials with the same words, and their total', async () => {
    const { catalogue } = await inventoryOf(...Array.from({ length: 12 }, (_, i) => `etl ${i}`));
    const found = await catalogue.find('etl');
    expect(found).toMatchObject({ kind: 'several', total: 12 });
    expect(found.kind === 'several' && found.credentials).toHaveLength(10);
  });
});

describe('a search without a match', () => {
  test('suggests at most three similar names, most similar first', async () => {
    const { find } = await inventoryOf('etl-nightlies', 'etl-nightly2', 'etl-nightly', 'etl-nightlz');
    const nearest = ['etl-nightly', 'etl-nightlz', 'etl-nightly2'];
    expect(await find('etl-nightlx')).toEqual({ kind: 'none', nearest });
  });

  test('suggests no name that is much less similar than the best match', async () => {
    const { find } = await inventoryOf('etl-weekly', 'etl-nightlies', 'etl-nightly');
    const nearest = ['etl-nightly', 'etl-nightlies'];
    expect(await find('etl-nightlx')).toEqual({ kind: 'none', nearest });
  });

  test('suggests a name that several credentials share once', async () => {
    const { find } = await inventoryOf('etl-nightly', 'etl-nightly', 'etl-nightlies');
    expect(await find('etl-nightlx')).toEqual({ kind: 'none', nearest: ['etl-nightly', 'etl-nightlies'] });
  });

  test('suggests no name that has nothing in common with the text', async () => {
    const { find } = await inventoryOf('abc', '');
    expect(await find('xyz')).toEqual({ kind: 'none', nearest: [] });
  });

  test('is quick for the longest text that Slack allows', async () => {
    const { find } = await inventoryOf('etl');
    expect(await find('x'.repeat(10_000))).toEqual({ kind: 'none', nearest: [] });
  });

  test('suggests nothing if there are no credentials', async () => {
    const { find } = await inventoryOf();
    expect(await find('etl')).toEqual({ kind: 'none', nearest: [] });
  });
});

describe('the catalogue', () => {
  test('returns counts and their age', async () => {
    const { catalogue, adobe, sync, clock } = await inventoryOf('a', 'b', 'c');
    adobe.statuses.set(consoleId(1), 'completed');
    const at = clock.now();
    await sync.run();
    clock.advance(60);
    adobe.failing.set('accounts', adobeError('unavailable'));
    await sync.run();
    expect(await catalogue.overview()).toMatchObject({
      counts: { eligible: 2, migrated: 1 },
      sync: { triedAt: clock.now(), succeededAt: at, problem: { kind: 'unavailable' } },
    });
  });

  test('returns the first eligible credential until none is left', async () => {
    const { catalogue, adobe, sync } = await inventoryOf('c', 'b', 'a');
    adobe.statuses.set(consoleId(3), 'completed');
    await sync.run();
    expect(await catalogue.nextEligible()).toMatchObject({ name: 'b' });
    adobe.statuses.set(consoleId(1), 'none');
    adobe.statuses.set(consoleId(2), 'started');
    await sync.run();
    expect(await catalogue.nextEligible()).toBeNull();
  });

  test('returns pages and single credentials as the store has them', async () => {
    const { catalogue } = await inventoryOf('a', 'b', 'c');
    const page = await catalogue.page({ words: wordsOf(' about ') }, 1, 1);
    expect(page).toMatchObject({ total: 3, rows: [{ name: 'b' }] });
    expect(await catalogue.get(accountId(2))).toMatchObject({ name: 'b' });
    expect(await catalogue.get(accountId(9))).toBeNull();
  });
});

test('words are separated by spaces of any kind', () => {
  expect(wordsOf('  a \t b\u00a0c\nd ')).toEqual(['a', 'b', 'c', 'd']);
  expect(wordsOf('   ')).toEqual([]);
});
