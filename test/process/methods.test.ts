import { describe, expect, onTestFinished, test } from 'vitest';
import type { Operation } from '../../playground/adobe/faults.ts';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { ACTIONS } from '../../src/slack/ids.ts';
import { type Engine, freshDatabase } from '../chaos/databases.ts';
import { Referee } from '../contract/referee.ts';
import { POSTGRES } from '../db/setup.ts';
import { IS_CI } from '../support/effort.ts';
import { ADMIN, type Bot, CHANNEL, FIRST, SECOND, type Settings, startWorld, type World } from './setup.ts';
import type { AtEnd } from './world.ts';

/** Operations that change something at Adobe. */
const CHANGES = ['start', 'binding', 'finalize', 'unbinding'];
const BOUND = '*Both credentials exist now*';
const TO_PRESS = '*Press Migrate in Adobe*';

/** A process between local Slack and simulated Adobe that dies and is restarted; the referee checks all its calls. */
class Stage {
  readonly world: World;
  readonly referee: Referee;
  readonly #settings: Settings;
  #bot: Bot | null = null;

  constructor(world: World, referee: Referee, settings: Settings) {
    this.world = world;
    this.referee = referee;
    this.#settings = settings;
  }

  async start(): Promise<void> {
    this.#bot = await this.world.start(this.#settings);
  }

  async kill(): Promise<void> {
    await this.#bot?.end('SIGKILL');
  }

  /** Kills the process once Adobe has accepted the request that `act` leads to, before the response. */
  async diesAt(on: Operation, act: () => Promise<unknown>): Promise<void> {
    const { adobe } = this.world;
    const before = adobe.consoleChanges.length;
    adobe.faults.add({ kind: 'slow', ms: 60_000, on });
    await this.diesOnce(() => adobe.consoleChanges.length > before, act);
  }

  /** Kills the process as soon as `isSo` holds at Adobe, as `act` brings about. */
  async diesOnce(isSo: () => boolean, act: () => Promise<unknown>): Promise<void> {
    const reached = Promise.withResolvers<void>();
    this.world.adobe.onChange(() => {
      if (isSo()) reached.resolve();
    });
    await act();
    await reached.promise;
    await this.kill();
  }

  /** Waits for the latest ephemeral reply to the admin with these words. */
  async reply(words: string): Promise<{ channel: string; ts: string }> {
    const found = () => this.world.messages.findLast(({ ephemeral, text }) => ephemeral && text.includes(words));
    return this.world.slack.waitFor(found, { what: words });
  }

  async command(text: string, words: string): Promise<{ channel: string; ts: string }> {
    await this.world.slack.command(ADMIN, CHANNEL, text);
    return this.reply(words);
  }

  async press(on: { channel: string; ts: string }, action: string): Promise<void> {
    expect(await this.world.slack.press(ADMIN, on, action)).toMatchObject({ status: 200 });
  }

  /** How often each operation that changes something reached Adobe. */
  get sent(): Record<string, number> {
    const changes = this.referee.exchanges.filter(({ operation }) => CHANGES.includes(operation));
    const byName = [...Map.groupBy(changes, ({ operation }) => operation)];
    return Object.fromEntries(byName.map(([name, all]) => [name, all.length]));
  }

  /** Asserts that each call was as Adobe publishes it, and that the history reports no change from outside. */
  async judge(): Promise<void> {
    expect([...this.referee.violations]).toEqual([]);
    const { ts } = await this.command('history', 'asked to migrate');
    expect(this.world.messages.find((message) => message.ts === ts)?.text).not.toContain('outside');
  }
}

async function setStage(atEnd: AtEnd, settings: Settings): Promise<Stage> {
  const world = await startWorld({ onTestFinished: atEnd });
  const referee = new Referee();
  const urls = await referee.start();
  atEnd(async () => referee.stop());
  referee.upstream = world.adobe.url;
  const stage = new Stage(world, referee, { ...urls, ...settings });
  await stage.start();
  return stage;
}

describe.concurrent('a process that dies at any moment of a migration sends each request once and reports the end:', () => {
  test('developer-console, killed before the responses to adding, finishing and undoing', async ({
    onTestFinished,
  }) => {
    const stage = await setStage(onTestFinished, { MIGRATION_METHOD: 'developer-console' });
    const { world } = stage;
    const begin = async (name: string) =>
      stage.press(await stage.command(`migrate ${name}`, `Begin the migration of \`${name}\`?`), ACTIONS.confirm);
    await stage.diesAt('binding', () => begin(FIRST));
    await stage.start();
    await stage.press(await world.posted(BOUND, FIRST), ACTIONS.finish);
    const question = await stage.reply(`Finish the migration of \`${FIRST}\`?`);
    await stage.diesAt('finalize', () => stage.press(question, ACTIONS.confirm));
    await stage.start();
    await world.posted('*Migrated*', FIRST);
    await begin(SECOND);
    const bound = await world.posted(BOUND, SECOND);
    await stage.diesAt('unbinding', () => stage.press(bound, ACTIONS.undo));
    await stage.start();
    await world.posted('*Undone*', SECOND);

    expect(stage.sent).toEqual({ binding: 2, finalize: 1, unbinding: 1 });
    await stage.judge();
  });

  test('hand-off, killed before and while it waits for a person to press Migrate, which happens meanwhile', async ({
    onTestFinished,
  }) => {
    const stage = await setStage(onTestFinished, { MIGRATION_METHOD: 'hand-off' });
    const { world } = stage;
    const question = await world.ask(FIRST);
    // The process dies while it reads Adobe's state, which it does right before the hand-over.
    world.adobe.faults.add({ kind: 'hang', ms: 60_000, on: 'status' });
    const before = world.adobe.calls.length;
    await stage.diesOnce(
      () => world.adobe.calls.slice(before).some(({ path }) => path.endsWith('/status')),
      () => stage.press(question, ACTIONS.confirm),
    );
    await stage.start();
    await world.posted(TO_PRESS, FIRST);
    // By the time the process has read Adobe's state twice more, it has recorded where the message is.
    const reads = () => world.adobe.calls.filter(({ path }) => path.endsWith('/status')).length;
    const posted = reads();
    await expect.poll(reads).toBeGreaterThan(posted + 1);
    await stage.kill();
    world.adobe.migrateElsewhere(technicalAccountIdOf(FIRST));
    await stage.start();
    await world.posted('*Migrated*', FIRST);

    expect(stage.sent).toEqual({});
    // Killed right after Slack accepted its first message, the process posts another one; only one of them is edited.
    expect(world.postedAbout('*Migrated*', FIRST)).toHaveLength(1);
    expect(world.postedAbout(TO_PRESS, FIRST)).toEqual([]);
    await stage.judge();
  });

  test('query-service, with a lost response, and without such a path at Adobe: Finish in Adobe', async ({
    onTestFinished,
  }) => {
    const stage = await setStage(onTestFinished, {});
    const { world } = stage;
    world.adobe.faults.add({ kind: 'lose-response', on: 'start' });
    await world.migrate(SECOND);
    await world.posted('*Migrated*', SECOND);
    world.adobe.switchFault('no-migrate-path', true);
    await world.migrate(FIRST);
    const failed = await world.posted('*Not migrated*', FIRST, '*Finish in Adobe*');
    await stage.kill();
    await stage.start();
    await stage.press(failed, ACTIONS.finishInAdobe);
    await world.posted(TO_PRESS, FIRST);
    await stage.kill();
    await stage.start();
    world.adobe.migrateElsewhere(technicalAccountIdOf(FIRST));
    await world.posted('*Migrated*', FIRST);

    expect(stage.sent).toEqual({ start: 2 });
    expect(world.postedAbout(FIRST)).toHaveLength(1);
    await stage.judge();
  });
});

describe('if pressed on two instances at the same moment, each step is sent once', () => {
  const server = process.env['TEST_POSTGRES_URL'];
  test.runIf(IS_CI)('SQLite', () => pressTwice('sqlite'));
  test.skipIf(server === undefined)(POSTGRES, () => pressTwice('postgres'));

  async function pressTwice(engine: Engine): Promise<void> {
    const world = await startWorld();
    const { url } = await freshDatabase(engine, server ?? '', onTestFinished);
    const settings = { MIGRATION_METHOD: 'developer-console', DATABASE_URL: url };
    const bots = [await world.start(settings), world.spawn(settings)];
    const addresses = await Promise.all(bots.map((bot) => bot.address()));
    const stage = new Stage(world, new Referee(), settings);
    /** Presses the button twice at each instance. */
    const atBoth = (on: { channel: string; ts: string }, action: string) =>
      Promise.all(
        [...addresses, ...addresses].map((address) => {
          // A request goes to the address that is set when it is sent.
          world.slack.appUrl = `${address}/slack/events`;
          return stage.press(on, action);
        }),
      );
    for (const name of [FIRST, SECOND]) {
      await atBoth(await stage.command(`migrate ${name}`, `Begin the migration of \`${name}\`?`), ACTIONS.confirm);
      await world.posted(BOUND, name);
    }
    await atBoth(await world.posted(BOUND, FIRST), ACTIONS.undo);
    await world.posted('*Undone*', FIRST);
    await stage.press(await world.posted(BOUND, SECOND), ACTIONS.finish);
    await atBoth(await stage.reply(`Finish the migration of \`${SECOND}\`?`), ACTIONS.confirm);
    await world.posted('*Migrated*', SECOND);

    expect(world.adobe.consoleChanges.map(({ what }) => what)).toEqual(['begin', 'begin', 'cancel', 'finish']);
    const sent = world.adobe.calls.filter(({ method, path }) => method !== 'GET' && path.startsWith('/console/'));
    expect(sent).toHaveLength(4);
  }
});
