import { createHash } from 'node:crypto';
import type { AuditAction } from './audit-entry.ts';

/** A row of the audit trail as it is stored. */
export interface AuditRow {
  /** 1, 2, 3 … without gaps, in the order of writing. */
  id: number;
  at: string;
  actor: string;
  action: AuditAction;
  technical_account_id: string | null;
  migration_id: string | null;
  detail: string | null;
  /** The hash of the row before. */
  previous_hash: string;
  hash: string;
}

/** The `previous_hash` of the first row. */
export const BEGINNING = '0'.repeat(64);

/**
 * The hash of an audit row: SHA-256, in hex, of the hash of the row before, its number and every other column. Existing
 * databases depend on it: never change it.
 */
export function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const { previous_hash, id, at, actor, action, technical_account_id, migration_id, detail } = row;
  // As a JSON array, two different rows never serialise to the same text.
  const columns = [previous_hash, id, at, actor, action, technical_account_id, migration_id, detail];
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex');
}
