/** JSON has no dates: what of it is one, by its field. */
const DATES: ReadonlySet<string> = new Set(['readAt', 'askedAt', 'nextRunAt', 'at', 'since']);

/** Reads the JSON of what is known of a credential's use; `T` is the type of its only writer. */
export function fromUsageJson<T>(text: string): T {
  return JSON.parse(text, (field: string, value: unknown) =>
    DATES.has(field) && typeof value === 'string' ? new Date(value) : value,
  ) as T;
}
