/** A request dated five minutes ahead, the most the receiver takes, stays good for twice as long. Milliseconds. */
const REMEMBERED = 10 * 60 * 1000;
/** Far more than a workspace sends in that time. */
const MOST = 10_000;

interface Delivery {
  readonly at: number;
  readonly answer: Promise<unknown>;
}

/** What Slack delivered lately, by signature or envelope, with how it was acknowledged. In memory, and bounded. */
export class Deliveries {
  readonly #known = new Map<string, Delivery>();

  get size(): number {
    return this.#known.size;
  }

  /** What this was acknowledged with, once it is; undefined when it never came, or long ago. `now` in milliseconds. */
  answerTo(id: string, now: number): Promise<unknown> | undefined {
    this.#forgetOld(now);
    return this.#known.get(id)?.answer;
  }

  remember(id: string, answer: Promise<unknown>, now: number): void {
    this.#known.set(id, { at: now, answer });
    this.#forgetOld(now);
  }

  forget(id: string): void {
    this.#known.delete(id);
  }

  /** The oldest stand first. */
  #forgetOld(now: number): void {
    for (const [id, { at }] of this.#known) {
      if (at > now - REMEMBERED && this.#known.size <= MOST) return;
      this.#known.delete(id);
    }
  }
}
