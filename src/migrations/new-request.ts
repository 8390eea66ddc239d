import type { Impact } from '../usage/impact.ts';
import type { Migration, Shown } from './migration.ts';
import type { MethodStep } from './steps.ts';

/** How long a request may be confirmed (README, promise 1). Milliseconds. */
export const REQUEST_TTL_MS = 10 * 60 * 1000;

/**
 * The same where a second person has to confirm, who may be in a meeting. What is confirmed is checked again right before
 * the start, so that an hour risks no more than ten minutes do. Milliseconds.
 */
export const SECOND_PERSON_TTL_MS = 60 * 60 * 1000;

/** A new request. `id` is what its buttons carry, so it must be unguessable. */
export function newRequest(
  id: string,
  credential: Shown & { readonly technicalAccountId: string; readonly consoleId: string },
  from: { readonly askedBy: string; readonly channel: string },
  askedAt: Date,
  {
    method,
    step,
    isDryRun = false,
    ttlMs = REQUEST_TTL_MS,
  }: MethodStep & { readonly isDryRun?: boolean; readonly ttlMs?: number },
  impact: Impact | null = null,
): Migration {
  const { technicalAccountId, consoleId, name, owner, ownerId, sandboxes, production } = credential;
  const { unreadProduction = [] } = credential;
  return {
    id,
    state: 'asked',
    method,
    step,
    isDryRun,
    technicalAccountId,
    consoleId,
    shown: {
      name,
      owner,
      ...(ownerId !== undefined && { ownerId }),
      sandboxes,
      production,
      ...(unreadProduction.length > 0 && { unreadProduction }),
    },
    impact,
    impactBefore: null,
    channel: from.channel,
    askedBy: from.askedBy,
    askedAt,
    expiresAt: new Date(askedAt.getTime() + ttlMs),
    decidedBy: null,
    decidedAt: null,
    startedAt: null,
    endedAt: null,
    remindedAt: null,
    startProblem: null,
    reason: null,
    message: null,
    messageLink: null,
    questionMessage: null,
    responseUrl: null,
  };
}
