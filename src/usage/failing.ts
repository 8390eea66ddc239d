import type { Failing, Query, Run, Schedule } from './usage.ts';

/** Failures in a row that count for queries without a schedule: a single one may be a person's mistyped query. */
const AD_HOC_FAILURES = 3;

type Attempt = Pick<Query | Run, 'createdAt' | 'outcome' | 'error'>;

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
  const names = new Set(schedules.filter(({ isEnabled }) => isEnabled).map(({ name }) => name));
  const groups = Map.groupBy(queries, ({ name }) => (name !== null && names.has(name) ? name : ''));
  const series: { attempts: readonly Attempt[]; least: number }[] = [...groups].map(([name, attempts]) => ({
    attempts,
    least: name === '' ? AD_HOC_FAILURES : 1,
  }));
  for (const attempts of runs.values()) series.push({ attempts, least: 1 });
  const found = series.flatMap(({ attempts, least }) => streakOf(attempts, least) ?? []);
  if (found.length === 0) return null;
  const latest = found.reduce((a, b) => (b.latest.createdAt > a.latest.createdAt ? b : a)).latest;
  const since = found.map(({ since }) => since).reduce((a, b) => (a < b ? a : b));
  const error = latest.error ?? found.find(({ latest: { error } }) => error !== null)?.latest.error ?? null;
  // What was read may begin in the middle of a series of failures.
  const isOlder = before !== null && before.since < since && found.every(({ isWhole }) => !isWhole);
  const mayBeEarlier = isOlder ? before.mayBeEarlier : found.some((each) => each.since === since && !each.isWhole);
  return { since: isOlder ? before.since : since, mayBeEarlier, error: error ?? (isOlder ? before.error : null) };
}

/** The latest failures in a row; null if there are fewer than `least`. */
function streakOf(attempts: readonly Attempt[], least: number) {
  const ended = attempts.filter(({ outcome }) => outcome === 'succeeded' || outcome === 'failed');
  const end = ended.findIndex(({ outcome }) => outcome !== 'failed');
  const failures = end < 0 ? ended : ended.slice(0, end);
  const [latest] = failures;
  const first = failures.at(-1);
  if (latest === undefined || first === undefined || failures.length < least) return null;
  return { latest, since: first.createdAt, isWhole: end >= 0 };
}
