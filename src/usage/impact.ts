import type { AdobeProblem } from '../credentials/adobe-error.ts';
import { nextRunOfStored } from './cron-times.ts';
import { earliest, lastQueryOf, type Triage, triageOf, type UsedCredential } from './triage.ts';
import type { Failing, LastQuery } from './usage.ts';

/** A reading that is older than this is shown with its age. Milliseconds. */
export const FRESH_MS = 60_000;

/** What depends on a credential, as a question shows it; stored with the request. */
export interface Impact {
  /** The oldest reading that it is based on; null: no sandbox could be read. */
  readonly readAt: Date | null;
  /** The sandboxes that could be read. */
  readonly sandboxes: readonly string[];
  /** Why one of the other sandboxes could not be read. */
  readonly problem: AdobeProblem | null;
  readonly triage: Triage['kind'];
  /** Enabled schedules that run as this credential, by their next run. */
  readonly schedules: readonly DependentSchedule[];
  /** Queries of the last 30 days; `isAtLeast`: there may be more. */
  readonly queries: { readonly count: number; readonly isAtLeast: boolean };
  readonly lastQuery: LastQuery | null;
  readonly failing: Failing | null;
}

interface DependentSchedule {
  readonly id: string;
  readonly sandbox: string;
  /** Text from outside. */
  readonly name: string;
  /** As of the reading. */
  readonly nextRunAt: Date | null;
}

/** A change between a question and the start, so that the decision was about something else. */
export type ImpactChange =
  /** The schedule was created or enabled since. */
  | { readonly kind: 'schedule_added'; readonly name: string }
  /** The schedule was deleted or disabled since. */
  | { readonly kind: 'schedule_removed'; readonly name: string }
  /** The credential was idle, and is in use now. */
  | { readonly kind: 'in_use' }
  /** A sandbox became production, or is no longer. */
  | { readonly kind: 'production' };

/** Turns what is known of a credential's use into the impact of migrating it. */
export function impactOf(credential: UsedCredential, now: Date): Impact {
  const triage = triageOf(credential, now);
  const read = credential.usage.filter(
    ({ sandbox, readAt }) => readAt !== null && credential.sandboxes.includes(sandbox),
  );
  const unread = credential.usage.find(({ problem }) => problem !== null);
  const schedules: DependentSchedule[] = [];
  for (const usage of read) {
    for (const schedule of usage.schedules) {
      if (!schedule.isEnabled) continue;
      const { id, name } = schedule;
      schedules.push({ id, sandbox: usage.sandbox, name, nextRunAt: nextRunOfStored(schedule, now) });
    }
  }
  return {
    readAt: earliest(read.map(({ readAt }) => readAt)),
    sandboxes: read.map(({ sandbox }) => sandbox),
    problem: unread?.problem ?? null,
    triage: triage.kind,
    schedules: schedules.toSorted((a, b) => timeOf(a) - timeOf(b)),
    queries: {
      count: read.reduce((sum, { queries }) => sum + queries.count, 0),
      isAtLeast: read.length < credential.sandboxes.length || read.some(({ queries }) => queries.isAtLeast),
    },
    lastQuery: lastQueryOf(read),
    failing:
      triage.kind === 'failing'
        ? { since: triage.since, mayBeEarlier: triage.mayBeEarlier, error: triage.error }
        : null,
  };
}

/**
 * The change that makes a decision based on `before` invalid for `now`; null: no such change. Only what was read both
 * times counts: a failed reading changes nothing.
 */
export function changeSince(before: Impact | null, now: Impact): ImpactChange | null {
  if (before?.readAt == null || now.readAt === null || now.readAt <= before.readAt) return null;
  const inBoth = ({ sandbox }: DependentSchedule) =>
    before.sandboxes.includes(sandbox) && now.sandboxes.includes(sandbox);
  const firstOnlyIn = (schedules: readonly DependentSchedule[], others: readonly DependentSchedule[]) =>
    schedules.find((schedule) => inBoth(schedule) && !others.some((other) => isSame(schedule, other)));
  const added = firstOnlyIn(now.schedules, before.schedules);
  if (added !== undefined) return { kind: 'schedule_added', name: added.name };
  const removed = firstOnlyIn(before.schedules, now.schedules);
  if (removed !== undefined) return { kind: 'schedule_removed', name: removed.name };
  const isUsed = now.triage === 'in_use' || now.triage === 'failing';
  return before.triage === 'idle' && isUsed ? { kind: 'in_use' } : null;
}

function isSame(a: DependentSchedule, b: DependentSchedule): boolean {
  return a.id === b.id && a.sandbox === b.sandbox;
}

function timeOf({ nextRunAt }: DependentSchedule): number {
  return nextRunAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}
