import type { AuditHead } from './audit-entry.ts';
import { type AuditRow, BEGINNING, hashOf } from './chain.ts';

/** A row of the trail that was noted outside the database, by its number and the beginning of its hash. */
export interface NotedRow {
  readonly id: number;
  readonly hash: string;
}

export interface AuditVerdict {
  readonly head: AuditHead;
  /** What is wrong, in words, in the order of the rows; empty for an intact trail. */
  readonly findings: readonly string[];
}

const MAX_FINDINGS = 100;
/** How far a row is searched for the number it was written with; beyond that it is reported as changed. */
const MAX_DISTANCE = 1_000;

/** Verifies `rows`, in the order of their numbers, against each other, the `head` and the `noted` row. */
export async function verifyTrail(
  head: AuditHead | undefined,
  rows: AsyncIterable<AuditRow>,
  noted: NotedRow | null,
): Promise<AuditVerdict> {
  if (head === undefined) {
    return { head: { count: 0, hash: BEGINNING }, findings: ['The record of the row count is missing.'] };
  }
  const findings: string[] = [];
  // A null hash: the row before is wrong, so nothing can be said about the link to it.
  let last: { id: number; hash: string | null } = { id: 0, hash: BEGINNING };
  let found = noted === null || noted.id === 0;
  for await (const row of rows) {
    if (findings.length >= MAX_FINDINGS) {
      findings.push(`Only the first ${MAX_FINDINGS} findings are listed; there may be more.`);
      return { head, findings };
    }
    if (row.id < 1 || row.id > head.count) {
      findings.push(`Row ${row.id} is outside the ${head.count} rows that were counted: it was added.`);
      continue;
    }
    found ||= row.id === noted?.id && row.hash.startsWith(noted.hash);
    if (row.id > last.id + 1) {
      findings.push(describeGap(last.id + 1, row.id - 1));
      last = { id: row.id - 1, hash: null };
    }
    const finding = checkRow(row, last.hash);
    if (finding !== null) findings.push(finding);
    last = { id: row.id, hash: finding === null ? row.hash : null };
  }
  if (last.id < head.count) findings.push(`${describeGap(last.id + 1, head.count)} The end was cut off.`);
  else if (last.hash !== null && last.hash !== head.hash) {
    findings.push(
      `Row ${last.id} is not the last row that was written: it was replaced, or rows after it are missing.`,
    );
  }
  if (!found) findings.push(`Row ${noted?.id} is not the row that was noted: the trail was replaced or cut off.`);
  return { head, findings };
}

function describeGap(from: number, to: number): string {
  return from === to ? `Row ${from} is missing.` : `Rows ${from} to ${to} are missing.`;
}

/** `previousHash`: of the row before, null when that row is wrong itself. */
function checkRow(row: AuditRow, previousHash: string | null): string | null {
  if (hashOf(row) !== row.hash) {
    const id = originalIdOf(row);
    return id === null
      ? `Row ${row.id} was changed.`
      : `Row ${row.id} was originally written as row ${id}: rows were swapped, removed or inserted.`;
  }
  if (previousHash === null || row.previous_hash === previousHash) return null;
  return row.id === 1
    ? 'Row 1 is not the beginning of a trail: it was replaced.'
    : `Row ${row.id} does not follow row ${row.id - 1}: one of them was replaced.`;
}

/** The number a row was written with; null when no number nearby gives its hash. */
function originalIdOf(row: AuditRow): number | null {
  for (let distance = 1; distance <= MAX_DISTANCE; distance++) {
    const original = [row.id - distance, row.id + distance].find((id) => hashOf({ ...row, id }) === row.hash);
    if (original !== undefined) return original;
  }
  return null;
}
