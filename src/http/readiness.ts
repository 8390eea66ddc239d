import type { Logger } from 'pino';
import { withTimeout } from '../lib/timeout.ts';

export interface CheckResult {
  readonly ok: boolean;
  /** Visible to everyone who can reach the port: our own text, never an error's message. */
  readonly detail?: string;
}

/** Checks one thing that the bot cannot work without. Throwing or hanging counts as not ok. */
export type Check = () => Promise<CheckResult>;

/** The checks that `/readyz` reports, by name. */
export type Checks = Readonly<Record<string, Check>>;

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

/** Combines the checks. Each may take `timeoutMs`; one that is still running is not started again. */
export function createReadiness(checks: Checks, timeoutMs: number, logger: Pick<Logger, 'info' | 'warn'>) {
  const limitedChecks = Object.entries(checks).map(
    ([name, check]) => [name, withTimeoutAndLog(name, check, timeoutMs, logger)] as const,
  );
  return async (): Promise<Readiness> => {
    const results = await Promise.all(limitedChecks.map(async ([name, check]) => [name, await check()] as const));
    return { ready: results.every(([, { ok }]) => ok), checks: Object.fromEntries(results) };
  };
}

/** A check that always completes in time, and logs when its result changes rather than at every probe. */
function withTimeoutAndLog(
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
      result = { ok: false, detail: 'no response in time, or an error; see the log' };
    }
    if (result.ok !== lastOk) {
      if (result.ok) logger.info({ check: name }, 'ready again');
      else logger.warn({ check: name, detail: result.detail, err }, 'not ready');
    }
    lastOk = result.ok;
    return result;
  };
}

/** After this many timeouts a running check counts as hung, like a query on a dead connection, and is started again. */
const GIVEN_UP_AFTER = 5;

/** Callers share a running check: probes arrive every few seconds and must not pile up. */
function oneAtATime(check: Check, giveUpAfterMs: number): Check {
  let running: { readonly result: Promise<CheckResult>; readonly since: number } | undefined;
  return async () => {
    if (running !== undefined && performance.now() - running.since < giveUpAfterMs) return running.result;
    const started = { result: check(), since: performance.now() };
    running = started;
    try {
      return await started.result;
    } finally {
      if (running === started) running = undefined;
    }
  };
}
