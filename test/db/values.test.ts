import { CompiledQuery, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { inChunks } from '../../src/db/values.ts';
import { accountId, credential, minute, PROBLEM } from '../support/samples.ts';
import { onBothEngines, openFresh, type TestEngine } from './setup.ts';

describe('stored values', () => onBothEngines(suite));

test('the event loop runs between chunks of rows, but not within a transaction that writes a single chunk', async () => {
  const turnsFor = async (rows: number) => {
    let turns = 0;
    let immediate = setImmediate(function turn() {
      turns += 1;
      immediate = setImmediate(turn);
    });
    for await (const chunk of inChunks(Array.from({ length: rows }, (_, i) => i)))
      expect(chunk.length).toBeGreaterThan(0);
    clearImmediate(immediate);
    return turns;
  };
  expect(await turnsFor(0)).toBe(0);
  expect(await turnsFor(500)).toBe(0);
  expect(await turnsFor(501)).toBeGreaterThan(0);
});

/** 10 000 characters that do not compress. */
const LONG = Array.from({ length: 10_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('');

function suite(engine: TestEngine) {
  test.each([
    ['quotes', `Robert'); drop table credentials; -- "x" \`y\` \\ \\' $1 ?1 :name @x`],
    ['emoji', 'key 🔑 👩‍👩‍👧 🇩🇪'],
    ['right-to-left marks', '\u202Eegdirb\u202C \u200Fאבג\u200E'],
    ['combining and composed letters', 'e\u0301 é'],
    ['markup', '<!channel> <@U1> *x* &amp;'],
    ['line ends and other control characters', 'a\r\nb\tc\u0001\u007F\u0085\u2028'],
    ['empty text', ''],
    ['surrounding spaces', '  x  '],
    ['10 000 characters', LONG],
  ])('return %s unchanged', async (_, text) => {
    const { db } = await openFresh(engine);
    const wanted = credential(1, {
      name: text,
      description: text,
      owner: text,
      sandboxes: [text, 'dev'],
      adobeStatus: 'unknown',
      unknownBecause: { code: 'console_failed', problem: { ...PROBLEM, detail: text } },
      changedAt: new Date('2024-02-29T23:59:59.999Z'),
    });
    await new SqlSyncStore(db).replaceCredentials([wanted], minute(0));
    const store = new SqlCredentialStore(db);
    expect(await store.get(accountId(1))).toEqual({
      ...wanted,
      status: 'unknown',
      production: [],
      usage: [],
      hold: null,
    });
    expect(await store.named(text)).toHaveLength(1);
    expect((await store.page({ words: [text], ownedBy: { id: 'U1', email: text } }, 0, 1)).total).toBe(1);
  });

  test('drop NUL characters, which PostgreSQL cannot store, on both engines', async () => {
    const { db } = await openFresh(engine);
    const strange = credential(1, { name: 'a\0b', description: '\0', owner: 'j\0o', sandboxes: ['p\0rod'] });
    await new SqlSyncStore(db).replaceCredentials([strange], minute(0));
    const store = new SqlCredentialStore(db);
    expect(await store.get(`${accountId(1)}\0`)).toMatchObject({ name: 'ab', description: '', owner: 'jo' });
    expect(await store.named('a\0b')).toHaveLength(1);
    expect((await store.page({ words: ['\0AB'], ownedBy: { id: 'U1', email: 'J\0O' } }, 0, 1)).total).toBe(1);
  });

  test('return numbers, including counts, as numbers', async () => {
    const { db } = await openFresh(engine);
    const sum = sql<number>`${2 ** 40} + cast(${1} as bigint)`;
    const row = await db
      .selectNoFrom((eb) => [
        eb.cast<number>(sum, sql`bigint`).as('sum'),
        eb.selectFrom('leases').select(eb.fn.countAll<number>().as('n')).as('count'),
      ])
      .executeTakeFirst();
    expect({ ...row }).toEqual({ sum: 2 ** 40 + 1, count: 0 });
  });

  if (engine.kind === 'sqlite') describe('as SQLite parameters', () => sqliteParameters(engine));
}

function sqliteParameters(engine: TestEngine) {
  test('stay integers if they are whole numbers', async () => {
    const { db } = await openFresh(engine);
    const { rows } = await db.executeQuery<object>(
      CompiledQuery.raw('select typeof(?) as whole, typeof(?) as other', [1, 1.5]),
    );
    expect({ ...rows[0] }).toEqual({ whole: 'integer', other: 'real' });
  });

  test.each([
    ['a Date', minute(0)],
    ['an object', { a: 1 }],
    ['a list', [1]],
    ['a boolean', true],
    ['undefined', undefined],
  ])('reject %s', async (_, value) => {
    const { db } = await openFresh(engine);
    const query = db.executeQuery(CompiledQuery.raw('select ? as a, ? as b', [value, 'b']));
    await expect(query).rejects.toThrow('only text, numbers and null');
  });
}
