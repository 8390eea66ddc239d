/** Exclusive, expiring rights to do something, across instances. */
export interface Leases {
  /**
   * Acquires or renews a lease for `ttlMs` milliseconds; false while another holder's lease has not expired. A lease
   * that lasts longer than twice `ttlMs` was written by a wrong clock, and is free. PostgreSQL uses its own clock
   * instead of `now`.
   */
  acquire(name: string, now: Date, ttlMs: number): Promise<boolean>;
  release(name: string): Promise<void>;
}
