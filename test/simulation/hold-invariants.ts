import type { HistoryEntry } from '../../src/audit/audit-entry.ts';
import type { MigrationsTable } from '../../src/db/tables.ts';
import type { World } from './world.ts';

/** Actions that lead to a start. A hold never blocks undoing one. */
const LEADS_TO_START = ['confirmed', 'submitted', 'continued'];
const ENDS = ['hold_ended', 'hold_overridden', 'hold_expired'];
const BOT = 'qs-creds';

/** Violated invariants of holds. `trail`: oldest entry first, which is the order in which the database recorded them. */
export function holdViolations(
  { ledger }: World,
  migrations: readonly MigrationsTable[],
  trail: readonly HistoryEntry[],
): string[] {
  const violations: string[] = [];
  /** Who holds each credential. */
  const holders = new Map<string, string>();
  for (const { action, actor, at, technicalAccountId: id, migrationId } of trail) {
    if (id === null) continue;
    const holder = holders.get(id);
    const pressed = (what: string) =>
      ledger.presses.some((press) => press.what === what && press.id === id && press.by === actor && press.at <= +at);
    if (action === 'held') {
      if (!pressed('hold')) violations.push(`${id}: ${actor} never put it on hold`);
      if (holder !== undefined && holder !== actor) violations.push(`${id}: ${actor} took the hold of ${holder}`);
      holders.set(id, actor);
    } else if (ENDS.includes(action)) {
      if (holder === undefined) violations.push(`${id}: ${action} without a hold`);
      if (actor !== BOT && !pressed('end a hold')) violations.push(`${id}: ${actor} never ended its hold`);
      holders.delete(id);
    } else if (holder !== undefined && LEADS_TO_START.includes(action)) {
      const step = migrations.find((row) => row.id === migrationId)?.step;
      if (step !== 'cancel') violations.push(`${migrationId}: was ${action} while ${holder} held ${id}`);
    }
  }
  return violations;
}
