/** Exclusive, expiring rights to do something, across instances. */
export interface Leases {
  /**
   * Acquires or renews a lease for `ttlMs` milliseconds; false while another holder's has not expired. One that lasts
   * longer than twice that was written by a wrong clock, and is free. `now`: on PostgreSQL its own clock decides.
   */
  acquire(name: string, now: Date, ttlMs: number): Promise<boolean>;
  release(name: string): Promise<void>;
}
