import { AdobeError, type AdobeErrorKind } from '../../src/credentials/adobe-error.ts';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import type { StartOutcome } from '../../src/migrations/method.ts';
import { adobeError } from '../support/fakes.ts';

/** The error of a database or of Slack when a fault is injected. */
class InjectedError extends Error {
  override readonly name = 'InjectedError';
}

/** Whether an error may come from an injected fault; any other is an error of the bot's own. */
export function isInjected(error: unknown): boolean {
  return error instanceof InjectedError || error instanceof AdobeError || error instanceof RateLimitedError;
}

/** A way in which a call goes wrong. */
export interface Fault {
  readonly name: string;
  /** The calls into which it may be injected. */
  readonly on: RegExp;
  /** Whether the call takes effect nevertheless. */
  readonly takesEffect: boolean;
  /** What the caller gets instead of the result; may throw. */
  readonly result: () => unknown;
}

const DATABASE = /^Sql/;
const ADOBE_READS = /^ModelAdobe\.(?!start)/;
const START = /^ModelAdobe\.start$/;
const LOOKUPS = /^ModelSlack\.(person|membersOf|recipient)$/;
const MESSAGES = /^ModelSlack\.(post|show|remindOwner|postDigest|postAllDone|notifyChannelError)$/;
const REMINDERS = /^ModelSlack\.(remindOwner|postDigest|postAllDone)$/;

function fails(name: string, on: RegExp, takesEffect: boolean, error: () => Error): Fault {
  return {
    name,
    on,
    takesEffect,
    result: () => {
      throw error();
    },
  };
}

function adobe(name: string, kind: AdobeErrorKind, status?: number): Fault {
  return fails(name, ADOBE_READS, false, () => adobeError(kind, status));
}

function start(
  name: string,
  takesEffect: boolean,
  outcome: Exclude<StartOutcome['kind'], 'accepted'>,
  kind: AdobeErrorKind,
  status?: number,
): Fault {
  return { name, on: START, takesEffect, result: () => ({ kind: outcome, error: adobeError(kind, status) }) };
}

/** Errors as the stores and the clients of Adobe and Slack report them to the use cases. */
export const FAULTS: readonly Fault[] = [
  fails('database: busy', DATABASE, false, () => new InjectedError('database is locked')),
  fails('database: response lost', DATABASE, true, () => new InjectedError('connection terminated')),
  adobe('Adobe: timeout', 'lost'),
  adobe('Adobe: no connection', 'unreachable'),
  adobe('Adobe: 5xx', 'unavailable', 503),
  adobe('Adobe: 429', 'throttled', 429),
  adobe('Adobe: 401', 'not_allowed', 401),
  adobe('Adobe: garbage', 'bad_answer'),
  start('start: 400', false, 'refused', 'refused', 400),
  start('start: 429', false, 'refused', 'throttled', 429),
  start('start: 401', false, 'refused', 'not_allowed', 401),
  start('start: not sent', false, 'unsent', 'unreachable'),
  start('start: 5xx, took effect', true, 'unclear', 'unavailable', 504),
  start('start: 5xx, no effect', false, 'unclear', 'unavailable', 504),
  start('start: response lost', true, 'unclear', 'lost'),
  start('start: request lost', false, 'unclear', 'lost'),
  fails('Slack: lookup fails', LOOKUPS, false, () => new InjectedError('fatal_error')),
  fails('Slack: 5xx', MESSAGES, false, () => new InjectedError('service_unavailable')),
  fails('Slack: response lost', MESSAGES, true, () => new InjectedError('socket hang up')),
  fails('Slack: 429', REMINDERS, false, () => new RateLimitedError(3_000)),
  fails('Slack: 429 on a lookup', /\.recipient$/, false, () => new RateLimitedError(3_000)),
  { name: 'Slack: question rejected', on: /\.post$/, takesEffect: false, result: () => null },
  { name: 'Slack: progress rejected', on: /\.show$/, takesEffect: false, result: () => null },
];

export const SLOW_REQUEST = 'slow request';
export const SLOW_RESPONSE = 'slow response';

/** How much more often a fault is injected into this call than the base rate says: rare calls need a higher rate. */
export function weightOf(call: string): number {
  if (DATABASE.test(call) || LOOKUPS.test(call)) return 0.5;
  return START.test(call) ? 50 : 4;
}

/** The longest delay of a slow call, in milliseconds. */
export function maxDelayMs(call: string): number {
  if (DATABASE.test(call)) return 4_000;
  // The product's Slack client times out after 10 s, retries included.
  return call.startsWith('ModelSlack') ? 9_000 : 90_000;
}
