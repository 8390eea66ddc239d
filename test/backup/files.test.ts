import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { backUp } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { openDatabase } from '../../src/db/database.ts';
import { replaceSqlite } from '../../src/db/sqlite-copy.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { minute, request } from '../support/samples.ts';

const NOW = new Date('2025-03-01T09:30:00Z');

/** A folder with a database in which one migration is confirmed. */
async function newFolder(organisation = 'org') {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const settings = { kind: 'sqlite', path: join(folder, 'qs-creds.db') } as const;
  const db = await openDatabase(settings);
  const store = new SqlMigrationStore(db, organisation);
  await store.ask(request('m'));
  await store.confirm('m', 'U2', minute(1));
  await db.destroy();
  return { folder, settings, backup: join(folder, 'backup.db') };
}

function query(path: string, sql: string): unknown[] {
  using database = new DatabaseSync(path);
  return database.prepare(sql).all();
}

const STATES = 'select state from migrations';

test('a backup reports its content, is readable only by its owner, and leaves the database unchanged', async () => {
  const { settings, backup } = await newFolder();
  const before = await readFile(settings.path);
  expect(await backUp(settings, backup)).toBe(
    `Backed up to ${backup}.\nMigrations: 1 confirmed.\nHistory: up to ${minute(1).toISOString().slice(0, 19).replace('T', ' ')} UTC.\nSchema: of this version.\n`,
  );
  expect((await stat(backup)).mode & 0o777).toBe(0o600);
  expect(await readFile(settings.path)).toEqual(before);
});

test('a restore expires confirmations, and keeps the previous database with all its content', async () => {
  const { folder, settings, backup } = await newFolder();
  await backUp(settings, backup);
  query(settings.path, "insert into snoozes values ('U1', '2025-03-02')");
  const said = await restore(settings, backup, NOW);
  const replaced = `${settings.path}.replaced-2025-03-01T09-30-00.000Z`;
  expect(said).toContain(`Restored ${backup}.\nThe database that was there is kept as ${replaced}.\n`);
  expect(said).toMatch(
    /\nExpired, to be asked for again if Adobe has not begun: credential 1\.\nNext: npm run audit:verify/,
  );
  expect(query(settings.path, STATES)).toEqual([{ state: 'failed' }]);
  expect(query(settings.path, 'select * from snoozes')).toEqual([]);
  expect(query(replaced, 'select user_id from snoozes')).toEqual([{ user_id: 'U1' }]);
  expect(query(backup, STATES)).toEqual([{ state: 'confirmed' }]);
  expect((await readdir(folder)).sort()).toEqual(['backup.db', 'qs-creds.db', replaced.slice(folder.length + 1)]);
});

test('a restore replaces a database that is damaged or gone', async () => {
  const { settings, backup } = await newFolder();
  await backUp(settings, backup);
  await writeFile(settings.path, 'no database'.repeat(1_000));
  expect(await restore(settings, backup, NOW)).toContain('is kept as');
  expect(query(settings.path, STATES)).toEqual([{ state: 'failed' }]);
  await rm(settings.path);
  // SQLite would apply this to the restored file.
  await writeFile(`${settings.path}-wal`, 'left behind');
  expect(await restore(settings, backup, new Date(NOW.getTime() + 1))).not.toContain('is kept as');
  expect(query(settings.path, STATES)).toEqual([{ state: 'failed' }]);
});

test('a restore on a new machine creates the folder of the database, as a start does', async () => {
  const { folder, settings, backup } = await newFolder();
  await backUp(settings, backup);
  const path = join(folder, 'data', 'qs-creds.db');
  expect(await restore({ kind: 'sqlite', path }, backup, NOW)).toContain(`Restored ${backup}.`);
  expect(query(path, STATES)).toEqual([{ state: 'failed' }]);
});

test('a restore through a symbolic link replaces the file that the link leads to, and keeps the link', async () => {
  const { folder, settings, backup } = await newFolder();
  await backUp(settings, backup);
  const path = join(folder, 'link.db');
  await symlink(settings.path, path);
  await restore({ kind: 'sqlite', path }, backup, NOW);
  expect((await lstat(path)).isSymbolicLink()).toBe(true);
  expect(query(settings.path, STATES)).toEqual([{ state: 'failed' }]);
});

test('a restore that dies before the backup is in place leaves the previous database', async () => {
  const { folder, settings } = await newFolder();
  // The restored file is missing, as if the process had died right before it is put in place.
  const kept = join(folder, 'kept.db');
  await expect(replaceSqlite(settings.path, join(folder, 'none.db'), kept)).rejects.toThrow();
  expect(query(settings.path, STATES)).toEqual([{ state: 'confirmed' }]);
  expect(await readdir(folder)).toEqual(['qs-creds.db']);
});

test('a restore that fails leaves the remaining files of a lost database where they were', async () => {
  const { folder, settings } = await newFolder();
  await rm(settings.path);
  await writeFile(`${settings.path}-wal`, 'left behind');
  await expect(replaceSqlite(settings.path, join(folder, 'none.db'), join(folder, 'kept.db'))).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['qs-creds.db-wal']);
});

test('a backup of another organisation than that of the settings, or without settings that of the database, is rejected with an explanation', async () => {
  const { settings, backup } = await newFolder('AB1@AdobeOrg');
  const other = await newFolder('CD2@AdobeOrg');
  await backUp(settings, backup);
  const words = `${backup} holds the migrations of another organisation, AB1@AdobeOrg instead of CD2@AdobeOrg: choose the right backup, or set ADOBE_ORG_ID to that organisation.`;
  await expect(restore(settings, backup, NOW, 'CD2@AdobeOrg')).rejects.toThrow(words);
  await expect(restore(other.settings, backup, NOW)).rejects.toThrow(words);
  for (const { path } of [settings, other.settings]) expect(query(path, STATES)).toEqual([{ state: 'confirmed' }]);
  expect(await readdir(other.folder)).toEqual(['qs-creds.db']);
  expect(await restore(other.settings, backup, NOW, 'AB1@AdobeOrg')).toContain(`Restored ${backup}.`);
});

test('a backup from before the first migration belongs to no organisation, and can be restored for any', async () => {
  const { folder, settings, backup } = await newFolder();
  const empty = { kind: 'sqlite', path: join(folder, 'empty.db') } as const;
  await (await openDatabase(empty)).destroy();
  await backUp(empty, backup);
  expect(await restore(settings, backup, NOW, 'CD2@AdobeOrg')).toContain(`Restored ${backup}.`);
});

test('a failed backup or restore is explained in words, and leaves every file unchanged', async () => {
  const { folder, settings, backup } = await newFolder();
  const [other, newer, text] = ['other', 'newer', 'text'].map((name) => join(folder, `${name}.db`)) as [
    string,
    string,
    string,
  ];
  query(other, 'create table t (x)');
  await backUp(settings, newer);
  query(newer, "insert into schema_changes values ('999_later', '2030-01-01')");
  await writeFile(text, 'no database'.repeat(1_000));
  const before = await readdir(folder);
  const file = (path: string) => ({ kind: 'sqlite', path }) as const;
  const postgres = { kind: 'postgres', url: 'postgres://nowhere' } as const;
  const failures: readonly (readonly [() => Promise<string>, string])[] = [
    [() => backUp(settings, newer), `${newer} exists, and is not overwritten.`],
    [() => backUp(settings, null), 'The FILE to write is missing.'],
    [() => backUp(postgres, backup), 'Nothing was backed up: DATABASE_URL is a PostgreSQL.'],
    [() => backUp(file(':memory:'), backup), 'Nothing was backed up: the database is in memory.'],
    [() => backUp(file(other), backup), 'This is not a qs-creds database.'],
    [() => backUp(file(join(folder, 'none.db')), backup), 'The SQLite file cannot be opened'],
    [() => restore(settings, null, NOW), 'The FILE to restore is missing.'],
    [() => restore(postgres, backup, NOW), 'Nothing was restored: DATABASE_URL is a PostgreSQL, so leave out FILE.'],
    [() => restore(file(':memory:'), backup, NOW), 'Nothing was restored: the database is in memory.'],
    [() => restore(settings, backup, NOW), `${backup} does not exist.`],
    [() => restore(settings, other, NOW), 'This is not a qs-creds database.'],
    [() => restore(settings, newer, NOW), 'changed by a newer version of qs-creds (999_later)'],
    [() => restore(settings, text, NOW), `${text} cannot be restored: the database file is no database.`],
  ];
  for (const [act, words] of failures) await expect(act(), words).rejects.toThrow(words);
  expect(await readdir(folder)).toEqual(before);
  expect(query(settings.path, STATES)).toEqual([{ state: 'confirmed' }]);
});
