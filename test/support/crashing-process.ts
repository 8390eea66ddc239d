/** Thrown by every call once the process has crashed, so that nothing of it runs any more. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * A process whose calls to the stores and to the outside are counted; it crashes right after one of them took effect. A crash
 * before a call leaves the same state as one after the previous call; the simulation tries both.
 */
export class CrashingProcess {
  readonly #lastCall: number;
  #calls = 0;
  #crashedAt: string | null = null;

  /** @param lastCall counted from 1 */
  constructor(lastCall: number) {
    this.#lastCall = lastCall;
  }

  /** Where it crashed, e.g. `after SqlMigrationStore.move`; null while it runs. */
  get crashedAt(): string | null {
    return this.#crashedAt;
  }

  /** A store or an outside port as this process calls it. */
  readonly through = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        const call = `${target.constructor.name}.${String(name)}`;
        return (...args: unknown[]) => this.#call(call, async () => Reflect.apply(member, target, args));
      },
    });

  async #call(call: string, act: () => Promise<unknown>): Promise<unknown> {
    this.#assertRunning();
    const isLast = ++this.#calls === this.#lastCall;
    const result = await act();
    if (isLast) this.#crash(call);
    // If another call crashed the process meanwhile, this one took effect, but its caller never learns the result.
    this.#assertRunning();
    return result;
  }

  #crash(call: string): never {
    this.#crashedAt = `after ${call}`;
    throw new Crash();
  }

  #assertRunning(): void {
    if (this.#crashedAt !== null) throw new Crash();
  }
}
