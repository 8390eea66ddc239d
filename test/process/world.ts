import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIMULATED_CLIENT, SimulatedAdobe, type SimulatedAdobeOptions } from '../../playground/adobe/server.ts';
import { spawnBot } from '../../playground/bot/spawn.ts';
import { LocalSlack } from '../../playground/slack/local-slack.ts';
import type { LocalSlackOptions } from '../../playground/slack/options.ts';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { PEOPLE } from '../../playground/slack/users.ts';
import { ACK_LIMIT_MS } from '../support/effort.ts';
import { ADMIN } from '../support/people.ts';

export const CHANNEL = 'C0DATA0001';

/** Secrets that must never be seen outside the environment; easy to recognise in any output. */
export const SECRETS = {
  botToken: 'xoxb-process-bot-token',
  appToken: 'xapp-process-app-token',
  signingSecret: 'process-signing-secret',
  clientSecret: SIMULATED_CLIENT.clientSecret,
};

/** Credentials outside production, for which one press of Migrate confirms. */
export const FIRST = 'airflow-dev';
export const SECOND = 'qa-regression';

/** One line of the bot's log. */
type Line = Readonly<Record<string, unknown>>;

export type Settings = Readonly<Record<string, string>>;

/** How long to wait for a line of the log; generous for busy machines. Milliseconds. */
const LINE_MS = 180_000;
/** How often a person asks again before they give up. */
const MAX_ASKS = 3;

/** A process of the bot, with all its output. */
export class Bot {
  readonly #child: ReturnType<typeof spawnBot>;
  /** Resolves with the exit code once all output has arrived; null: ended by a signal. */
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';
  #over = false;
  #waiting: (() => void)[] = [];

  constructor(settings: Settings, root?: string) {
    this.#child = spawnBot(settings, root);
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#changed();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (code) => {
        this.#over = true;
        this.#changed();
        resolve(code);
      }),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  #changed(): void {
    for (const look of this.#waiting.splice(0)) look();
  }

  /** Every whole line so far, oldest first. Each must be JSON. */
  get lines(): Line[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** Every whole line so far with these fields. */
  linesWith(fields: Line): Line[] {
    const wanted = Object.entries(fields);
    return this.lines.filter((line) => wanted.every(([key, value]) => line[key] === value));
  }

  /** The first or `nth` line with these fields, waited for if necessary. @throws when it does not come */
  async line(fields: Line, nth = 1): Promise<Line> {
    const late = setTimeout(() => this.#changed(), LINE_MS);
    const until = performance.now() + LINE_MS;
    try {
      for (;;) {
        const found = this.linesWith(fields)[nth - 1];
        if (found !== undefined) return found;
        if (this.#over || performance.now() >= until) {
          throw new Error(`no line with ${JSON.stringify(fields)}\n${this.stdout}${this.stderr}`);
        }
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(late);
    }
  }

  /** The address it listens on, once it runs. */
  async address(): Promise<string> {
    const { port } = await this.line({ msg: 'qs-creds is running' });
    return `http://127.0.0.1:${port}`;
  }

  /** Suspends or resumes the process. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended;
  }
}

/** Registers something to be done at the end. */
export type AtEnd = (done: () => Promise<void>) => void;

/** A workspace with the playground's people; on a free port if `port` is 0. */
export async function openSlack(
  port: number,
  atEnd: AtEnd,
  options: Partial<LocalSlackOptions> = {},
): Promise<{ slack: LocalSlack; apiUrl: string }> {
  const slack = new LocalSlack({
    signingSecret: SECRETS.signingSecret,
    botToken: SECRETS.botToken,
    appToken: SECRETS.appToken,
    users: PEOPLE,
    channels: [{ id: CHANNEL, name: 'data-platform', members: PEOPLE.map(({ id }) => id) }],
    ackLimitMs: ACK_LIMIT_MS,
    ...options,
  });
  const { apiUrl } = await slack.start(port);
  atEnd(() => slack.stop());
  return { slack, apiUrl };
}

export interface WorldOptions {
  readonly mode?: 'http' | 'socket';
  readonly adobe?: SimulatedAdobeOptions;
  readonly slack?: Partial<LocalSlackOptions>;
}

/** Both stand-ins and a folder for the database; `atEnd` receives a function that removes each. */
export async function openWorld(
  atEnd: AtEnd,
  { mode = 'http', adobe: adobeOptions, slack: slackOptions }: WorldOptions,
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-test-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const adobe = new SimulatedAdobe({ migrationSeconds: 1, ...adobeOptions });
  const { url } = await adobe.start();
  atEnd(() => adobe.stop());
  const { slack, apiUrl } = await openSlack(0, atEnd, slackOptions);
  const settings = {
    PORT: '0',
    LISTEN_ADDRESS: '127.0.0.1',
    SLACK_BOT_TOKEN: SECRETS.botToken,
    SLACK_API_URL: apiUrl,
    ADOBE_CLIENT_ID: SIMULATED_CLIENT.clientId,
    ADOBE_CLIENT_SECRET: SECRETS.clientSecret,
    ADOBE_ORG_ID: SIMULATED_CLIENT.orgId,
    ADOBE_IMS_URL: url,
    ADOBE_PLATFORM_URL: url,
    ADOBE_CONSOLE_URL: url,
    ADOBE_SANDBOXES: 'prod,dev,stage',
    DATABASE_URL: `file:${join(folder, 'qs-creds.db')}`,
    MIGRATION_POLL_SECONDS: '0.2',
    // Far in the future: a due reminder would make the bot read Adobe again.
    DEADLINE: '2099-12-31',
    // Only on a leap day: a scheduled sync must not read Adobe during a test, not even on a quarter hour.
    SYNC_CRON: '0 0 29 2 *',
    ...(mode === 'http' ? { SLACK_SIGNING_SECRET: SECRETS.signingSecret } : { SLACK_APP_TOKEN: SECRETS.appToken }),
  };
  return new World(adobe, slack, settings, atEnd);
}

export class World {
  readonly adobe: SimulatedAdobe;
  readonly slack: LocalSlack;
  /** The settings of a working bot. */
  readonly settings: Settings;

  readonly #atEnd: AtEnd;

  constructor(adobe: SimulatedAdobe, slack: LocalSlack, settings: Settings, atEnd: AtEnd) {
    this.adobe = adobe;
    this.slack = slack;
    this.settings = settings;
    this.#atEnd = atEnd;
  }

  /** Starts a process and waits for nothing; it is killed at the end. */
  spawn(changes: Settings = {}, root?: string): Bot {
    const bot = new Bot({ ...this.settings, ...changes }, root);
    this.#atEnd(async () => void (await bot.end('SIGKILL')));
    return bot;
  }

  /** Starts a process, has Slack send its requests there, and waits until it has read Adobe. */
  async start(changes: Settings = {}): Promise<Bot> {
    const bot = this.spawn(changes);
    await this.speakTo(bot);
    await bot.line({ msg: 'sync done' });
    return bot;
  }

  /** HTTP mode: Slack's requests go to this process from now on. */
  async speakTo(bot: Bot): Promise<void> {
    const address = await bot.address();
    if ('SLACK_SIGNING_SECRET' in this.settings) this.slack.appUrl = `${address}/slack/events`;
  }

  /** Messages in the channel, as the admin sees them. */
  get messages(): readonly SeenMessage[] {
    return this.slack.messagesSeenBy(ADMIN, CHANNEL);
  }

  /** The ordinary messages with all of these words, without thread replies that are also shown in the channel. */
  postedAbout(...words: string[]): SeenMessage[] {
    const hasAll = (text: string) => words.every((word) => text.includes(word));
    return this.messages.filter(({ ephemeral, threadTs, text }) => !ephemeral && threadTs === null && hasAll(text));
  }

  /** Waits for the first of those. */
  async posted(...words: string[]): Promise<SeenMessage> {
    return this.slack.waitFor(() => this.postedAbout(...words)[0], { what: words.join(' ') });
  }

  /** Asks to migrate, and again if a busy machine made a call fail, but not forever. Returns where the question is. */
  async ask(name: string): Promise<{ channel: string; ts: string }> {
    const replies = (words: string) => this.messages.filter(({ ephemeral, text }) => ephemeral && text.includes(words));
    const failures = () => replies('Something went wrong on our side; this started nothing.').length;
    const question = () => replies(`Migrate \`${name}\`?`)[0];
    const what = `the question about ${name}`;
    for (let attempt = 0; attempt < MAX_ASKS; attempt++) {
      const before = failures();
      await this.slack.command(ADMIN, CHANNEL, `migrate ${name}`);
      await this.slack.waitFor(() => question() ?? failures() > before, { what });
      const { channel, ts } = question() ?? {};
      if (channel !== undefined && ts !== undefined) return { channel, ts };
    }
    throw new Error(`the bot failed ${MAX_ASKS} times to ask about ${name}`);
  }

  /** Asks and confirms. */
  async migrate(name: string): Promise<void> {
    await this.slack.press(ADMIN, await this.ask(name), 'confirm');
  }

  /** How often a start was sent, whatever its outcome. */
  get startsSent(): number {
    return this.adobe.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/migrate')).length;
  }
}
