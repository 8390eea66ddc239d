/** The result of `work`. @throws once `ms` milliseconds have passed; the work itself continues, its result ignored */
export async function withTimeout<T>(work: () => Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no result within ${ms} ms`)), ms);
  try {
    return await Promise.race([work(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for `work`, but no longer than `ms` milliseconds; its errors are thrown while it is waited for. */
export async function waitAtMost(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    // Reported where it runs.
    work.catch(() => undefined);
  }
}
