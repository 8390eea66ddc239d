import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { backUp } from '../../src/backup/backup.ts';
import { openDatabase } from '../../src/db/database.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { IS_CI } from '../support/effort.ts';
import { request } from '../support/samples.ts';

/** Loaded before a command: kills the process right before the nth change of a file, counted from the copy on. */
const DIES = `data:text/javascript,${encodeURIComponent(`
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  let left = Number(process.env.DIES_AT);
  for (const name of ['copyFile', 'rename', 'rm']) {
    const original = fs[name];
    fs[name] = (...given) => {
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
      return original(...given);
    };
  }
  syncBuiltinESMExports();
`)}`;

/** Restores a backup in a process that is killed before this change. @returns its signal or its exit code */
function restoreAndDie(path: string, backup: string, at: number): Promise<string | number> {
  const env = { PATH: process.env['PATH'], DATABASE_URL: `file:${path}`, ADOBE_ORG_ID: 'org', DIES_AT: String(at) };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', DIES, 'src/restore.ts', backup], { env }, (error) =>
      resolve(error === null ? 0 : (error.signal ?? Number(error.code))),
    );
  });
}

test.runIf(IS_CI)(
  'a restore that is killed at any moment leaves a complete database: the old one or the restored one',
  async () => {
    const held: string[] = [];
    for (let at = 1, ended: string | number = ''; ended !== 0; at += 1) {
      const folder = await mkdtemp(join(tmpdir(), 'qs-creds-test-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const [path, backup] = [join(folder, 'qs-creds.db'), join(folder, 'backup.db')];
      const db = await openDatabase({ kind: 'sqlite', path });
      const store = new SqlMigrationStore(db, 'org');
      await store.ask(request('backed-up'));
      await backUp({ kind: 'sqlite', path }, backup);
      await store.ask(request('later'));
      await db.destroy();

      ended = await restoreAndDie(path, backup, at);
      expect([0, 'SIGKILL']).toContain(ended);
      const holds = (file: string) => {
        using database = new DatabaseSync(file);
        expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
        return database.prepare('select id from migrations order by id').all().length;
      };
      held.push(holds(path) === 2 ? 'old' : 'restored');
      // The previous database is never lost.
      const replaced = (await readdir(folder)).filter(
        (name) => name.includes('.replaced-') && !/-(wal|shm)$/.test(name),
      );
      if (held.at(-1) === 'restored') expect(replaced.map((name) => holds(join(folder, name)))).toEqual([2]);
    }
    // The restored database replaces the old one at one of the last changes, and stays.
    expect(held.length).toBeGreaterThan(4);
    expect(held[0]).toBe('old');
    expect(held.at(-1)).toBe('restored');
    expect(held.indexOf('restored')).toBe(held.lastIndexOf('old') + 1);
  },
);
