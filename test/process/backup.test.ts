import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { runScript } from './script.ts';
import { ADMIN, CHANNEL, FIRST, startWorld, type World } from './setup.ts';

/** The reply to `/qs-creds history` of the credential. */
async function history(world: World): Promise<string> {
  const before = new Set(world.messages.map(({ ts }) => ts));
  await world.slack.command(ADMIN, CHANNEL, `history ${FIRST}`);
  const reply = () => world.messages.find(({ ts, ephemeral }) => ephemeral && !before.has(ts));
  return (await world.slack.waitFor(reply, { what: 'the history' })).text;
}

test.concurrent('a restore is refused while a bot runs, and changes nothing; afterwards it restores the backup', async ({
  onTestFinished,
}) => {
  const world = await startWorld({ onTestFinished });
  const path = `${world.settings['DATABASE_URL']}`.slice('file:'.length);
  const run = (script: 'backup' | 'restore') => runScript(script, { DATABASE_URL: `file:${path}` }, `${path}.backup`);
  const bot = await world.start();
  expect(await run('backup')).toMatchObject({ code: 0, stderr: '' });
  await world.ask(FIRST);
  const before = await readdir(dirname(path));

  expect(await run('restore')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'The bot runs, or another program has the database open: stop every instance, then try again.\n',
  });
  // The refused restore changed nothing: what was asked after the backup is still there.
  expect(await readdir(dirname(path))).toEqual(before);
  expect(await history(world)).toContain('asked to migrate');

  await bot.end('SIGTERM');
  const { code, stdout } = await run('restore');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Restored .*\.\nThe database that was there is kept as .*qs-creds\.db\.replaced-\d{4}-/);
  await world.start();
  expect(await history(world)).not.toContain('asked to migrate');
});

test.concurrent('the exit codes of backup and restore say whether the command succeeded', async (t) => {
  const nowhere = { DATABASE_URL: 'file:/nonexistent/qs-creds.db' };
  for (const script of ['backup', 'restore'] as const) {
    const help = await runScript(script, nowhere, '--help');
    t.expect(help).toMatchObject({
      code: 0,
      stdout: t.expect.stringContaining(`npm run ${script} -- FILE`),
      stderr: '',
    });
    const ends = [
      [nowhere, ['--force'], 1, /'--force'.*\n\nnpm run/s],
      [nowhere, ['one', 'two'], 1, /^More than one FILE was given\.\n\nnpm run/],
      [nowhere, ['/nonexistent/backup.db'], 1, /^(The SQLite file cannot be opened|.* does not exist)[^\n]*\n$/],
      [{ DATABASE_URL: 'mysql://secret@here' }, ['one'], 78, /^DATABASE_URL must be (?!.*secret)[^\n]*\n$/],
    ] as const;
    for (const [env, words, code, stderr] of ends) {
      t.expect(await runScript(script, env, ...words)).toMatchObject({
        code,
        stdout: '',
        stderr: t.expect.stringMatching(stderr),
      });
    }
  }
});
