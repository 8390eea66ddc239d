/** Rights to be the only one at something, across instances, given back by themselves. */
export interface Leases {
  /** Takes or renews; false when another holder has it until later than `now`. */
  acquire(name: string, now: Date, ttlMs: number): Promise<boolean>;
  release(name: string): Promise<void>;
}
