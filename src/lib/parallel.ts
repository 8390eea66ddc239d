/** Maps with at most `limit` calls in flight. The first error rejects the result, and no further call is started. */
export async function inParallel<T, R>(items: readonly T[], limit: number, map: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let hasFailed = false;
  async function work(): Promise<void> {
    while (next < items.length && !hasFailed) {
      const i = next++;
      try {
        results[i] = await map(items[i] as T);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}

/** Runs a call immediately, or when its turn comes. */
export type Limit = <T>(call: () => Promise<T>) => Promise<T>;

/** Lets at most `maxInFlight` calls be in flight; the others wait in order of arrival. */
export function limitOf(maxInFlight: number): Limit {
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  return async (call) => {
    if (inFlight < maxInFlight) inFlight++;
    // The finished call hands its place to the next in the queue, so that no later call overtakes it.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next === undefined) inFlight--;
      else next();
    }
  };
}
