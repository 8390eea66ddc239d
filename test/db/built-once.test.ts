import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { builtOnce } from '../../src/db/built-once.ts';
import { connect } from '../../src/db/database.ts';

test('a statement is built once for each input, but its data is read each time', async () => {
  const db = await connect({ kind: 'sqlite', path: ':memory:' });
  await sql`create table notes (owner text, text text)`.execute(db);
  const built: string[] = [];
  const notesOf = builtOnce((owner: string) => {
    built.push(owner);
    return db.selectFrom(sql<{ text: string }>`notes`.as('notes')).select('text').where(sql`owner`, '=', owner);
  });
  const read = async (owner: string) => (await db.executeQuery(notesOf(owner))).rows.map(({ text }) => text);

  await sql`insert into notes values ('ada', 'first'), ('bob', 'of another')`.execute(db);
  expect(await read('ada')).toEqual(['first']);
  await sql`insert into notes values ('ada', 'second')`.execute(db);
  expect(await read('ada')).toEqual(['first', 'second']);
  expect(await read('bob')).toEqual(['of another']);
  expect(built).toEqual(['ada', 'bob']);
  // More statements than are kept: the first ones are built again, with the same result.
  for (let i = 0; i < 300; i++) expect(await read(`owner ${i}`)).toEqual([]);
  expect(await read('ada')).toEqual(['first', 'second']);
  expect(built.length).toBe(303);
  await db.destroy();
});

test('a very long statement is built again each time, so that the cache stays small', async () => {
  const db = await connect({ kind: 'sqlite', path: ':memory:' });
  let built = 0;
  const among = builtOnce((owners: readonly string[]) => {
    built++;
    return db.selectNoFrom(sql<number>`'a' in (${sql.join(owners)})`.as('found'));
  });
  const found = async (owners: readonly string[]) => (await db.executeQuery(among(owners))).rows;
  const many = Array.from({ length: 1_000 }, (_, i) => `owner ${i}`);
  for (let i = 0; i < 2; i++) expect(await found(['a', 'b'])).toEqual([{ found: 1 }]);
  expect(built).toBe(1);
  for (let i = 0; i < 2; i++) expect(await found(many)).toEqual([{ found: 0 }]);
  expect(built).toBe(3);
  await db.destroy();
});
