import { readdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, type TestContext, test } from 'vitest';
import type { Clock } from '../../src/lib/clock.ts';
import { buttonsOf } from '../app/sent.ts';
import { TestClock } from '../support/clock.ts';
import { type Result, runScript } from './script.ts';
import { ADMIN, CHANNEL, FIRST, SECOND, startWorld, type World } from './setup.ts';

/** These tests start one process more than others. */
const PATIENT = { timeout: 180_000 };

/** A world whose database is backed up and restored as documented. */
async function startSafe({ onTestFinished }: TestContext, clock?: Clock): Promise<Safe> {
  return new Safe(await startWorld({ onTestFinished, adobe: { ...(clock && { clock }) } }));
}

/** Adobe's clock where a migration must last until the test lets it end. */
function adobeClock(): TestClock {
  return new TestClock(new Date().toISOString());
}

class Safe {
  readonly world: World;
  readonly path: string;

  constructor(world: World) {
    this.world = world;
    this.path = `${world.settings['DATABASE_URL']}`.slice('file:'.length);
  }

  get backup(): string {
    return `${this.path}.backup`;
  }

  async backUp(): Promise<void> {
    expect(await this.#run('backup')).toMatchObject({ code: 0, stderr: '' });
  }

  /** The bot must be stopped. */
  async lose(): Promise<void> {
    for (const end of ['', '-wal', '-shm']) await rename(this.path + end, `${this.path}.lost${end}`).catch(() => {});
  }

  async restore(): Promise<void> {
    expect(await this.tryRestore()).toMatchObject({ code: 0, stderr: '' });
  }

  tryRestore(): Promise<Result> {
    return this.#run('restore');
  }

  /** The states of migrations in the backup, by name. */
  backedUp(): Record<string, unknown> {
    using database = new DatabaseSync(this.backup, { readOnly: true });
    const rows = database.prepare('select shown, state from migrations').all();
    return Object.fromEntries(rows.map(({ shown, state }) => [JSON.parse(String(shown)).name, state]));
  }

  /** Asks; returns the value of the button that confirms. */
  async ask(name: string): Promise<string> {
    const { ts } = await this.world.ask(name);
    const question = this.world.messages.find((each) => each.ts === ts);
    return String(question && buttonsOf(question).find(({ id }) => id === 'confirm')?.value);
  }

  /** Confirms with a button that may be gone from Slack; waits for nothing. */
  async sayYes(value: string): Promise<void> {
    await this.world.slack.forgePress(ADMIN, { action_id: 'confirm', value }, { channel: { id: CHANNEL } });
  }

  /** The same; returns the reply, which is a direct message. */
  async pressOld(value: string): Promise<string> {
    const { slack } = this.world;
    const direct = slack.directOf(ADMIN);
    const before = slack.messagesSeenBy(ADMIN, direct).length;
    await this.sayYes(value);
    const answer = () => slack.messagesSeenBy(ADMIN, direct)[before];
    return (await slack.waitFor(answer, { timeoutMs: 60_000, what: 'an answer to the old button' })).text;
  }

  /** The reply to a command. */
  async say(text: string): Promise<string> {
    const { slack } = this.world;
    const before = new Set(this.world.messages.map(({ ts }) => ts));
    await slack.command(ADMIN, CHANNEL, text);
    const answer = () =>
      this.world.messages.find(({ ts, ephemeral, text }) => ephemeral && !before.has(ts) && !text.startsWith('⏳'));
    return (await slack.waitFor(answer, { timeoutMs: 60_000, what: `an answer to ${text}` })).text;
  }

  #run(script: 'backup' | 'restore'): Promise<Result> {
    return runScript(script, { DATABASE_URL: `file:${this.path}` }, this.backup);
  }
}

test.concurrent('a restore is refused while a bot runs, and changes nothing', PATIENT, async (t) => {
  const safe = await startSafe(t);
  const bot = await safe.world.start();
  await safe.backUp();
  await safe.ask(FIRST);
  const before = await readdir(dirname(safe.path));
  expect(await safe.tryRestore()).toEqual({
    code: 1,
    stdout: '',
    stderr: 'The bot runs, or another program has the database open: stop every instance, then try again.\n',
  });
  // It is not disturbed, and what was asked after the backup is still there.
  expect(await readdir(dirname(safe.path))).toEqual(before);
  expect(await safe.say(`history ${FIRST}`)).toContain('asked to migrate');
  await bot.end('SIGTERM');
  const { stdout } = await safe.tryRestore();
  expect(stdout).toMatch(/^Restored .*\.\nThe database that was there is kept as .*qs-creds\.db\.replaced-\d{4}-/);
});

test.concurrent(
  'after losing the database, migrated credentials are shown and old buttons do nothing',
  PATIENT,
  async (t) => {
    const safe = await startSafe(t);
    const { world } = safe;
    const bot = await world.start();
    const [first, second] = [await safe.ask(FIRST), await safe.ask(SECOND)];
    await safe.sayYes(first);
    await world.posted('*Migrated*', FIRST);
    await bot.end('SIGTERM');
    await safe.lose();

    await world.start();

    expect(await safe.say(`status ${FIRST}`)).toContain('Migrated');
    expect(await safe.say(`migrate ${FIRST}`)).toContain('is already migrated');
    expect(await safe.pressOld(first)).toContain('is no longer known here');
    expect(await safe.pressOld(second)).toContain('is no longer known here');
    expect(await safe.say('status')).toContain('No migration is running.');
    expect(world.startsSent).toBe(1);
  },
);

test.concurrent('after restoring a backup from before the confirmation, the question is void', PATIENT, async (t) => {
  const safe = await startSafe(t);
  const { world } = safe;
  const bot = await world.start();
  const question = await safe.ask(FIRST);
  await safe.backUp();
  await safe.sayYes(question);
  await world.posted('*Migrated*', FIRST);
  await bot.end('SIGTERM');
  expect(safe.backedUp()).toEqual({ [FIRST]: 'asked' });
  await safe.restore();

  await world.start();

  expect(await safe.pressOld(question)).toContain(
    'is no longer valid: according to Adobe, its migration was begun or completed',
  );
  expect(await safe.say(`migrate ${FIRST}`)).toContain('is already migrated');
  expect(world.startsSent).toBe(1);
});

test.concurrent(
  'after restoring a backup from before the confirmation, confirming before the first sync starts nothing again',
  PATIENT,
  async (t) => {
    const safe = await startSafe(t);
    const { world } = safe;
    const bot = await world.start();
    const question = await safe.ask(FIRST);
    await safe.backUp();
    await safe.sayYes(question);
    await world.posted('*Migrated*', FIRST);
    await bot.end('SIGTERM');
    await safe.restore();
    world.adobe.faults.add({ kind: 'hang', ms: 60_000, on: 'accounts' });

    const later = world.spawn();
    await world.speakTo(later);
    // According to the backup, it is still eligible.
    await safe.sayYes(question);

    await later.line({ msg: 'migration moved', state: 'migrated', why: 'elsewhere' });
    expect(later.linesWith({ msg: 'sync done' })).toEqual([]);
    expect(world.startsSent).toBe(1);
  },
);

test.concurrent(
  'after restoring a backup from between the confirmation and the start, what was sent is read from Adobe, and what was not has expired',
  PATIENT,
  async (t) => {
    const clock = adobeClock();
    const safe = await startSafe(t, clock);
    const { world } = safe;
    const bot = await world.start();
    await world.migrate(FIRST);
    await world.migrate(SECOND);
    await world.posted(SECOND);
    await t.expect.poll(() => world.startsSent).toBe(1);
    await safe.backUp();
    clock.advance(1);
    await t.expect.poll(() => world.startsSent).toBe(2);
    clock.advance(1);
    await world.posted('*Migrated*', SECOND);
    await bot.end('SIGTERM');
    expect(safe.backedUp()).toEqual({ [FIRST]: expect.stringMatching('submitted|running'), [SECOND]: 'confirmed' });
    await safe.restore();

    const later = await world.start();

    // Announced again, since the backup does not know that it was.
    await later.line({ msg: 'migration moved', state: 'migrated' });
    expect(await safe.say(`history ${SECOND}`)).toContain(
      `the confirmation of \`${SECOND}\` expired: a backup was restored`,
    );
    expect(await safe.say(`status ${FIRST}`)).toContain('Migrated');
    expect(await safe.say(`status ${SECOND}`)).toContain('Migrated');
    expect(world.startsSent).toBe(2);
  },
);

test.concurrent(
  'after restoring a backup from before a start that Adobe never got, an expired confirmation is not sent',
  PATIENT,
  async (t) => {
    const clock = adobeClock();
    const safe = await startSafe(t, clock);
    const { world } = safe;
    const bot = await world.start();
    await world.migrate(FIRST);
    await t.expect.poll(() => world.startsSent).toBe(1);
    world.adobe.faults.add({ kind: 'hang', ms: 60_000, on: 'start' });
    await world.migrate(SECOND);
    await world.posted(SECOND);
    await safe.backUp();
    clock.advance(1);
    await t.expect.poll(() => world.startsSent).toBe(2);
    await bot.end('SIGKILL');
    expect(safe.backedUp()).toMatchObject({ [SECOND]: 'confirmed' });
    await safe.restore();

    const later = await world.start();

    await later.line({ msg: 'migration moved', state: 'migrated' });
    // It can be requested again, and only a new confirmation sends it.
    const question = await world.ask(SECOND);
    expect(world.startsSent).toBe(2);
    await world.slack.press(ADMIN, question, 'confirm');
    await t.expect.poll(() => world.startsSent).toBe(3);
    clock.advance(1);
    await later.line({ msg: 'migration moved', state: 'migrated' }, 2);
    expect(world.startsSent).toBe(3);
    expect(world.adobe.starts).toHaveLength(2);
  },
);

test.concurrent('the commands tell by their exit codes whether they did it', async (t) => {
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
