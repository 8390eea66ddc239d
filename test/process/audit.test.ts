import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { type Result, runScript } from './script.ts';
import { ADMIN, FIRST, startWorld } from './setup.ts';

const HASH = /[0-9a-f]{64}/;
const EMPTY = { DATABASE_URL: '' };

/** Runs what `npm run audit:verify` runs. */
function verify(env: Readonly<Record<string, string>>, ...words: string[]): Promise<Result> {
  return runScript('audit:verify', env, ...words);
}

/** A new database of this version in its own folder. */
async function freshPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'qs-creds.db');
  await (await openDatabase({ kind: 'sqlite', path })).destroy();
  return path;
}

function change(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

test('verifies the trail of a real run during and after it, and reports alterations', async () => {
  const world = await startWorld();
  const { DATABASE_URL = '' } = world.settings;
  const path = DATABASE_URL.slice('file:'.length);
  const bot = await world.start();
  const question = await world.ask(FIRST);

  const running = await verify({ DATABASE_URL });

  expect(running).toMatchObject({ code: 0, stderr: '' });
  expect(running.stdout).toMatch(/^Rows verified: 1\. None was changed, removed, added or swapped\.\n/);
  const noted = /(1:[0-9a-f]{64})\n$/.exec(running.stdout)?.[1] ?? '';
  await world.slack.press(ADMIN, question, 'confirm');
  await world.posted('*Migrated*', FIRST);
  await bot.end('SIGTERM');

  const stopped = await verify({ DATABASE_URL }, '--head', noted);

  expect(stopped).toMatchObject({ code: 0, stderr: '' });
  expect(Number(/\d+/.exec(stopped.stdout)?.[0])).toBeGreaterThan(4);
  expect(await verify({ DATABASE_URL }, '--head', noted.replace(HASH, 'f'.repeat(64)))).toEqual({
    code: 1,
    stdout: 'The audit trail was altered.\nRow 1 is not the row that was noted: the trail was replaced or cut off.\n',
    stderr: '',
  });

  change(path, "update audit set actor = 'U0OTHER001' where action = 'confirmed'; delete from audit where id = 1");

  const altered = await verify({ DATABASE_URL });
  expect(altered).toMatchObject({ code: 1, stderr: '' });
  expect(altered.stdout).toMatch(/^The audit trail was altered\.\nRow 1 is missing\.\nRow [2-4] was changed\.\n$/);
});

test('changes nothing in the database', async () => {
  const path = await freshPath();
  const before = await readFile(path);
  expect(await verify({ DATABASE_URL: `file:${path}` })).toEqual({
    code: 0,
    stdout: `Rows verified: 0. None was changed, removed, added or swapped.\nLast row, to note elsewhere: 0:${'0'.repeat(64)}\n`,
    stderr: '',
  });
  expect(await readFile(path)).toEqual(before);
});

test('does not create a missing database', async () => {
  const path = `${await freshPath()}.other`;
  expect(await verify({ DATABASE_URL: `file:${path}` })).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'The audit trail could not be verified: The SQLite file cannot be opened: check the path in DATABASE_URL, and the right to write the folder.\n',
  });
  expect(existsSync(path)).toBe(false);
});

test.each([
  ['not a database', '', 'This is not a qs-creds database.'],
  ['from a newer version', "insert into schema_changes values ('999_later', '')", 'newer version .+999_later'],
  ['from an older version', "delete from schema_changes where name like '005%'", 'older version .+005_reminder_rounds'],
])('rejects a file that is %s and does not change it', async (_, sql, words) => {
  const path = await freshPath();
  if (sql === '') await writeFile(path, '');
  else change(path, sql);
  const before = await readFile(path);
  const { code, stdout, stderr } = await verify({ DATABASE_URL: `file:${path}` });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^The audit trail could not be verified: .*${words}.*\n$`));
  expect(await readFile(path)).toEqual(before);
});

test('reports a file of another kind and an unreachable server without the password', async () => {
  for (const DATABASE_URL of [`file:${import.meta.filename}`, 'postgres://user:hush-hush@127.0.0.1:1/name']) {
    const { code, stdout, stderr } = await verify({ DATABASE_URL });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^The audit trail could not be verified: .*(not an SQLite database|ECONNREFUSED).*\n$/);
    expect(stderr).not.toContain('hush');
  }
});

test('rejects a wrong setting or option before reading anything', async () => {
  const setting = await verify({ DATABASE_URL: 'mysql://user:hush-hush@host/name' });
  expect(setting).toMatchObject({ code: 78, stdout: '' });
  expect(setting.stderr).toMatch(/^DATABASE_URL must be file:.+\n$/);
  expect(setting.stderr).not.toContain('hush');
  expect(await verify(EMPTY, '--head', '12')).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'The audit trail could not be verified: --head must be <row>:<hash>, as in a digest or as printed by an earlier verification.\n',
  });
  expect(await verify(EMPTY, '--expcet', '12')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--expcet'),
  });
});
