/** The process died here: nothing of it runs any more. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Where a process dies: at its `call`-th call to a part, before that took effect or right after. */
export interface Death {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** The life of one process: every call it makes to a store or to the outside is counted, and one of them is its last. */
export class Life {
  readonly #death: Death;
  #calls = 0;
  #end: string | null = null;

  constructor(death: Death) {
    this.#death = death;
  }

  /** Where it died, as `before SqlMigrationStore.move`; null while it lives. */
  get end(): string | null {
    return this.#end;
  }

  /** A store or an outside part, as this process calls it. */
  readonly through = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        const call = `${target.constructor.name}.${String(name)}`;
        return (...args: unknown[]) => this.#call(call, async () => Reflect.apply(member, target, args));
      },
    });

  async #call(call: string, act: () => Promise<unknown>): Promise<unknown> {
    this.#mustLive();
    const isLast = ++this.#calls === this.#death.call;
    if (isLast && this.#death.when === 'before') this.#die(call);
    const result = await act();
    if (isLast) this.#die(call);
    // Died while this was on its way: it took effect, and nobody hears of it.
    this.#mustLive();
    return result;
  }

  #die(call: string): never {
    this.#end = `${this.#death.when} ${call}`;
    throw new Crash();
  }

  #mustLive(): void {
    if (this.#end !== null) throw new Crash();
  }
}
