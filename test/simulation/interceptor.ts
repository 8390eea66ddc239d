import type { Random } from '../support/random.ts';
import { FAULTS, type Fault, maxDelayMs, SLOW_REQUEST, SLOW_RESPONSE, weightOf } from './faults.ts';
import type { Schedule, SimulatedProcess } from './schedule.ts';
import type { SeedFaults } from './seed-faults.ts';

/** Receives each call that took effect. `isLost`: the caller got an error, or no result at all. */
type Observer = (
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
  /** Receives each call that failed without effect. */
  readonly observeFailure: (process: SimulatedProcess, call: string, args: readonly unknown[]) => void;
  readonly count: (what: string) => void;
  readonly log: (line: () => string) => void;
  /** Called when a process crashes at a call. */
  readonly onCrash: (process: SimulatedProcess) => void;
}

/** The probability that a fault is injected into a call, and that a call is the last of its process. */
export interface FaultRates {
  readonly faults: number;
  readonly crashes: number;
}

const NO_FAULTS: FaultRates = { faults: 0, crashes: 0 };
/** The rate of slow calls, as a share of the fault rate. */
const SLOW_SHARE = 0.3;
/** The longest a call to Adobe or Slack takes without faults. Milliseconds. */
const OUTSIDE_MS = 400;
const NEVER = new Promise<never>(() => {});

/** Every call of a use case to a port passes through here: it takes time, and every kind of fault may be injected. */
export class Interceptor {
  readonly #options: Options;
  #rates: FaultRates = NO_FAULTS;
  /** Assigned to the seed, each used once; faults by call. */
  readonly #crashPoints = new Set<string>();
  readonly #faults = new Map<string, Fault>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** `planned`: what is injected into the next matching call, whatever the rates. */
  startFaults(rates: FaultRates, planned: SeedFaults): void {
    this.#rates = rates;
    for (const crashPoint of planned.crashPoints) this.#crashPoints.add(crashPoint);
    for (const { call, fault } of planned.faults) this.#faults.set(call, fault);
  }

  stopFaults(): void {
    this.#rates = NO_FAULTS;
    this.#crashPoints.clear();
    this.#faults.clear();
  }

  /** A port as this process calls it. */
  wrap<T extends object>(process: SimulatedProcess, port: T): T {
    return new Proxy(port, {
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
      if (this.#isFaulty(call, SLOW_SHARE)) {
        this.#logFault(process, call, SLOW_REQUEST);
        schedule.after(takes + random.between(500, maxDelayMs(call)), arrive, process);
      } else schedule.after(takes, arrive, process);
    });
  }

  async #arrive(
    process: SimulatedProcess,
    call: string,
    args: readonly unknown[],
    act: () => Promise<unknown>,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ): Promise<void> {
    const { schedule, random, observe, observeFailure, log } = this.#options;
    if (this.#isCrashPoint(`before ${call}`)) return this.#crash(process, `before ${call}`);
    const fault = this.#faultOf(call);
    if (fault !== null) this.#logFault(process, call, fault.name);
    if (fault?.takesEffect === false) observeFailure(process, call, args);
    let result = fault?.result;
    if (fault === null || fault.takesEffect) {
      const isLast = this.#isCrashPoint(`after ${call}`);
      const outcome = await settle(act);
      if (!outcome.failed) observe(process, call, args, outcome.value, fault !== null || isLast);
      if (isLast) return this.#crash(process, `after ${call}`);
      result ??= outcome.result;
      log(() => `${process.name} ${call}${outcome.failed ? ' failed' : ''}`);
    }
    const respond = () => {
      try {
        resolve(result?.());
      } catch (error) {
        reject(error);
      }
    };
    if (fault === null && this.#isFaulty(call, SLOW_SHARE)) {
      this.#logFault(process, call, SLOW_RESPONSE);
      schedule.after(random.between(500, maxDelayMs(call)), respond, process);
    } else respond();
  }

  #faultOf(call: string): Fault | null {
    const planned = this.#faults.get(call);
    this.#faults.delete(call);
    if (planned !== undefined) return planned;
    const fitting = FAULTS.filter(({ on }) => on.test(call));
    return fitting.length > 0 && this.#isFaulty(call, 1) ? this.#options.random.pick(fitting) : null;
  }

  /** Whether chance injects a fault into this call, at this `share` of the fault rate. */
  #isFaulty(call: string, share: number): boolean {
    const { faults } = this.#rates;
    return faults > 0 && this.#options.random.chance(Math.min(0.5, faults * weightOf(call)) * share);
  }

  #isCrashPoint(point: string): boolean {
    if (this.#crashPoints.delete(point)) return true;
    return this.#rates.crashes > 0 && this.#options.random.chance(this.#rates.crashes);
  }

  #crash(process: SimulatedProcess, point: string): void {
    this.#options.count(point);
    this.#options.log(() => `${process.name} crashes ${point}`);
    this.#options.onCrash(process);
  }

  #logFault(process: SimulatedProcess, call: string, fault: string): void {
    this.#options.count(fault);
    this.#options.log(() => `${process.name} ${call}: injected "${fault}"`);
  }
}

async function settle(act: () => Promise<unknown>) {
  try {
    const value = await act();
    return { failed: false, value, result: () => value };
  } catch (error) {
    const result = () => {
      throw error;
    };
    return { failed: true, value: null, result };
  }
}
