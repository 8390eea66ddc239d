import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SIMULATED_CLIENT, SimulatedAdobe, type SimulatedAdobeOptions } from '../../playground/adobe/server.ts';
import { LocalSlack } from '../../playground/slack/local-slack.ts';
import type { LocalSlackOptions } from '../../playground/slack/options.ts';
import { PEOPLE } from '../../playground/slack/users.ts';
import { runDoctor } from '../../src/doctor/run.ts';
import { SystemTimer } from '../../src/lib/clock.ts';

export const CHANNEL = 'C0DATA0001';
/** A channel without the app. */
export const OTHER_CHANNEL = 'C0OTHER001';
/** An address where nothing listens. A well-known closed port is no help, since `fetch` refuses it. */
export async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

const TOKENS = { botToken: 'xoxb-doctor-bot-token', appToken: 'xapp-doctor-app-token' };

/** One check in the document that `--json` prints. */
export interface Check {
  readonly id: string;
  readonly ok: boolean | null;
  readonly title: string;
  readonly detail: string;
  readonly fix: string | null;
}

type Env = Readonly<Record<string, string>>;

interface Result {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Both stand-ins, settings that match them, and a folder for files, all removed when the test ends. */
export async function startClinic({
  adobe: adobeOptions,
  slack: slackOptions,
}: {
  readonly adobe?: SimulatedAdobeOptions;
  readonly slack?: Partial<LocalSlackOptions>;
} = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-doctor-'));
  const adobe = new SimulatedAdobe(adobeOptions);
  const members = PEOPLE.map(({ id }) => id);
  const slack = new LocalSlack({
    ...TOKENS,
    signingSecret: 'doctor-signing-secret',
    users: PEOPLE,
    channels: [
      { id: CHANNEL, name: 'data-platform', members },
      { id: OTHER_CHANNEL, name: 'random', members, botIsMember: false },
    ],
    ...slackOptions,
  });
  const [{ url }, { apiUrl }] = await Promise.all([adobe.start(), slack.start()]);
  onTestFinished(async () => {
    await Promise.all([adobe.stop(), slack.stop(), rm(folder, { recursive: true, force: true })]);
  });
  const settings: Env = {
    SLACK_BOT_TOKEN: TOKENS.botToken,
    SLACK_APP_TOKEN: TOKENS.appToken,
    SLACK_API_URL: apiUrl,
    ADOBE_CLIENT_ID: SIMULATED_CLIENT.clientId,
    ADOBE_CLIENT_SECRET: SIMULATED_CLIENT.clientSecret,
    ADOBE_ORG_ID: SIMULATED_CLIENT.orgId,
    ADOBE_IMS_URL: url,
    ADOBE_PLATFORM_URL: url,
    ADOBE_CONSOLE_URL: url,
    ADOBE_SANDBOXES: 'prod,dev,stage',
    DATABASE_URL: `file:${join(folder, 'qs-creds.db')}`,
    REMINDER_CHANNEL: CHANNEL,
  };
  /** `aheadMs`: how far the doctor's clock is ahead of this machine's; `timeoutMs`: the timeout of each check. */
  async function run(
    changes: Env = {},
    args: readonly string[] = [],
    { aheadMs = 0, timeoutMs = 10_000 } = {},
  ): Promise<Result> {
    let output = '';
    let errors = '';
    const code = await runDoctor({ ...settings, ...changes }, args, {
      clock: new SystemTimer({ now: () => new Date(Date.now() + aheadMs) }),
      timeoutMs,
      write: (text) => {
        output += text;
      },
      writeError: (text) => {
        errors += text;
      },
    });
    return { code, output, errors };
  }
  /** The results of all checks, and those that failed. */
  async function examine(changes: Env = {}, options: Parameters<typeof run>[2] = {}) {
    const { code, output } = await run(changes, ['--json'], options);
    const { ok, checks } = JSON.parse(output) as { ok: boolean; checks: Check[] };
    return { code, ok, checks, wrong: checks.filter((check) => check.ok === false) };
  }
  return { adobe, slack, folder, settings, run, examine };
}

export type Clinic = Awaited<ReturnType<typeof startClinic>>;
