/** Thrown by every call once the process has crashed, so that nothing of it runs any more. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Where a process crashes: at its `call`-th call to a port, before or right after that call takes effect. */
export interface CrashPoint {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** A process whose calls to the stores and to the outside are counted; it crashes at one of them. */
export class CrashingProcess {
  readonly #crashPoint: CrashPoint;
  #calls = 0;
  #crashedAt: string | null = null;

  constructor(crashPoint: CrashPoint) {
    this.#crashPoint = crashPoint;
  }

  /** Where it crashed, e.g. `before SqlMigrationStore.move`; null while it runs. */
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
    const isLast = ++this.#calls === this.#crashPoint.call;
    if (isLast && this.#crashPoint.when === 'before') this.#crash(call);
    const result = await act();
    if (isLast) this.#crash(call);
    // If another call crashed the process meanwhile, this one took effect, but its caller never learns the result.
    this.#assertRunning();
    return result;
  }

  #crash(call: string): never {
    this.#crashedAt = `${this.#crashPoint.when} ${call}`;
    throw new Crash();
  }

  #assertRunning(): void {
    if (this.#crashedAt !== null) throw new Crash();
  }
}
