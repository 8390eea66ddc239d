import type { Fault } from './faults.ts';

const MINUTE_MS = 60_000;

/** Slack's limits of calls per minute, by method; a further call gets 429 and the time until one is accepted. */
export class MethodRates {
  readonly #perMinute = new Map<string, number>();
  readonly #accepted = new Map<string, number[]>();

  limit(method: string, perMinute: number): void {
    this.#perMinute.set(method, perMinute);
  }

  /** Records an accepted call and returns undefined, or returns the rejection. */
  take(method: string, at: Date): Fault | undefined {
    const perMinute = this.#perMinute.get(method);
    if (perMinute === undefined) return undefined;
    const now = at.getTime();
    const recent = (this.#accepted.get(method) ?? []).filter((each) => now - each < MINUTE_MS);
    this.#accepted.set(method, recent);
    const [oldest = now] = recent;
    if (recent.length >= perMinute) return { retryAfter: Math.ceil((oldest + MINUTE_MS - now) / 1000) };
    recent.push(now);
    return undefined;
  }
}
