import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Bot, SECRETS, startWorld } from './setup.ts';

/** Exit codes of `npm start`: a setting must be changed, or another start may help. */
const SETTINGS = 78;
const AGAIN = 1;

/** The output of a failed start, line by line; asserts that there is nothing else. */
async function lastWords(bot: Bot): Promise<{ code: number | null; words: string[] }> {
  const code = await bot.ended;
  expect(bot.stderr.endsWith('\n')).toBe(true);
  expect(bot.stdout).not.toContain('qs-creds is running');
  return { code, words: bot.stderr.trimEnd().split('\n') };
}

describe('a failed start names the cause:', () => {
  test('all errors in the settings at once, one line each, without values', async () => {
    const world = await startWorld();
    const bot = world.spawn({
      SLACK_BOT_TOKEN: 'xoxp-not-a-bot-token',
      SLACK_SIGNING_SECRET: '',
      ADOBE_ORG_ID: 'not-an-org-id',
      DATABASE_URL: 'mysql://user:not-a-database@host/name',
      PORT: 'not-a-port',
      DEADLINE: '2025-02-30',
      REMINDER_DAYS: 'not-a-number',
      REMINDER_CRON: 'not-a-cron',
      REMINDER_TIMEZONE: 'not-a/zone',
    });
    const { code, words } = await lastWords(bot);
    expect(code).toBe(SETTINGS);
    expect(words.map((line) => line.split(' ', 1)[0])).toEqual([
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'PORT',
      'ADOBE_ORG_ID',
      'DATABASE_URL',
      'DEADLINE',
      'REMINDER_CRON',
      'REMINDER_TIMEZONE',
      'REMINDER_DAYS',
    ]);
    expect(words.filter((line) => !/^[A-Z_]+ (must|is) .+\.$/.test(line))).toEqual([]);
    expect(world.slack.calls).toEqual([]);
    expect(bot.stderr + bot.stdout).not.toMatch(/not-a|2025-02-30/);
  });

  test('no settings at all', async () => {
    const world = await startWorld();
    const nothing = Object.fromEntries(Object.keys(world.settings).map((name) => [name, '']));
    const { code, words } = await lastWords(world.spawn(nothing));
    expect(code).toBe(SETTINGS);
    expect(words).toHaveLength(5);
    for (const line of words) expect(line).toMatch(/^[A-Z_]+ is missing: set it to the .+ from .+/);
  });

  test.each([
    ['SLACK_BOT_TOKEN', { SLACK_BOT_TOKEN: 'xoxb-another' }, 'OAuth & Permissions'],
    ['SLACK_APP_TOKEN', { SLACK_SIGNING_SECRET: '', SLACK_APP_TOKEN: 'xapp-another' }, 'Basic Information'],
  ])('a %s that Slack rejects', async (name, changes, where) => {
    const world = await startWorld();
    const bot = world.spawn(changes);
    const { code, words } = await lastWords(bot);
    expect(code).toBe(SETTINGS);
    expect(words).toEqual([expect.stringContaining(`${name} was rejected by Slack (invalid_auth)`)]);
    expect(words[0]).toContain(where);
    expect(bot.stderr + bot.stdout).not.toContain('-another');
  });

  test('an internal error of Slack, which is not an error of the settings', async () => {
    const world = await startWorld();
    world.slack.fail('auth.test', { error: 'internal_error' });
    const { code, words } = await lastWords(world.spawn());
    expect(code).toBe(AGAIN);
    expect(words).toEqual([expect.stringMatching(/^Slack .+internal_error.+ later\.$/)]);
  });

  test('a Slack that is unreachable', async () => {
    const world = await startWorld();
    await world.slack.stop();
    const bot = world.spawn();
    const { code, words } = await lastWords(bot);
    expect(code).toBe(AGAIN);
    const { SLACK_API_URL } = world.settings;
    expect(words).toEqual([
      expect.stringMatching(`^Slack could not be reached at ${SLACK_API_URL}: ECONNREFUSED, .*check SLACK_API_URL`),
    ]);
    expect(bot.stdout).toBe('');
  });

  test('a port that is in use', async () => {
    const world = await startWorld();
    const other = createServer().listen(0);
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { code, words } = await lastWords(world.spawn({ PORT: String(port) }));
    expect(code).toBe(AGAIN);
    expect(words).toEqual([expect.stringContaining(`Port ${port} is in use by another program`)]);
  });

  test.each([
    ['a folder', 'file:.'],
    ['a file that is not a database', `file:${import.meta.filename}`],
    ['a server that is not listening', `postgres://user:${SECRETS.clientSecret}@127.0.0.1:1/name`],
  ])('a DATABASE_URL that leads to %s', async (_, url) => {
    const world = await startWorld();
    const bot = world.spawn({ DATABASE_URL: url });
    const { code, words } = await lastWords(bot);
    expect(code).toBe(AGAIN);
    expect(words).toEqual([expect.stringContaining('DATABASE_URL')]);
    expect(bot.stderr + bot.stdout).not.toContain(SECRETS.clientSecret);
  });

  test.each(['20.11.1', '24.14.9'])('Node %s', async (version) => {
    const versions = { ...process.versions, node: version };
    const pretend = `Object.defineProperty(process, 'versions', { value: ${JSON.stringify(versions)} })`;
    const imports = [`data:text/javascript,${encodeURIComponent(pretend)}`, './tools/require-node24.js'];
    const args = [...imports.flatMap((url) => ['--import', url]), 'src/main.ts'];
    const cwd = join(import.meta.dirname, '../..');
    const ended = await new Promise((resolve) =>
      execFile(process.execPath, args, { cwd }, (error, stdout, stderr) =>
        resolve({ code: error?.code, stdout, stderr }),
      ),
    );
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        `^qs-creds needs Node.js 24.15 or newer, this is ${version}. .+ npm ci without --omit=dev.+\n$`,
      ),
    });
  });
});
