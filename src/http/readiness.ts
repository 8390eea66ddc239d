import type { Logger } from 'pino';
import { withTimeout } from '../lib/timeout.ts';

export interface CheckResult {
  readonly ok: boolean;
  /** Shown to everybody who can reach the port: words of our own, never an error's text. */
  readonly detail?: string;
}

/** One thing the bot cannot work without. May throw or hang: both count as not ok. */
export type Check = () => Promise<CheckResult>;

/** What `/readyz` reports, by name. */
export type Checks = Readonly<Record<string, Check>>;

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

/** Puts the checks together; each is given `timeoutMs`, and one that still runs is not started again. */
export function createReadiness(checks: Checks, timeoutMs: number, logger: Pick<Logger, 'info' | 'warn'>) {
  const each = Object.entries(checks).map(
    ([name, check]) => [name, watched(name, check, timeoutMs, logger)] as const,
  );
  return async (): Promise<Readiness> => {
    const results = await Promise.all(each.map(async ([name, check]) => [name, await check()] as const));
    return { ready: results.every(([, { ok }]) => ok), checks: Object.fromEntries(results) };
  };
}

/** Makes a check that always answers in time, and logs when its answer changes rather than at every probe. */
function watched(
  name: string,
  check: Check,
  timeoutMs: number,
  logger: Pick<Logger, 'info' | 'warn'>,
): Check {
  const shared = oneAtATime(check, GIVEN_UP_AFTER * timeoutMs);
  let lastOk = true;
  return async () => {
    let result: CheckResult;
    let err: unknown;
    try {
      result = await withTimeout(shared, timeoutMs);
    } catch (error) {
      err = error;
      result = { ok: false, detail: 'did not answer; see the log' };
    }
    if (result.ok !== lastOk) {
      if (result.ok) logger.info({ check: name }, 'ready again');
      else logger.warn({ check: name, detail: result.detail, err }, 'not ready');
    }
    lastOk = result.ok;
    return result;
  };
}

/** Timeouts after which a check that still runs is taken to hang for ever, as a query on a dead connection does. */
const GIVEN_UP_AFTER = 5;

/** Joins calls to the one that still runs: probes come every few seconds and must not add to what hangs. */
function oneAtATime(check: Check, giveUpAfterMs: number): Check {
  let running: { readonly result: Promise<CheckResult>; readonly since: number } | undefined;
  return async () => {
    if (running !== undefined && performance.now() - running.since < giveUpAfterMs) return running.result;
    const mine = { result: check(), since: performance.now() };
    running = mine;
    try {
      return await mine.result;
    } finally {
      if (running === mine) running = undefined;
    }
  };
}
