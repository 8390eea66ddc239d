import { yieldToEventLoop } from '../lib/event-loop.ts';

/** Converts values to a form that both engines store in the same way: ISO 8601 UTC text, JSON text, 0 and 1. */

export function toText(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}

export function toDate(text: string): Date;
export function toDate(text: string | null): Date | null;
export function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

export function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Reads what `toJson` wrote; `T` is the type of the column's only writer. */
export function fromJson<T>(text: string): T;
export function fromJson<T>(text: string | null): T | null;
export function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

/** Drops NUL characters, which PostgreSQL does not accept in text. */
export function storable(text: string): string {
  return text.replaceAll('\0', '');
}

/** Rows per statement: with 15 columns each, far below SQLite's 32 766 and PostgreSQL's 65 535 parameters. */
const CHUNK = 500;

/**
 * Yields chunk by chunk, and gives way to the event loop in between, since SQLite blocks it. Not after the last chunk:
 * a transaction would stay open, and keep others from the file, meanwhile.
 */
export async function* inChunks<T>(rows: readonly T[]): AsyncGenerator<T[]> {
  for (let i = 0; i < rows.length; i += CHUNK) {
    if (i > 0) await yieldToEventLoop();
    yield rows.slice(i, i + CHUNK);
  }
}
