import { createHash } from 'node:crypto';
import type { AuditTable } from '../db/tables.ts';

/** What the first row of the trail is written after. */
export const BEGINNING = '0'.repeat(64);

/**
 * The hash a row of the audit trail must have: SHA-256, in hex, over the hash of the row before it, its number and
 * every other column. Rows in databases rest on it: never change it.
 */
export function hashOf(row: Omit<AuditTable, 'hash'>): string {
  const { previous_hash, id, at, actor, action, technical_account_id, migration_id, detail } = row;
  // As a JSON array no two rows read alike, whatever text stands in them.
  const whole = [previous_hash, id, at, actor, action, technical_account_id, migration_id, detail];
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex');
}
