import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIMULATED_CLIENT, SimulatedAdobe } from './adobe/server.ts';
import { BotProcess } from './bot/process.ts';
import { readManifest } from './manifest.ts';
import { PlaygroundPanel } from './panel/panel.ts';
import { hintsOf, SCENES, type Scene, type SceneName } from './scenes.ts';
import { LocalSlack } from './slack/local-slack.ts';
import { PEOPLE } from './slack/users.ts';
import { TimeMachine } from './time/time-machine.ts';
import { timeline } from './time/timeline.ts';

const SIGNING_SECRET = 'playground-signing-secret';
const BOT_TOKEN = 'xoxb-playground';
const CHANNEL = 'C0DATA0001';
const EVERYONE = PEOPLE.map(({ id }) => id);

/** The bot's reminder settings; the time machine stops at each reminder. */
const REMINDERS = { deadline: '2025-06-30', days: [60, 30, 14, 7, 3, 2, 1, 0], timeZone: 'UTC', cron: '0 9 * * 1-5' };

export interface Playground {
  /** The page's address. */
  readonly url: string;
  /** The bot's log; deleted when the playground stops. */
  readonly logFile: string;
  /** Stops everything and deletes its files. */
  stop(): Promise<void>;
}

/**
 * Starts a local Slack, a simulated Adobe and the real bot between them, on one movable clock.
 * @throws {Error} when the port is in use
 */
export async function startPlayground(options: { port: number; scene: SceneName }): Promise<Playground> {
  const scene: Scene = SCENES[options.scene];
  const time = new TimeMachine(scene.start, REMINDERS);
  const seed = scene.seed();
  const adobe = new SimulatedAdobe({ clock: time, seed });
  for (const fault of scene.faults ?? []) adobe.switchFault(fault, true);
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-playground-'));
  const databaseFile = join(folder, 'qs-creds.db');
  const logFile = join(folder, 'bot.log');

  const settings: Record<string, string> = {
    PORT: '0',
    LISTEN_ADDRESS: '127.0.0.1',
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    ADOBE_CLIENT_ID: SIMULATED_CLIENT.clientId,
    ADOBE_CLIENT_SECRET: SIMULATED_CLIENT.clientSecret,
    ADOBE_ORG_ID: SIMULATED_CLIENT.orgId,
    ADOBE_SCOPES: SIMULATED_CLIENT.scopes.join(','),
    ADOBE_SANDBOXES: 'prod,dev,stage',
    DATABASE_URL: `file:${databaseFile}`,
    DEADLINE: REMINDERS.deadline,
    REMINDER_CHANNEL: CHANNEL,
    REMINDER_CRON: REMINDERS.cron,
    REMINDER_DAYS: REMINDERS.days.join(','),
    REMINDER_TIMEZONE: REMINDERS.timeZone,
    LOG_LEVEL: 'debug',
    ...scene.settings,
  };
  const bot = new BotProcess({
    settings,
    logFile,
    aheadMs: () => time.aheadMs,
    onListening: (port) => {
      slack.appUrl = `http://127.0.0.1:${port}/slack/events`;
    },
    onChange: () => panel.changed(),
  });
  const panel = new PlaygroundPanel({
    scene: { name: options.scene, about: scene.about },
    time,
    deadline: REMINDERS.deadline,
    timeZone: REMINDERS.timeZone,
    windows: () => timeline(REMINDERS, time.now(), databaseFile),
    bot,
    adobe,
    slack: () => slack,
  });
  adobe.onChange(() => panel.changed());
  const slack = new LocalSlack({
    signingSecret: SIGNING_SECRET,
    botToken: BOT_TOKEN,
    users: PEOPLE,
    channels: [
      { id: CHANNEL, name: 'data-platform', members: EVERYONE },
      { id: 'C0RANDOM01', name: 'random', members: EVERYONE, botIsMember: false },
    ],
    clock: () => time.now(),
    pageDir: join(import.meta.dirname, 'page'),
    panel,
    hints: hintsOf(scene, seed),
    shownApp: readManifest(),
  });

  async function stop(): Promise<void> {
    await bot.stop();
    await Promise.all([slack.stop(), adobe.stop()]);
    await rm(folder, { recursive: true, force: true });
  }

  try {
    const page = await slack.start(options.port);
    const { url } = await adobe.start();
    settings['SLACK_API_URL'] = page.apiUrl;
    // There is no Adobe page here: its buttons are in the panel.
    settings['ADOBE_UI_URL'] = page.url;
    for (const name of ['ADOBE_IMS_URL', 'ADOBE_PLATFORM_URL', 'ADOBE_CONSOLE_URL']) settings[name] = url;
    await bot.start();
    return { url: page.url, logFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
