import type { AddressInfo } from 'node:net';
import { App, type AppOptions, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { onTestFinished } from 'vitest';
import { LocalSlack } from '../../playground/slack/local-slack.ts';
import type { LocalSlackOptions } from '../../playground/slack/options.ts';
import { PEOPLE } from '../../playground/slack/users.ts';
import { TestClock } from '../support/clock.ts';
import { ADMIN, GUEST, LEFT, MEMBER } from '../support/people.ts';

export { ADMIN, GUEST, LEFT, MEMBER };

/** ADMIN and MEMBER are in it, and the app is. */
export const GENERAL = 'C0GENERAL1';
/** The app is not in it. */
export const OTHERS = 'C0OTHERS01';
export const ARCHIVED = 'C0ARCHIVED';
export const SECRET = 'C0SECRET01';

export const BOT_TOKEN = 'xoxb-local';
export const APP_TOKEN = 'xapp-local';
const SIGNING_SECRET = 'local-signing-secret';

/** A local Slack of its own, stopped when the test ends. */
export async function startSlack(options: Partial<LocalSlackOptions> = {}) {
  const clock = new TestClock('2025-05-01T09:00:00Z');
  const members = [ADMIN, MEMBER];
  const slack = new LocalSlack({
    signingSecret: SIGNING_SECRET,
    botToken: BOT_TOKEN,
    appToken: APP_TOKEN,
    users: PEOPLE,
    channels: [
      { id: GENERAL, name: 'general', members },
      { id: OTHERS, name: 'others', members, botIsMember: false },
      { id: ARCHIVED, name: 'archived', members, isArchived: true },
      { id: SECRET, name: 'secret', members: [ADMIN], isPrivate: true, botIsMember: false },
    ],
    userGroups: [{ id: 'S0MIGRATOR', handle: 'migrators', users: [ADMIN] }],
    clock: clock.now,
    ...options,
  });
  const { url, apiUrl } = await slack.start();
  onTestFinished(() => slack.stop());
  return { slack, clock, url, apiUrl };
}

/** A response of the Web API. */
type ApiResponse = Record<string, unknown> & { ok: boolean; error?: string };

/** Calls the Web API as an app does, with JSON. */
export async function call(apiUrl: string, method: string, args: object = {}, token = BOT_TOKEN) {
  const res = await fetch(`${apiUrl}${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(args),
  });
  const body: ApiResponse = JSON.parse(await res.text());
  return body;
}

/** A real Bolt app in HTTP mode, to which the local Slack delivers. */
export async function startBolt(slack: LocalSlack, apiUrl: string, register: (app: App) => void) {
  const receiver = new HTTPReceiver({ signingSecret: SIGNING_SECRET, logLevel: LogLevel.ERROR });
  const app = await boltApp({ receiver }, apiUrl, register);
  const server = await receiver.start(0);
  const address = server.address() as AddressInfo;
  slack.appUrl = `http://127.0.0.1:${address.port}/slack/events`;
  onTestFinished(async () => void (await app.stop()));
  return app;
}

/** A real Bolt app over Socket Mode, connected. */
export async function startSocketBolt(slack: LocalSlack, apiUrl: string, register: (app: App) => void) {
  const receiver = new SocketModeReceiver({
    appToken: APP_TOKEN,
    logLevel: LogLevel.ERROR,
    // Also the delay before it reconnects.
    clientPingTimeout: 1_000,
    installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
  });
  const app = await boltApp({ receiver }, apiUrl, register);
  await app.start();
  onTestFinished(async () => void (await app.stop()));
  await slack.waitFor(() => slack.socketConnections === 1, { what: 'a Socket Mode connection' });
  return app;
}

async function boltApp(options: AppOptions, apiUrl: string, register: (app: App) => void): Promise<App> {
  const app = new App({
    ...options,
    token: BOT_TOKEN,
    clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 0 } },
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
  });
  await app.init();
  register(app);
  return app;
}

/** A valid section block. */
export function section(text: string) {
  return { type: 'section', text: { type: 'mrkdwn', text } } as const;
}

export function button(actionId: string, value: string, text = 'Press') {
  return { type: 'button', action_id: actionId, value, text: { type: 'plain_text', text } } as const;
}
