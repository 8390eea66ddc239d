import type { Random } from '../support/random.ts';
import { FAULTS, type Fault, oftener, SLOW, slowestMs, type Troubles } from './faults.ts';
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
  /** Hears of a call that failed without effect. */
  readonly failed: (life: Life, call: string, args: readonly unknown[]) => void;
  /** Called when a process dies at a call. */
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
  /** Moments of death, and faults by call, that are each seed's own. */
  readonly #dooms = new Set<string>();
  readonly #strokes = new Map<string, Fault>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** `own`: the next processes to come to these calls die there, or are struck. */
  worsen(weather: Weather, own: Troubles): void {
    this.#weather = weather;
    for (const moment of own.deaths) this.#dooms.add(moment);
    for (const { call, fault } of own.strokes) this.#strokes.set(call, fault);
  }

  calm(): void {
    this.#weather = CALM;
    this.#dooms.clear();
    this.#strokes.clear();
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
    const fault = this.#faultOf(call);
    if (fault !== null) this.#note(life, call, fault.name);
    if (fault?.takesEffect === false) this.#options.failed(life, call, args);
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

  #faultOf(call: string): Fault | null {
    const own = this.#strokes.get(call);
    this.#strokes.delete(call);
    if (own !== undefined) return own;
    const fitting = FAULTS.filter(({ on }) => on.test(call));
    return fitting.length > 0 && this.#strikes(call, 1) ? this.#options.random.pick(fitting) : null;
  }

  #strikes(call: string, share: number): boolean {
    const { faults } = this.#weather;
    return faults > 0 && this.#options.random.chance(Math.min(0.5, faults * oftener(call)) * share);
  }

  #isLast(moment: string): boolean {
    if (this.#dooms.delete(moment)) return true;
    return this.#weather.deaths > 0 && this.#options.random.chance(this.#weather.deaths);
  }

  #die(life: Life, moment: string): void {
    this.#options.count(moment);
    this.#options.log(() => `${life.name} dies ${moment}`);
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
