import { createHash } from 'node:crypto';
import { changeSince, type Impact, type ImpactChange } from '../usage/impact.ts';
import type { Migration } from './migration.ts';

/** Names an impact: a question carries it for what it shows, and a press brings it back. */
export function impactMark(impact: Impact | null): string {
  return createHash('sha256').update(JSON.stringify(impact, inOrder)).digest('hex').slice(0, 16);
}

interface Seen {
  readonly impact: Impact | null;
  /** What has changed since, so the press does not confirm what is known now; null: nothing that matters. */
  readonly change: ImpactChange | null;
}

/** What was on screen when this mark was pressed; without a known mark, what the question showed first. */
export function seenImpact({ impact, impactBefore }: Migration, mark: string | null): Seen {
  const seen = mark === impactMark(impact) ? impact : (impactBefore ?? impact);
  return { impact: seen, change: impact === null ? null : changeSince(seen, impact) };
}

/** The database does not keep the order of keys that it was built with. */
function inOrder(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
