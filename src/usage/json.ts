/** JSON has no dates: what of it is one, by its field. */
const DATES: ReadonlySet<string> = new Set(['readAt', 'askedAt', 'nextRunAt', 'at', 'since']);

/** Reads the JSON of what is known of a credential's use; `T` is the type of its only writer. */
export function fromUsageJson<T>(text: string): T {
  return withDates(JSON.parse(text)) as T;
}

/** In place; `JSON.parse` with a reviver takes four times as long. */
function withDates(value: unknown): unknown {
  if (Array.isArray(value)) {
    for (const each of value) withDates(each);
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  for (const field of Object.keys(fields)) {
    const each = fields[field];
    if (typeof each === 'object') withDates(each);
    else if (typeof each === 'string' && DATES.has(field)) fields[field] = new Date(each);
  }
  return value;
}
