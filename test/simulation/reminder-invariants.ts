import { nextWindow } from '../../src/reminders/windows.ts';
import { PLAN } from './instance.ts';
import { type SentReminder, UNCLAIMED } from './ledger.ts';
import type { Schedule } from './schedule.ts';
import type { World } from './world.ts';

/** Milliseconds. */
const MORNING = 9.5 * 3_600_000;
const MOST = 5 * 60_000;

/** Reminders sent under faults that were sent without a claim, or twice without an accepted reason. */
export function reminderViolations({ ledger, schedule, count }: World): string[] {
  const violations: string[] = [];
  for (const [to, sent] of Map.groupBy(ledger.reminders, ({ round, recipient }) => `${round} to ${recipient}`)) {
    if (to.startsWith(UNCLAIMED)) violations.push(`${to} was sent without a claim`);
    const isTwice = sent.some((each, i) => {
      const next = sent[i + 1];
      return next !== undefined && !isAcceptedRisk(each, next.at, schedule.idles);
    });
    if (isTwice) violations.push(`${to} was sent ${sent.length} times`);
    count(sent.length > 1 ? 'reminder: sent twice, accepted risk' : 'reminder: sent once');
  }
  return violations;
}

/**
 * The documented risk: between Slack's accepting a reminder and its mark as sent, the process crashed or paused,
 * every attempt to mark it failed, or Slack's response was lost permanently.
 */
function isAcceptedRisk(sent: SentReminder, until: number, idles: Schedule['idles']): boolean {
  const { markedAt, isResponseLost, failedMarks, by } = sent;
  const crashed = by.crashedAt !== null && by.crashedAt <= until;
  const stoodStill = idles.some((idle) => idle.until >= sent.at && idle.from <= until);
  const isMarked = markedAt !== null && markedAt <= until;
  return !isMarked && (isResponseLost || crashed || stoodStill || failedMarks > 1);
}

/** In the next window, without faults, the channel and each owner of credentials left must be notified exactly once. */
export async function nextWindowViolations(world: World): Promise<string[]> {
  const { schedule, ledger, adobe, slack, db } = world;
  const window = nextWindow(PLAN, schedule.now());
  schedule.idle(Date.parse(window.date) + MORNING - schedule.ms);
  const before = ledger.reminders.length;
  await world.runUntil(Date.parse(window.date) + MORNING + 20_000);
  const left = await world.runUntilSettled(MOST);
  if (left.length > 0) return left;
  const takeovers = new Map(
    (await db.selectFrom('takeovers').selectAll().execute()).map((row) => [row.technical_account_id, row.user_id]),
  );
  const toMigrate = await db
    .selectFrom('credentials')
    .select(['technical_account_id', 'owner'])
    .where('status', 'in', ['eligible', 'unfinished'])
    .where('gone_at', 'is', null)
    .execute();
  const expected = new Set(toMigrate.length > 0 ? ['digest'] : []);
  for (const { technical_account_id, owner } of toMigrate) {
    const user = takeovers.get(technical_account_id) ?? owner?.replace('@example.com', '').toUpperCase() ?? '';
    if (slack.isReachable(user)) expected.add(user);
  }
  const sent = ledger.reminders.slice(before).filter(({ round }) => round === window.key);
  const notified = sent.map(({ recipient }) => recipient).sort();
  const wanted = [...expected].sort();
  world.count(`reminder: ${wanted.length === 0 ? 'no one to notify in the last window' : 'last window served once'}`);
  if (notified.join() === wanted.join()) return [];
  const all = adobe.credentials.map(({ id, status, owner }) => `${id.slice(-1)} ${status} of ${owner}`);
  return [`${window.key} notified ${notified.join(', ')} instead of ${wanted.join(', ')} (${all.join('; ')})`];
}
