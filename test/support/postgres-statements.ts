import type { Readable } from 'node:stream';

/** A statement as sent to PostgreSQL. `name`: that of a prepared statement; empty: it is not prepared under a name. */
export interface Sent {
  readonly name: string;
  readonly sql: string;
}

/** Calls `note` with each statement that a client of PostgreSQL sends on this connection, without TLS. */
export function statementsOf(client: Readable, note: (sent: Sent) => void): void {
  let left: Buffer = Buffer.alloc(0);
  let isStarted = false;
  client.on('data', (chunk: Buffer) => {
    left = Buffer.concat([left, chunk]);
    for (;;) {
      // The start packet alone has no letter in front of its length.
      const head = isStarted ? 1 : 0;
      if (left.length < head + 4) return;
      const end = head + left.readInt32BE(head);
      if (left.length < end) return;
      const [kind, texts] = [isStarted ? left.toString('latin1', 0, 1) : '', left.toString('utf8', head + 4, end)];
      left = left.subarray(end);
      isStarted = true;
      const [first = '', second = ''] = texts.split('\0');
      if (kind === 'Q') note({ name: '', sql: first });
      if (kind === 'P') note({ name: first, sql: second });
    }
  });
}

/** Matches what outlasts its transaction: at the beginning of a statement, or anywhere in it. */
const BEGINS =
  /^(?:set(?! local\b| transaction\b)|reset|listen|unlisten|prepare|execute|deallocate|declare|fetch|discard|load|create (?:local |global )?temp)/;
const HAS = /\bpg_(?:try_)?advisory_(?:lock|unlock)|\bset_config\(|\b(?:currval|lastval)\(|\bpg_temp\b/;

/** Why this statement breaks behind a pooler that gives each transaction another session; null: it does not. */
export function needsSession({ name, sql }: Sent): string | null {
  if (name !== '') return `prepared as ${name}: ${sql}`;
  // String literals may contain anything; ours contain no escaped quote.
  const parts = sql
    .toLowerCase()
    .replace(/'[^']*'/g, "''")
    .split(';');
  return parts.some((part) => BEGINS.test(part.trim()) || HAS.test(part)) ? sql : null;
}
