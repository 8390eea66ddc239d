import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { CHANNEL, SECRETS } from '../test/process/world.ts';

/** Sends signed requests to a bot as Slack does, but not through the local Slack, which would be measured too. */

/** A request's duration in milliseconds, and what came back. */
export interface Answer {
  readonly ms: number;
  readonly status: number;
  readonly body: string;
}

let sent = 0;

/** Types `/qs-creds text`. `address`: the bot's, `http://127.0.0.1:PORT`; `replyTo`: the URL for a later reply. */
export function command(
  address: string,
  agent: Agent,
  userId: string,
  text: string,
  replyTo = 'http://127.0.0.1:9/none',
): Promise<Answer> {
  const form = {
    command: '/qs-creds',
    text,
    user_id: userId,
    team_id: 'T0PLAYGR01',
    channel_id: CHANNEL,
    // Makes each request unique: the bot does not run a repeated one.
    trigger_id: String(sent++),
    response_url: replyTo,
  };
  return post(address, agent, new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded');
}

/** Opens the Home. */
export function openHome(address: string, agent: Agent, userId: string): Promise<Answer> {
  const event = { type: 'app_home_opened', tab: 'home', user: userId, channel: 'D0', event_ts: String(sent++) };
  const body = { type: 'event_callback', team_id: 'T0PLAYGR01', event_id: String(sent), event };
  return post(address, agent, JSON.stringify(body), 'application/json');
}

/** Types into the menu of credentials. */
export function pick(address: string, agent: Agent, userId: string, value: string): Promise<Answer> {
  const team = { id: 'T0PLAYGR01' };
  const typed = { type: 'block_suggestion', action_id: 'pick', block_id: String(sent++), value };
  const payload = JSON.stringify({ ...typed, user: { id: userId, team_id: team.id }, team });
  return post(address, agent, new URLSearchParams({ payload }).toString(), 'application/x-www-form-urlencoded');
}

function post(address: string, agent: Agent, body: string, type: string): Promise<Answer> {
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', SECRETS.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${signature}`,
  };
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const sending = request(`${address}/slack/events`, { method: 'POST', agent, headers }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      const ms = performance.now() - started;
      resolve({ ms, status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

/** What a load of requests took. Milliseconds. */
export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** Keeps `clients` requests under way for `ms` milliseconds. @throws when one is not answered with 200 */
export async function load(
  one: (agent: Agent, n: number) => Promise<Answer>,
  { clients, ms }: { clients: number; ms: number },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const times: number[] = [];
  const started = performance.now();
  const client = async (n: number) => {
    while (performance.now() - started < ms) {
      const answer = await one(agent, n);
      if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
      times.push(answer.ms);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  return { perSecond: times.length / seconds, ...spread(times) };
}

export function spread(times: readonly number[]): { p50: number; p99: number; worst: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), worst: at(1) };
}

export function median(values: readonly number[]): number {
  return spread(values).p50;
}
