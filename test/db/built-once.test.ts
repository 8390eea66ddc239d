import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { builtOnce } from '../../src/db/built-once.ts';
import { connect } from '../../src/db/database.ts';

test('a statement is built once for each input, and what it reads is read each time', async () => {
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
  // More than are kept: those are built again, and read the same.
  for (let i = 0; i < 300; i++) expect(await read(`owner ${i}`)).toEqual([]);
  expect(await read('ada')).toEqual(['first', 'second']);
  expect(built.length).toBe(303);
  await db.destroy();
});
