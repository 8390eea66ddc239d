/** The result of `work`. @throws `late` after `ms` milliseconds; the work continues, and its result is ignored */
export async function withTimeout<T>(
  work: () => Promise<T>,
  ms: number,
  late = new Error(`no result within ${ms} ms`),
): Promise<T> {
  const end = Promise.withResolvers<never>();
  const timer = setTimeout(() => end.reject(late), ms);
  try {
    return await Promise.race([work(), end.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for `work`, but no longer than `ms` milliseconds. Throws its errors as long as it waits. */
export async function waitAtMost(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    // A later error is reported by the work itself.
    work.catch(() => undefined);
  }
}
