import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { type Engine, freshDatabase } from '../chaos/databases.ts';
import { POSTGRES } from '../db/setup.ts';
import { ADMIN, type Bot, FIRST, SECOND, startWorld, type World } from './setup.ts';

const server = process.env['TEST_POSTGRES_URL'];

/** How long a migration takes here. Milliseconds. */
const MIGRATION_MS = 3_000;

describe('several instances', () => {
  describe('SQLite', () => suite('sqlite'));
  describe.skipIf(server === undefined)(POSTGRES, () => suite('postgres'));
});

function suite(engine: Engine) {
  /** Starts three processes at the same moment on an empty database, and waits until one of them has read Adobe. */
  async function startThree(): Promise<{ world: World; bots: readonly [Bot, Bot, Bot] }> {
    const world = await startWorld({ adobe: { migrationSeconds: MIGRATION_MS / 1_000 } });
    const { url } = await freshDatabase(engine, server ?? '', onTestFinished);
    const spawn = () => world.spawn({ DATABASE_URL: url });
    const bots = [spawn(), spawn(), spawn()] as const;
    await Promise.all(bots.map((bot) => bot.address()));
    await Promise.any(bots.map((bot) => bot.line({ msg: 'sync done' })));
    return { world, bots };
  }

  /** Runs `act` while Slack sends its requests to this instance. */
  async function by<T>(world: World, bot: Bot, act: () => Promise<T>): Promise<T> {
    await world.speakTo(bot);
    return act();
  }

  /** The instance that works through the queue, once a migration is under way, and the others. */
  async function holder(world: World, bots: readonly Bot[]): Promise<{ holder: Bot; others: Bot[] }> {
    await world.posted('Migrating', FIRST, ' s of about ');
    const moved = { msg: 'migration moved', state: 'submitted' };
    const found = await Promise.any(bots.map(async (bot) => bot.line(moved).then(() => bot)));
    const senders = bots.filter((bot) => bot.linesWith(moved).length > 0);
    if (senders.length > 1) throw new Error('several instances have sent the start');
    return { holder: found, others: bots.filter((bot) => bot !== found) };
  }

  test('several instances can start on an empty database at the same moment, and any of them can receive any press', async () => {
    const { world, bots } = await startThree();
    const [one, two, three] = bots;
    const first = await by(world, one, () => world.ask(FIRST));
    const second = await by(world, two, () => world.ask(SECOND));

    await by(world, three, () => world.slack.press(ADMIN, first, 'confirm'));
    await by(world, one, () => world.slack.press(ADMIN, second, 'confirm'));

    await world.posted('*Migrated*', FIRST);
    await world.posted('*Migrated*', SECOND);
    // The queue is shared by all instances: Adobe never has two migrations under way.
    const [start, next] = world.adobe.starts.map(({ at }) => Number(at));
    expect(Number(next) - Number(start)).toBeGreaterThanOrEqual(MIGRATION_MS);
    expect(world.startsSent).toBe(2);
    expect(world.postedAbout(FIRST)).toHaveLength(1);
  });

  test('another instance shows the end of a migration when one is killed', async () => {
    const { world, bots } = await startThree();
    await by(world, bots[0], () => world.migrate(FIRST));
    const { holder: dead } = await holder(world, bots);

    await dead.end('SIGKILL');

    await world.posted('*Migrated*', FIRST);
    expect(world.startsSent).toBe(1);
    expect(world.postedAbout(FIRST)).toHaveLength(1);
  });

  test('another instance continues a migration when one is stopped', async () => {
    const { world, bots } = await startThree();
    await by(world, bots[0], () => world.migrate(FIRST));
    await by(world, bots[1], () => world.migrate(SECOND));
    const { holder: stopped, others } = await holder(world, bots);

    expect(await stopped.end('SIGTERM')).toBe(0);
    await Promise.any(others.map((bot) => bot.line({ msg: 'migration moved' })));
    await world.posted('*Migrated*', FIRST);
    await world.posted('*Migrated*', SECOND);
    expect(world.startsSent).toBe(2);
  });

  test('an instance does not start on a database of a newer version, and says so', async ({ onTestFinished }) => {
    const world = await startWorld();
    const { url, settings } = await freshDatabase(engine, server ?? '', onTestFinished);
    const db = await openDatabase(settings);
    await sql`insert into schema_changes (name, timestamp) values ('999_later', '2099')`.execute(db);
    await db.destroy();

    const bot = world.spawn({ DATABASE_URL: url });

    expect(await bot.ended).toBe(1);
    expect(bot.stderr).toContain('a newer version of qs-creds (999_later): start that version.');
    expect(bot.stdout).not.toContain('qs-creds is running');
  });
}
