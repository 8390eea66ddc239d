/** What `work` comes to, or a rejection once `ms` milliseconds have passed; the work itself then goes on unseen. */
export async function withTimeout<T>(work: () => Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
