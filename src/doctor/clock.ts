import type { Settings } from '../config/config.ts';
import type { CheckRun } from './check.ts';
import { bad, good, type Outcome, open } from './outcome.ts';

/** A minute is a fault already: Slack rejects signatures after five, Adobe tokens from the future. Milliseconds. */
const MAX_SKEW_MS = 60_000;
/** `Date` has whole seconds, so on average half a second has passed. Milliseconds. */
const HALF_SECOND_MS = 500;
const TIMEOUT_MS = 4_000;

/** Compares this machine's clock with those of Slack and Adobe, using the `Date` header of any response. */
export async function checkClock(run: CheckRun, { slack, adobe }: Settings, now: () => Date): Promise<void> {
  await run.run({ id: 'clock', title: 'Clock', settings: ['SLACK_API_URL', 'ADOBE_IMS_URL'] }, async () => {
    const [ofSlack, ofAdobe] = await Promise.all([
      skewOf(`${slack.apiUrl}api.test`, 'GET', now),
      skewOf(`${adobe.imsUrl}/`, 'HEAD', now),
    ]);
    return clockOutcome([
      ['Slack', ofSlack],
      ['Adobe', ofAdobe],
    ]);
  });
}

/** How far this clock is ahead of a server's. Milliseconds; null: the server did not say. */
async function skewOf(url: string, method: 'GET' | 'HEAD', now: () => Date): Promise<number | null> {
  try {
    const before = now().getTime();
    const response = await fetch(url, { method, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const after = now().getTime();
    await response.body?.cancel();
    const date = Date.parse(response.headers.get('date') ?? '');
    return Number.isNaN(date) ? null : (before + after) / 2 - (date + HALF_SECOND_MS);
  } catch {
    return null;
  }
}

function clockOutcome(skews: readonly (readonly [name: string, ms: number | null])[]): Outcome {
  const known = skews.flatMap(([name, ms]) => (ms === null ? [] : [{ name, ms }]));
  const worst = known.toSorted((a, b) => Math.abs(b.ms) - Math.abs(a.ms))[0];
  if (worst === undefined) return open('not known, since neither Slack nor Adobe responded');
  const seconds = Math.round(Math.abs(worst.ms) / 1000);
  const facts = { seconds: Math.round(worst.ms / 1000) };
  if (Math.abs(worst.ms) <= MAX_SKEW_MS) {
    return good(`within ${Math.max(1, seconds)} s of ${known.map(({ name }) => name).join(' and ')}`, facts);
  }
  const where = worst.ms > 0 ? 'ahead of' : 'behind';
  const fix = "Set this machine's clock, as by NTP: requests from Slack and Adobe's tokens are refused otherwise.";
  return bad(`${seconds} s ${where} ${worst.name}'s`, fix, facts);
}
