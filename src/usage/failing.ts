import type { Failing, Query, Run, Schedule } from './usage.ts';

/** Failures in a row that count for queries without a schedule: a single one may be a person's mistyped query. */
const AD_HOC_FAILURES = 3;
/** Stands for the name of a schedule, for queries without one. */
const AD_HOC = '';

type Attempt = Pick<Query | Run, 'createdAt' | 'outcome' | 'error'>;

/** The latest failures in a row of one schedule, or of the queries without a schedule. */
interface Streak {
  readonly latest: Attempt;
  readonly since: Date;
  /** Whether something that succeeded came before it; otherwise it may have begun earlier. */
  readonly isWhole: boolean;
}

/**
 * Since when a credential's jobs fail, with Adobe's words about the latest failure; null: they do not. A schedule fails
 * if its last run did. `queries` and runs are newest first; `before`: what was known earlier.
 */
export function failingOf(
  queries: readonly Query[],
  schedules: readonly Schedule[],
  runs: ReadonlyMap<string, readonly Run[]>,
  before: Failing | null,
): Failing | null {
  const enabled = new Set(schedules.filter(({ isEnabled }) => isEnabled).map(({ name }) => name));
  const bySchedule = Map.groupBy(queries, ({ name }) => (name !== null && enabled.has(name) ? name : AD_HOC));
  const streaks = [
    ...[...bySchedule].map(([name, attempts]) => streakOf(attempts, name === AD_HOC ? AD_HOC_FAILURES : 1)),
    ...[...runs.values()].map((attempts) => streakOf(attempts, 1)),
  ].filter((streak) => streak !== null);
  if (streaks.length === 0) return null;
  const { latest } = streaks.reduce((a, b) => (b.latest.createdAt > a.latest.createdAt ? b : a));
  const { since } = streaks.reduce((a, b) => (a.since < b.since ? a : b));
  const error = latest.error ?? streaks.find((streak) => streak.latest.error !== null)?.latest.error ?? null;
  // What was read may begin in the middle of a series of failures.
  if (before !== null && before.since < since && streaks.every(({ isWhole }) => !isWhole))
    return { since: before.since, mayBeEarlier: before.mayBeEarlier, error: error ?? before.error };
  return { since, mayBeEarlier: streaks.some((streak) => streak.since === since && !streak.isWhole), error };
}

/** Null if there are fewer than `minFailures`. */
function streakOf(attempts: readonly Attempt[], minFailures: number): Streak | null {
  const ended = attempts.filter(({ outcome }) => outcome === 'succeeded' || outcome === 'failed');
  const end = ended.findIndex(({ outcome }) => outcome !== 'failed');
  const failures = end < 0 ? ended : ended.slice(0, end);
  const latest = failures[0];
  const first = failures.at(-1);
  if (latest === undefined || first === undefined || failures.length < minFailures) return null;
  return { latest, since: first.createdAt, isWhole: end >= 0 };
}
