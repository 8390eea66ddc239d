import { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Settings } from '../config/config.ts';
import { connectionCode } from '../lib/connection-fault.ts';
import { StartError } from '../lib/start-error.ts';
import { slackErrorCode, toTokenError, unreachableWords } from '../slack/errors.ts';
import { SCOPE_USES, SCOPES } from '../slack/health.ts';
import { identify } from '../slack/identity.ts';
import { groupFix } from '../slack/messages/denials.ts';
import { doctorMessage } from '../slack/messages/doctor.ts';
import { APP_TOKEN } from '../slack/socket.ts';
import { SocketConnection } from '../slack/socket-connection.ts';
import type { CheckRun } from './check.ts';
import { bad, good, type Outcome, open } from './outcome.ts';
import { capitalize, outsideText, plainText } from './plain-text.ts';

const TOKEN_SETTINGS = ['SLACK_BOT_TOKEN', 'SLACK_API_URL'];
const REINSTALL = 'at api.slack.com/apps › your app › OAuth & Permissions and reinstall the app.';

/** Source: https://docs.slack.dev/reference/objects/conversation-object */
const Channel = z.object({
  is_member: z.boolean().default(false),
  is_archived: z.boolean().default(false),
  is_read_only: z.boolean().default(false),
  is_thread_only: z.boolean().default(false),
  is_ext_shared: z.boolean().default(false),
  is_pending_ext_shared: z.boolean().default(false),
});

interface Parts {
  readonly clientOptions: webApi.WebClientOptions;
  readonly logger: NonNullable<webApi.WebClientOptions['logger']>;
  /** Whether a message is posted. */
  readonly mayPost: boolean;
}

/** Checks Slack: the token and its scopes, the channel, the people who may migrate, and how requests arrive. */
export async function checkSlack(run: CheckRun, settings: Settings, parts: Parts): Promise<void> {
  const client = new webApi.WebClient(settings.slack.botToken, parts.clientOptions);
  const host = { setting: 'SLACK_API_URL', url: settings.slack.apiUrl };
  const isSocket = settings.slack.mode.kind === 'socket';
  let scopes: readonly string[] | undefined;
  await run.run({ id: 'slack-token', title: 'SLACK_BOT_TOKEN', settings: TOKEN_SETTINGS, host }, async () => {
    ({ scopes } = await identify(client));
    return good('Slack accepts it');
  });
  await run.run({ id: 'slack-scopes', title: 'Scopes of the bot token', needs: ['slack-token'] }, async () =>
    scopesOutcome(scopes),
  );
  const { channel } = settings.reminders;
  const channelCheck = { title: 'REMINDER_CHANNEL', settings: ['REMINDER_CHANNEL'] };
  await run.run({ ...channelCheck, id: 'slack-channel', needs: ['slack-token'] }, async () =>
    channel === null ? open('not set: reminders go to owners only') : channelOutcome(client, channel),
  );
  await run.run({ id: 'slack-post', title: 'A message to REMINDER_CHANNEL', needs: ['slack-token'] }, async () => {
    if (!parts.mayPost) return open('nothing was posted; --post posts one short message');
    if (channel === null) return open('nothing was posted, since REMINDER_CHANNEL is not set');
    return postOutcome(client, channel);
  });
  await run.run(
    { id: 'slack-migrators', title: 'MIGRATORS', settings: ['MIGRATORS'], needs: ['slack-token'] },
    (alive) => migratorsOutcome(client, settings, alive),
  );
  const requests = ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_API_URL'];
  await run.run(
    { id: 'slack-requests', title: 'Requests from Slack', settings: requests, ...(isSocket && { host }) },
    () => requestsOutcome(settings, parts),
  );
}

function scopesOutcome(granted: readonly string[] | undefined): Outcome {
  if (granted === undefined) return open('Slack does not say which it has');
  const missing = SCOPES.filter((scope) => !granted.includes(scope)) as (keyof typeof SCOPE_USES)[];
  if (missing.length === 0) return good(`all ${SCOPES.length} are there`);
  const each = missing.map((scope) => `${scope} (${SCOPE_USES[scope]})`);
  const fix = `Add ${missing.length === 1 ? 'it' : 'them'} ${REINSTALL}`;
  return bad(`missing: ${each.join(', ')}`, fix, { missing: missing.join(' ') });
}

async function channelOutcome(client: webApi.WebClient, channel: string): Promise<Outcome> {
  try {
    const found = Channel.parse((await client.conversations.info({ channel })).channel);
    if (found.is_archived) return bad('it is archived', 'Unarchive it, or set REMINDER_CHANNEL to another channel.');
    if (!found.is_member) {
      return bad('the app is not in it', 'Type /invite @qs-creds there.', { problem: 'not a member' });
    }
    if (found.is_ext_shared || found.is_pending_ext_shared) {
      const why = 'it is shared with another company, and nothing of a credential is posted there';
      return bad(why, 'Set REMINDER_CHANNEL to a channel of your own.', { problem: 'shared' });
    }
    if (found.is_read_only || found.is_thread_only) {
      const fix = 'Let the app post there, in the channel’s settings › Posting permissions, or choose another channel.';
      return bad('posting in it is restricted', fix, { problem: 'posting is restricted' });
    }
    return good('the app is in it');
  } catch (error) {
    const code = slackErrorCode(error);
    if (code === 'channel_not_found') {
      const fix = 'Check the id (channel › About, at the bottom); in a private channel, type /invite @qs-creds first.';
      return bad('Slack does not show this channel to the app', fix, { code });
    }
    if (code === 'missing_scope') {
      return bad(
        'the scopes of the bot token do not let the app look it up',
        `Add channels:read and groups:read ${REINSTALL}`,
        { code },
      );
    }
    throw error;
  }
}

async function postOutcome(client: webApi.WebClient, channel: string): Promise<Outcome> {
  try {
    await client.chat.postMessage({ channel, ...doctorMessage() });
    return good('posted');
  } catch (error) {
    const code = slackErrorCode(error);
    if (code === null) throw error;
    const fix = 'Type /invite @qs-creds there, and check who may post in the channel’s settings.';
    return bad(`Slack rejected the message (${code})`, fix, { code });
  }
}

/** Checks whether Slack shows who is in each user group. */
async function migratorsOutcome(client: webApi.WebClient, settings: Settings, alive: () => void): Promise<Outcome> {
  const { users, groups } = settings.access.migrators;
  if (users.length + groups.length === 0) return good('not set: workspace admins and owners may migrate');
  let members = users.length;
  for (const group of groups) {
    alive();
    try {
      members += (await client.usergroups.users.list({ usergroup: group })).users?.length ?? 0;
    } catch (error) {
      const code = slackErrorCode(error);
      if (code === null) throw error;
      const fix = plainText(groupFix(code));
      const sentence = capitalize(`${fix}.`);
      return bad(`Slack does not say who is in user group ${group} (${code})`, sentence, { code });
    }
  }
  if (members > 0)
    return good(`users: ${users.length}, user groups: ${groups.length}, people: ${members}`, { members });
  return bad('nobody is in these user groups', 'Add people to them, or set MIGRATORS to user ids.', { members });
}

async function requestsOutcome({ slack: { mode } }: Settings, parts: Parts): Promise<Outcome> {
  if (mode.kind === 'http') {
    return open(
      'HTTP mode. Whether SLACK_SIGNING_SECRET is right, and whether Slack reaches /slack/events, cannot be checked from here: start the app and enter its address in Slack, which verifies both',
      { mode: 'http' },
    );
  }
  const client = new webApi.WebClient(mode.appToken, { ...parts.clientOptions, retryConfig: { retries: 0 } });
  let others = 0;
  const connection = new SocketConnection({
    limits: { helloMs: 8_000, pongMs: 5_000, goodbyeMs: 1_000 },
    logger: parts.logger,
    fetchAddress: async () => (await client.apps.connections.open({})).url ?? '',
    onConnectionCount: (connections) => {
      others = connections - 1;
    },
    // Nothing is acknowledged here, so Slack delivers the requests to another connection.
    onEnvelope: () => {},
  });
  if (!(await connection.opened)) {
    throw socketError(await connection.closed);
  }
  await connection.close();
  const also = others === 0 ? '' : `; ${others} more open, as is usual while the app runs`;
  return good(`Socket Mode: connected, and closed again${also}`, { mode: 'socket', others });
}

/** Why Socket Mode did not open, and how to fix it. */
function socketError(error: unknown): StartError {
  const rejection = toTokenError(error, 'SLACK_APP_TOKEN', APP_TOKEN);
  if (rejection !== null) return rejection;
  const words = error instanceof Error ? outsideText(error.message) : 'for no known reason';
  // Slack's reason to disconnect. Source: https://docs.slack.dev/apis/events-api/using-socket-mode
  const fix = words.includes('link_disabled')
    ? 'enable Socket Mode at api.slack.com/apps › your app › Socket Mode'
    : connectionCode(error) === null
      ? 'check that the network, the firewall and HTTPS_PROXY let WebSockets to Slack through, then try again'
      : unreachableWords(error);
  return new StartError(`Socket Mode did not connect (${words}): ${fix}.`, error);
}
