import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SIMULATED_CLIENT, SimulatedAdobe } from './adobe/server.ts';
import { startBotProcess } from './bot.ts';
import { LocalSlack } from './slack/local-slack.ts';
import { PEOPLE } from './slack/users.ts';

const SIGNING_SECRET = 'playground-signing-secret';
const BOT_TOKEN = 'xoxb-playground';
const HINTS = [
  '/qs-creds list',
  '/qs-creds migrate',
  '/qs-creds migrate qa-regression',
  '/qs-creds migrate bi-nightly — production: its name has to be typed',
  '/qs-creds status',
  '/qs-creds history',
  '/qs-creds remind preview',
  '/qs-creds remind now — asks first; owners get theirs as a direct message: be one, on the left',
  '/qs-creds remind pause',
  '/qs-creds faq',
  'On the left: the app’s Home, and other people to be.',
];

const { port, deadline } = readArguments();
const folder = await mkdtemp(join(tmpdir(), 'qs-creds-playground-'));
const adobe = new SimulatedAdobe();
const slack = new LocalSlack({
  signingSecret: SIGNING_SECRET,
  botToken: BOT_TOKEN,
  users: PEOPLE,
  channels: [
    { id: 'C0DATA0001', name: 'data-platform', members: PEOPLE.map(({ id }) => id) },
    { id: 'C0RANDOM01', name: 'random', members: PEOPLE.map(({ id }) => id), botIsMember: false },
  ],
  pageDir: join(import.meta.dirname, 'page'),
  hints: HINTS,
});

const page = await slack.start(port).catch((error: unknown) => {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
  process.stderr.write(`Port ${port} is in use. Try: npm run playground -- --port ${port + 1}\n`);
  process.exit(1);
});
const { url: adobeUrl } = await adobe.start();
const log = join(folder, 'bot.log');
const bot = await startBotProcess(
  {
    PORT: '0',
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: page.apiUrl,
    ADOBE_CLIENT_ID: SIMULATED_CLIENT.clientId,
    ADOBE_CLIENT_SECRET: SIMULATED_CLIENT.clientSecret,
    ADOBE_ORG_ID: SIMULATED_CLIENT.orgId,
    ADOBE_SCOPES: SIMULATED_CLIENT.scopes.join(','),
    ADOBE_IMS_URL: adobeUrl,
    ADOBE_PLATFORM_URL: adobeUrl,
    ADOBE_CONSOLE_URL: adobeUrl,
    ADOBE_SANDBOXES: 'prod,dev,stage',
    DATABASE_URL: `file:${join(folder, 'qs-creds.db')}`,
    REMINDER_CHANNEL: 'C0DATA0001',
    DEADLINE: deadline,
    LOG_LEVEL: 'debug',
  },
  log,
);
slack.appUrl = `http://127.0.0.1:${bot.port}/slack/events`;

process.stdout.write(`
  qs-creds playground: ${page.url}

  Open it and type  /qs-creds list  in #data-platform, or  /qs-creds help.
  Reminders: #data-platform has the first digest; -- --days 7 begins a week before the deadline.
  Slack and Adobe are simulated on this machine; nothing leaves it, and nothing of it is kept.
  The bot's log: ${log}
  Ctrl+C ends it.

`);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await bot.stop();
  await Promise.all([slack.stop(), adobe.stop()]);
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
// npm passes no signal on to what it started: whoever ends npm means this too.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void stop();
}, 500);

/** `deadline` is empty for the real one, which has passed. */
function readArguments(): { port: number; deadline: string } {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '4000' }, days: { type: 'string', default: '' } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    refuse('--port takes a number from 0 to 65535: npm run playground -- --port 4000');
  if (values.days === '') return { port, deadline: '' };
  if (!/^\d{1,4}$/.test(values.days))
    refuse('--days takes the days that are left until the deadline: npm run playground -- --days 7');
  const deadline = new Date(Date.now() + Number(values.days) * 24 * 60 * 60 * 1000);
  return { port, deadline: deadline.toISOString().slice(0, 10) };
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
