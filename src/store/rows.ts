/** Values in the form both engines keep alike: ISO 8601 UTC text, JSON text, 0 and 1. */

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

/** Reads back what `toJson` wrote; the type is what the one writer of that column puts there. */
export function fromJson<T>(text: string): T;
export function fromJson<T>(text: string | null): T | null;
export function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
