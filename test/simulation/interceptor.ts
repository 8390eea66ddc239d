import type { Random } from '../support/random.ts';
import { FAULTS, type Fault, maxDelayMs, type SeedFaults, SLOW, weightOf } from './faults.ts';
import type { Schedule, SimulatedProcess } from './schedule.ts';

/** Hears of a call that took effect; `isLost`: the caller never hears of it, or hears that it failed. */
export type Observer = (
  process: SimulatedProcess,
  call: string,
  args: readonly unknown[],
  result: unknown,
  isLost: boolean,
) => void;

interface Options {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly observe: Observer;
  readonly count: (what: string) => void;
  readonly log: (line: () => string) => void;
  /** Hears of a call that failed without effect. */
  readonly failed: (process: SimulatedProcess, call: string, args: readonly unknown[]) => void;
  /** Called when a process dies at a call. */
  readonly onCrash: (process: SimulatedProcess) => void;
}

/** How bad it is: how likely a call is struck, or is its process's last. */
export interface FaultRates {
  readonly faults: number;
  readonly crashes: number;
}

const NO_FAULTS: FaultRates = { faults: 0, crashes: 0 };
/** How long calls to the outside take. Milliseconds. */
const OUTSIDE_MS = 400;
const NEVER = new Promise<never>(() => {});

/** Every call from a service to a part goes through here: it takes its time, and may go wrong in every way there is. */
export class Interceptor {
  readonly #options: Options;
  #rates: FaultRates = NO_FAULTS;
  /** Moments of death, and faults by call, that are each seed's own. */
  readonly #crashPoints = new Set<string>();
  readonly #faults = new Map<string, Fault>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** `own`: the next processes to come to these calls die there, or are struck. */
  startFaults(rates: FaultRates, own: SeedFaults): void {
    this.#rates = rates;
    for (const moment of own.crashPoints) this.#crashPoints.add(moment);
    for (const { call, fault } of own.faults) this.#faults.set(call, fault);
  }

  stopFaults(): void {
    this.#rates = NO_FAULTS;
    this.#crashPoints.clear();
    this.#faults.clear();
  }

  /** A store or an outside part, as this process calls it. */
  through<T extends object>(process: SimulatedProcess, part: T): T {
    return new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        const call = `${target.constructor.name}.${String(name)}`;
        return (...args: unknown[]) => this.call(process, call, args, async () => Reflect.apply(member, target, args));
      },
    });
  }

  call(
    process: SimulatedProcess,
    call: string,
    args: readonly unknown[],
    act: () => Promise<unknown>,
  ): Promise<unknown> {
    if (!process.isAlive) return NEVER;
    const { schedule, random } = this.#options;
    const takes = call.startsWith('Sql') ? 0 : random.between(1, OUTSIDE_MS);
    return new Promise((resolve, reject) => {
      const arrive = () => this.#arrive(process, call, args, act, resolve, reject);
      if (this.#roll(call, 0.3)) {
        this.#logFault(process, call, SLOW[0]);
        schedule.after(takes + random.between(500, maxDelayMs(call)), arrive, process);
      } else schedule.after(takes, arrive, process);
    });
  }

  async #arrive(
    process: SimulatedProcess,
    call: string,
    args: readonly unknown[],
    act: () => Promise<unknown>,
    resolve: (answer: unknown) => void,
    reject: (error: unknown) => void,
  ): Promise<void> {
    const { schedule, random, observe } = this.#options;
    if (this.#isCrashPoint(`before ${call}`)) return this.#crash(process, `before ${call}`);
    const fault = this.#faultOf(call);
    if (fault !== null) this.#logFault(process, call, fault.name);
    if (fault?.takesEffect === false) this.#options.failed(process, call, args);
    let answer = fault?.answer;
    let isLost = fault !== null;
    if (fault === null || fault.takesEffect) {
      const isCrashPoint = this.#isCrashPoint(`after ${call}`);
      const outcome = await settle(act);
      isLost ||= isCrashPoint;
      if (!outcome.failed) observe(process, call, args, outcome.value, isLost);
      if (isCrashPoint) return this.#crash(process, `after ${call}`);
      answer ??= outcome.give;
      this.#options.log(() => `${process.name} ${call}${outcome.failed ? ' failed' : ''}`);
    }
    const give = () => {
      try {
        resolve(answer?.());
      } catch (error) {
        reject(error);
      }
    };
    if (fault === null && this.#roll(call, 0.3)) {
      this.#logFault(process, call, SLOW[1]);
      schedule.after(random.between(500, maxDelayMs(call)), give, process);
    } else give();
  }

  #faultOf(call: string): Fault | null {
    const own = this.#faults.get(call);
    this.#faults.delete(call);
    if (own !== undefined) return own;
    const fitting = FAULTS.filter(({ on }) => on.test(call));
    return fitting.length > 0 && this.#roll(call, 1) ? this.#options.random.pick(fitting) : null;
  }

  #roll(call: string, share: number): boolean {
    const { faults } = this.#rates;
    return faults > 0 && this.#options.random.chance(Math.min(0.5, faults * weightOf(call)) * share);
  }

  #isCrashPoint(moment: string): boolean {
    if (this.#crashPoints.delete(moment)) return true;
    return this.#rates.crashes > 0 && this.#options.random.chance(this.#rates.crashes);
  }

  #crash(process: SimulatedProcess, moment: string): void {
    this.#options.count(moment);
    this.#options.log(() => `${process.name} dies ${moment}`);
    this.#options.onCrash(process);
  }

  #logFault(process: SimulatedProcess, call: string, fault: string): void {
    this.#options.count(fault);
    this.#options.log(() => `${process.name} ${call} meets "${fault}"`);
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
