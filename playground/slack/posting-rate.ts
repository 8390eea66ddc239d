const WINDOW_MS = 5_000;
/** One message per second and channel; short bursts are tolerated. */
const MAX_IN_WINDOW = 5;

/** Records where `chat.postMessage` was called faster than Slack guarantees to accept. Nothing is rejected. */
export class PostingRate {
  readonly overRate: string[] = [];
  readonly #posts = new Map<string, number[]>();

  record(channel: string, at: Date): void {
    const now = at.getTime();
    const recent = (this.#posts.get(channel) ?? []).filter((t) => now - t < WINDOW_MS);
    recent.push(now);
    this.#posts.set(channel, recent);
    if (recent.length > MAX_IN_WINDOW) {
      this.overRate.push(`${channel}: ${recent.length} messages within ${WINDOW_MS / 1000} s`);
    }
  }
}
