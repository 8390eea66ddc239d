import { describe, expect, test } from 'vitest';
import { CREDENTIAL_STATUSES, type Credential } from '../../src/credentials/credential.ts';
import type { CredentialFilter } from '../../src/credentials/ports.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { takeOver } from '../support/database.ts';
import { accountId, credential, minute, request } from '../support/samples.ts';

describe('the credential store', () => onBothEngines(suite));

/** Names that sort differently by byte and by language, fold differently, or contain LIKE patterns. */
const NAMES = ['zeta', 'Alpha', 'alpha-2', 'alpha 2', 'Émile', 'eta', '_x', 'ÄRGER', '100% sure!', 'STRAẞE', '😀'];

function suite(engine: TestEngine) {
  async function filled(credentials: readonly Credential[]) {
    const { db } = await openFresh(engine);
    await new SqlSyncStore(db).replaceCredentials(credentials, minute(0));
    const store = new SqlCredentialStore(db);
    const found = async (filter: CredentialFilter) => {
      const { rows, total } = await store.page(filter, 0, 100);
      expect(total).toBe(rows.length);
      return rows.map(({ name }) => name);
    };
    return { db, store, found };
  }

  test('sorts by name, case-insensitive, then by id', async () => {
    const { store, found } = await filled([
      credential(20, { name: 'ALPHA' }),
      ...NAMES.map((name, i) => credential(i, { name })),
    ]);
    const order = [
      '100% sure!',
      '_x',
      'Alpha',
      'ALPHA',
      'alpha 2',
      'alpha-2',
      'eta',
      'STRAẞE',
      'zeta',
      'ÄRGER',
      'Émile',
      '😀',
    ];
    expect(await found({})).toEqual(order);
    expect((await store.after(null, order.length)).map(({ name }) => name)).toEqual(order);
    expect((await store.names()).sort()).toEqual(order.toSorted());
  });

  test.each([1, 5, 100])(
    'reads every credential once in steps of %i by name, even if names are the same',
    async (limit) => {
      const names = [...NAMES, 'twin', 'TWIN', 'twin'];
      const { store } = await filled(names.map((name, i) => credential(i, { name })));
      const read: string[] = [];
      let rows = await store.after(null, limit);
      for (; rows.length > 0 && read.length < 20; rows = await store.after(rows.at(-1) ?? null, limit))
        read.push(...rows.map(({ technicalAccountId }) => technicalAccountId));
      const listed = await store.page({}, 0, 20);
      expect(read).toEqual(listed.rows.map(({ technicalAccountId }) => technicalAccountId));
    },
  );

  test('sorts credentials that a person can act on first', async () => {
    const { db, found } = await filled([
      credential(1, { name: 'a, migrated', adobeStatus: 'completed' }),
      credential(2, { name: 'b, not eligible', adobeStatus: 'none' }),
      credential(3, { name: 'c, unknown', adobeStatus: 'unknown' }),
      credential(4, { name: 'd, eligible', adobeStatus: 'not_started' }),
      credential(5, { name: 'e, unfinished', adobeStatus: 'started' }),
      credential(6, { name: 'f, needs attention', adobeStatus: 'started' }),
    ]);
    const migrations = new SqlMigrationStore(db, 'org');
    const note = { at: minute(1), actor: 'U1', detail: null };
    await migrations.ask(request('m', { technicalAccountId: accountId(6) }));
    await migrations.confirm('m', 'U1', minute(1));
    await migrations.move('m', 'confirmed', 'submitted', {}, note);
    await migrations.move('m', 'submitted', 'needs_attention', {}, note);
    expect(await found({})).toEqual([
      'f, needs attention',
      'e, unfinished',
      'd, eligible',
      'c, unknown',
      'b, not eligible',
      'a, migrated',
    ]);
    expect(await found({ statuses: ['needs_attention'] })).toEqual(['f, needs attention']);
    expect(await found({ statuses: ['unknown'] })).toEqual(['c, unknown']);
  });

  test('returns every credential on exactly one page, with the total', async () => {
    const { store } = await filled(Array.from({ length: 7 }, (_, i) => credential(i, { name: 'same' })));
    const pages = [await store.page({}, 0, 3), await store.page({}, 3, 3), await store.page({}, 6, 3)];
    expect(pages.map(({ total }) => total)).toEqual([7, 7, 7]);
    expect(pages.flatMap(({ rows }) => rows.map((row) => row.technicalAccountId))).toEqual(
      Array.from({ length: 7 }, (_, i) => accountId(i)),
    );
    expect(await store.page({}, 9, 3)).toEqual({ rows: [], total: 7 });
    expect(await store.page({ words: ['nowhere'] }, 0, 3)).toEqual({ rows: [], total: 0 });
  });

  test('finds credentials that contain all words in any shown field', async () => {
    const { found } = await filled([
      credential(0xabc, { name: 'Night Loader', description: 'fills the LAKE', owner: 'Jo@Example.com' }),
      credential(2, { name: 'loader', sandboxes: ['prod', 'Dev-2'] }),
    ]);
    expect(await found({ words: ['loader'] })).toEqual(['loader', 'Night Loader']);
    expect(await found({ words: ['LOADER', 'lake'] })).toEqual(['Night Loader']);
    expect(await found({ words: ['jo@example'] })).toEqual(['Night Loader']);
    expect(await found({ words: ['dev-2'] })).toEqual(['loader']);
    expect(await found({ words: ['000abc'] })).toEqual(['Night Loader']);
    expect(await found({ words: ['loader', 'dev-2', 'lake'] })).toEqual([]);
    expect(await found({ words: [] })).toHaveLength(2);
    expect(await found({ words: ['loader'], statuses: ['migrated', 'unfinished'] })).toEqual([]);
  });

  test.each([
    ['%', ['100% sure!']],
    ['!', ['100% sure!']],
    ['e!', ['100% sure!']],
    ['_', ['_x']],
    ['!%', []],
    ['%%', []],
    ['a_pha', []],
    ['émile', ['Émile']],
    ['E\u0301MILE', ['Émile']],
    ['ärger', ['ÄRGER']],
    ['straß', ['STRAẞE']],
    ['😀', ['😀']],
    [' eta ', ['eta', 'zeta']],
    ['\\', []],
    ["'", []],
  ])('finds exactly the names that contain %j', async (word, names) => {
    const { found } = await filled(NAMES.map((name, i) => credential(i, { name })));
    expect(await found({ words: [word] })).toEqual(names);
  });

  test('finds credentials by owner, case-insensitive', async () => {
    const { db, found } = await filled([
      credential(1, { name: 'jo', owner: 'Jo@Example.com' }),
      credential(2, { name: 'émile', owner: 'ÉMILE@example.com' }),
      credential(3, { name: 'nobody' }),
    ]);
    const by = (email: string | null, id = 'U1') => ({ ownedBy: { id, email } });
    expect(await found(by('JO@example.COM'))).toEqual(['jo']);
    expect(await found(by('émile@example.com'))).toEqual(['émile']);
    expect(await found(by('jo@example'))).toEqual([]);
    expect(await found(by('%'))).toEqual([]);
    expect(await found(by(''))).toEqual([]);
    const reminders = new SqlReminderStore(db);
    await takeOver(db, accountId(2), 'U2');
    expect(await found(by('jo@example.com', 'U2'))).toEqual(['jo', 'émile']);
    expect(await found(by(null, 'U2'))).toEqual(['émile']);
    await reminders.rememberRecipient('émile@example.com', { kind: 'person', userId: 'U3' }, minute(1));
    expect(await found(by(null, 'U3'))).toEqual(['émile']);
    expect(await found(by('jo@example.com', 'U3'))).toEqual(['jo', 'émile']);
    expect(await found(by(null))).toEqual([]);
  });

  test('finds credentials by exact name, case-insensitive', async () => {
    const { store } = await filled([
      credential(2, { name: 'ÉMILE' }),
      credential(1, { name: 'Émile' }),
      credential(3, { name: 'Émile 2' }),
    ]);
    const ids = (await store.named(' émile ')).map((row) => row.technicalAccountId);
    expect(ids).toEqual([accountId(1), accountId(2)]);
    expect(await store.named('émil_')).toEqual([]);
  });

  test("finds a credential by id, also in Adobe's long form", async () => {
    const wanted = credential(0xabc, {
      owner: 'jo@example.com',
      changedAt: minute(-5),
      adobeStatus: 'unknown',
      unknownBecause: { code: 'not_in_console' },
      consoleId: null,
    });
    const { store } = await filled([wanted, credential(2)]);
    expect(await store.get(accountId(0xabc))).toEqual({
      ...wanted,
      production: ['prod'],
      status: 'unknown',
      hold: null,
      usage: [],
    });
    expect(await store.get(`${accountId(0xabc).toLowerCase()}@techacct.adobe.com`)).toMatchObject({
      name: wanted.name,
    });
    expect(await store.get(accountId(3))).toBeNull();
  });

  test('counts credentials by status', async () => {
    const { db } = await filled([
      credential(1),
      credential(2),
      credential(3, { adobeStatus: 'started' }),
      credential(4, { adobeStatus: 'completed' }),
      credential(5, { adobeStatus: 'none' }),
      credential(6, { adobeStatus: 'unknown' }),
    ]);
    const counts = {
      eligible: 2,
      unfinished: 1,
      migrating: 0,
      migrated: 1,
      not_eligible: 1,
      unknown: 1,
      needs_attention: 0,
    };
    expect((await new SqlSyncStore(db).overview()).counts).toEqual(counts);
  });

  test('counts zero for every status without credentials', async () => {
    const { db } = await filled([]);
    expect(Object.values((await new SqlSyncStore(db).overview()).counts)).toEqual(
      Array(CREDENTIAL_STATUSES.length).fill(0),
    );
  });

  test('stores a status at Adobe that was read between syncs', async () => {
    const { store } = await filled([
      credential(1, { adobeStatus: 'unknown', unknownBecause: { code: 'not_in_console' } }),
      credential(2),
    ]);
    await store.setAdobeStatus(accountId(1), 'completed', minute(1));
    const expected = { adobeStatus: 'completed', status: 'migrated', unknownBecause: null };
    expect(await store.get(accountId(1))).toMatchObject(expected);
    expect(await store.get(accountId(2))).toMatchObject({ adobeStatus: 'not_started', status: 'eligible' });
  });
}
