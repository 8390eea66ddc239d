import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { backUp } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { ADMIN, DATA } from '../support/people.ts';
import { buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const FIRST = 'airflow-dev';
const SECOND = 'etl-dev';
/** Seconds: longer than the steps of a test, shorter than a migration may take. */
const LONG = 200;

/** A world whose database is lost, or backed up and restored as documented. */
class Safe {
  readonly world: World;
  readonly #settings: { readonly kind: 'sqlite'; readonly path: string };

  constructor(world: World, path: string) {
    this.world = world;
    this.#settings = { kind: 'sqlite', path };
  }

  get #backup(): string {
    return `${this.#settings.path}.backup`;
  }

  async backUp(): Promise<void> {
    await backUp(this.#settings, this.#backup);
  }

  /** Stops the bot and replaces its database with the backup. */
  async restore(): Promise<void> {
    await this.world.stop();
    await restore(this.#settings, this.#backup, this.world.clock.now());
  }

  /** Stops the bot and removes its database. */
  async lose(): Promise<void> {
    await this.world.stop();
    const { path } = this.#settings;
    for (const end of ['', '-wal', '-shm']) await rename(path + end, `${path}.lost${end}`).catch(() => {});
  }

  /** The states of migrations in the backup, by name. */
  backedUp(): Record<string, unknown> {
    using database = new DatabaseSync(this.#backup, { readOnly: true });
    const rows = database.prepare('select shown, state from migrations').all();
    return Object.fromEntries(rows.map(({ shown, state }) => [JSON.parse(String(shown)).name, state]));
  }

  /** Asks to migrate; returns the value of the button that confirms. */
  async ask(name: string): Promise<string> {
    return confirmValue(await this.world.say(ADMIN, `migrate ${name}`));
  }

  /** The reply to a press on an earlier button, which Slack may no longer show. */
  async press(value: string): Promise<string> {
    return (await this.world.forge(ADMIN, 'confirm', value)).text;
  }

  /** Asks, and confirms by the question in Slack; returns the value of its button. `asked`: called in between. */
  async confirm(name: string, asked = async () => {}): Promise<string> {
    const question = await this.world.say(ADMIN, `migrate ${name}`);
    await asked();
    await this.world.press(ADMIN, question, 'confirm');
    return confirmValue(question);
  }

  async say(text: string): Promise<string> {
    return (await this.world.say(ADMIN, text)).text;
  }
}

function confirmValue(question: SeenMessage): string {
  return String(buttonsOf(question).find(({ id }) => id === 'confirm')?.value);
}

async function startSafe(migrationSeconds = 40): Promise<Safe> {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'qs-creds.db');
  const seed = seedOf(credential(FIRST), credential(SECOND));
  const world = await startWorld({ seed, migrationSeconds, env: { DATABASE_URL: `file:${path}` } });
  return new Safe(world, path);
}

/** Restores a backup made between a question and its confirmation. @returns the value of the button that confirmed */
async function migratedSince(safe: Safe): Promise<string> {
  const value = await safe.confirm(FIRST, () => safe.backUp());
  await safe.world.until(MIGRATED);
  expect(safe.backedUp()).toEqual({ [FIRST]: 'asked' });
  await safe.restore();
  return value;
}

test('after losing the database, migrated credentials are shown and old buttons do nothing', async () => {
  const safe = await startSafe();
  const { world } = safe;
  const asked = await safe.ask(SECOND);
  const confirmed = await safe.confirm(FIRST);
  await world.until(MIGRATED);
  await safe.lose();

  await world.start();
  await world.logged('sync done', 2);

  expect(await safe.say(`status ${FIRST}`)).toContain('Migrated');
  expect(await safe.say(`migrate ${FIRST}`)).toContain('is already migrated');
  expect(await safe.press(confirmed)).toContain('is no longer known here');
  expect(await safe.press(asked)).toContain('is no longer known here');
  expect(await safe.say('status')).toContain('No migration is running.');
  expect(world.startsSent).toBe(1);
});

test('after restoring a backup from before the confirmation, the question is void', async () => {
  const safe = await startSafe();
  const { world } = safe;
  const value = await migratedSince(safe);

  await world.start();
  await world.logged('sync done', 2);

  expect(await safe.press(value)).toContain(
    'is no longer valid: according to Adobe, its migration was begun or completed',
  );
  expect(await safe.say(`migrate ${FIRST}`)).toContain('is already migrated');
  expect(world.startsSent).toBe(1);
});

test('after restoring a backup from before the confirmation, confirming before the first sync starts nothing again', async () => {
  const safe = await startSafe();
  const { world } = safe;
  const value = await migratedSince(safe);
  world.adobe.faults.add({ kind: 'hang', ms: 60_000, on: 'accounts' });
  const moved = world.timesLogged('migration moved');

  await world.start();
  // According to the backup, the credential is still eligible.
  await world.slack.forgePress(ADMIN, { action_id: 'confirm', value }, { channel: { id: DATA } });

  await world.logged('migration moved', moved + 1);
  expect(await safe.say(`status ${FIRST}`)).toContain('Migrated');
  expect(world.timesLogged('sync done')).toBe(1);
  expect(world.startsSent).toBe(1);
});

test('after restoring a backup from between the confirmation and the start, a migration that was sent is read from Adobe, and one that was not has expired', async () => {
  const safe = await startSafe(LONG);
  const { world } = safe;
  await safe.confirm(FIRST);
  await safe.confirm(SECOND);
  await expect.poll(() => world.startsSent).toBe(1);
  await safe.backUp();
  await world.until(/^✅ \*Migrated\*: `etl-dev`/);
  expect(world.startsSent).toBe(2);
  expect(safe.backedUp()).toEqual({ [FIRST]: expect.stringMatching('submitted|running'), [SECOND]: 'confirmed' });
  await safe.restore();

  await world.start();
  await world.logged('sync done', 2);

  await expect.poll(() => safe.say(`status ${FIRST}`)).toContain('Migrated');
  expect(await safe.say(`history ${SECOND}`)).toContain(
    `the confirmation of \`${SECOND}\` expired, because a backup was restored`,
  );
  expect(await safe.say(`status ${SECOND}`)).toContain('Migrated');
  expect(world.startsSent).toBe(2);
});

test('after restoring a backup from before a start that Adobe never received, an expired confirmation is not sent', async () => {
  const safe = await startSafe(LONG);
  const { world } = safe;
  await safe.confirm(FIRST);
  await expect.poll(() => world.startsSent).toBe(1);
  world.adobe.faults.add({ kind: 'hang', ms: 60_000, on: 'start' });
  await safe.confirm(SECOND);
  await safe.backUp();
  await world.until(/^✅ \*Migrated\*: `airflow-dev`/);
  await expect.poll(() => world.startsSent).toBe(2);
  expect(safe.backedUp()).toMatchObject({ [SECOND]: 'confirmed' });
  await safe.restore();

  await world.start();
  await world.logged('sync done', 2);

  // The migration can be requested again, and only a new confirmation sends it.
  const question = await world.say(ADMIN, `migrate ${SECOND}`);
  expect(world.startsSent).toBe(2);
  await world.press(ADMIN, question, 'confirm');
  await world.until(/^✅ \*Migrated\*: `etl-dev`/);
  expect(world.startsSent).toBe(3);
  expect(world.adobe.starts).toHaveLength(2);
});
