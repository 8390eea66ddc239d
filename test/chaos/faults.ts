import type { Call } from '../../playground/slack/web-api.ts';
import { CHANNEL, type World } from '../process/world.ts';
import type { DatabaseFault, Plan } from './plan.ts';

/** What fails around the bot. `killed`, `silent` and `down`: PostgreSQL's connections; `locked`: SQLite's file. */
export const FAULTS = [
  'database killed',
  'database silent',
  'database down',
  'database locked',
  'pause',
  'channel rejects',
  'channel answers 503',
  'response lost',
  'response lost, 504',
  'proxy',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What was seen of a trial's faults from outside. */
export interface Traces {
  readonly plan: Pick<Plan, 'channel' | 'lostResponses' | 'isGateway'>;
  /** How many connections each failure of the database affected, or locks it held. */
  readonly database: readonly { readonly fault: DatabaseFault | 'locked'; readonly met: number }[];
  readonly pauses: number;
  /** The bot's calls to Slack. */
  readonly slack: readonly Pick<Call, 'method' | 'args' | 'ok' | 'error'>[];
  /** What went through the proxy: Adobe's plain requests, as method and URL, and Slack's tunnels. */
  readonly proxy: { readonly requests: readonly string[]; readonly tunnels: readonly string[] };
}

/** The faults that took place; a planned fault that affected nothing does not count. */
export function shownIn({ plan, database, pauses, slack, proxy }: Traces): Set<Fault> {
  const shown = new Set<Fault>();
  for (const { fault, met } of database) if (met > 0) shown.add(`database ${fault}`);
  if (pauses > 0) shown.add('pause');
  const posts = slack.filter(({ method }) => method === 'chat.postMessage');
  const refused = posts.filter(({ args, ok }) => !ok && args['channel'] === CHANNEL);
  const { channel } = plan;
  if (channel !== null && 'error' in channel && refused.some(({ error }) => error === channel.error))
    shown.add('channel rejects');
  if (channel !== null && 'failures' in channel && refused.length > 0) shown.add('channel answers 503');
  // The response to the first post that Slack accepts is the one that is lost.
  if (plan.lostResponses > 0 && posts.some(({ ok }) => ok))
    shown.add(plan.isGateway ? 'response lost, 504' : 'response lost');
  if (proxy.tunnels.length > 0 && proxy.requests.some((each) => each.includes('/console/'))) shown.add('proxy');
  return shown;
}

/** Called after the first sync, so that every credential is known. */
export function injectFaults({ adobe, slack }: World, plan: Plan): void {
  for (const fault of plan.adobe) adobe.faults.add(fault);
  const { channel, lostResponses, slackDelayMs } = plan;
  if (channel !== null) {
    const fault = 'error' in channel ? { ...channel, times: 10_000 } : { httpStatus: 503, times: channel.failures };
    slack.fail('chat.postMessage', { ...fault, channel: CHANNEL });
  }
  if (lostResponses > 0) {
    const lost = { isLost: true, ...(plan.isGateway && { httpStatus: 504 }) };
    slack.fail('chat.postMessage', lost);
    slack.fail('chat.update', { ...lost, times: lostResponses });
  }
  for (const method of ['chat.postMessage', 'chat.update']) {
    if (slackDelayMs > 0) slack.fail(method, { hangMs: slackDelayMs, times: 1_000 });
  }
}
