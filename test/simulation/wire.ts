import { DEATHS, FAULTS, oftener, SLOW, slowestMs } from './faults.ts';
import type { Random } from './random.ts';
import type { Life, Schedule } from './schedule.ts';

/** Hears of a call that took effect; `isLost`: the caller never hears of it, or hears that it failed. */
export type Witness = (
  life: Life,
  call: string,
  args: readonly unknown[],
  result: unknown,
  isLost: boolean,
) => void;

interface Options {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly witness: Witness;
  readonly count: (what: string) => void;
  readonly log: (line: () => string) => void;
  /** Called when a process died at a call. */
  readonly onDeath: (life: Life) => void;
}

/** How bad it is: how likely a call is struck, or is its process's last. */
export interface Weather {
  readonly faults: number;
  readonly deaths: number;
}

const CALM: Weather = { faults: 0, deaths: 0 };
/** How long calls to the outside take. Milliseconds. */
const OUTSIDE_MS = 400;
const NEVER = new Promise<never>(() => {});

/** Every call from a service to a part goes through here: it takes its time, and may go wrong in every way there is. */
export class Wire {
  readonly #options: Options;
  #weather: Weather = CALM;
  /** One moment of death of which each seed has its own, and how many times it is passed before. */
  #doom: { readonly at: string; passes: number } | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  worsen(weather: Weather, seed: number): void {
    const at = DEATHS[seed % DEATHS.length];
    this.#weather = weather;
    this.#doom = at === undefined ? null : { at, passes: this.#options.random.between(0, 2) };
  }

  calm(): void {
    this.#weather = CALM;
    this.#doom = null;
  }

  /** A store or an outside part, as this process calls it. */
  through<T extends object>(life: Life, part: T): T {
    return new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        const call = `${target.constructor.name}.${String(name)}`;
        return (...args: unknown[]) =>
          this.call(life, call, args, async () => Reflect.apply(member, target, args));
      },
    });
  }

  call(life: Life, call: string, args: readonly unknown[], act: () => Promise<unknown>): Promise<unknown> {
    if (!life.alive) return NEVER;
    const { schedule, random } = this.#options;
    const takes = call.startsWith('Sql') ? 0 : random.between(1, OUTSIDE_MS);
    return new Promise((resolve, reject) => {
      const happen = () => this.#happen(life, call, args, act, resolve, reject);
      if (this.#strikes(call, 0.3)) {
        this.#note(life, call, SLOW[0]);
        schedule.after(takes + random.between(500, slowestMs(call)), happen, life);
      } else schedule.after(takes, happen, life);
    });
  }

  async #happen(
    life: Life,
    call: string,
    args: readonly unknown[],
    act: () => Promise<unknown>,
    resolve: (answer: unknown) => void,
    reject: (error: unknown) => void,
  ): Promise<void> {
    const { schedule, random, witness } = this.#options;
    if (this.#isLast(`before ${call}`)) return this.#die(life, `before ${call}`);
    const fits = this.#weather.faults === 0 ? [] : FAULTS.filter(({ on }) => on.test(call));
    const fault = fits.length > 0 && this.#strikes(call, 1) ? random.pick(fits) : null;
    if (fault !== null) this.#note(life, call, fault.name);
    let answer = fault?.answer;
    let isLost = fault !== null;
    if (fault === null || fault.takesEffect) {
      const isLast = this.#isLast(`after ${call}`);
      const outcome = await settle(act);
      isLost ||= isLast;
      if (!outcome.failed) witness(life, call, args, outcome.value, isLost);
      if (isLast) return this.#die(life, `after ${call}`);
      answer ??= outcome.give;
      this.#options.log(() => `${life.name} ${call}${outcome.failed ? ' failed' : ''}`);
    }
    const give = () => {
      try {
        resolve(answer?.());
      } catch (error) {
        reject(error);
      }
    };
    if (fault === null && this.#strikes(call, 0.3)) {
      this.#note(life, call, SLOW[1]);
      schedule.after(random.between(500, slowestMs(call)), give, life);
    } else give();
  }

  #strikes(call: string, share: number): boolean {
    const { faults } = this.#weather;
    return faults > 0 && this.#options.random.chance(Math.min(0.5, faults * oftener(call)) * share);
  }

  #isLast(moment: string): boolean {
    if (this.#weather === CALM) return false;
    if (this.#doom?.at === moment && this.#doom.passes-- === 0) return true;
    return this.#weather.deaths > 0 && this.#options.random.chance(this.#weather.deaths);
  }

  #die(life: Life, moment: string): void {
    this.#options.count(moment);
    this.#options.log(() => `${life.name} dies ${moment}`);
    life.alive = false;
    this.#options.onDeath(life);
  }

  #note(life: Life, call: string, fault: string): void {
    this.#options.count(fault);
    this.#options.log(() => `${life.name} ${call} meets "${fault}"`);
  }
}

async function settle(act: () => Promise<unknown>) {
  try {
    const value = await act();
    return { failed: false, value, give: () => value };
  } catch (error) {
    const give = () => {
      throw error;
    };
    return { failed: true, value: null, give };
  }
}
