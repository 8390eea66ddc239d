import { faultOf, NoResponse, noResponseFault } from './faults.ts';
import { type Outcome, open } from './outcome.ts';

export interface CheckResult extends Outcome {
  readonly id: string;
  /** What is checked, in words. */
  readonly title: string;
}

/** A check and what it depends on. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** Ids of earlier checks without which this one cannot be tried. */
  readonly needs?: readonly string[];
  /** Names of settings without which it cannot be tried. */
  readonly settings?: readonly string[];
  /** The host that it connects to. */
  readonly host?: Host;
}

interface Host {
  /** The name of the setting with its address. */
  readonly setting: string;
  readonly url: string;
}

/** Sends a sign of life, so that a check with many calls may take longer in total than its time limit. */
export type Alive = () => void;

/** Runs checks one after the other, whatever their results. */
export class CheckRun {
  readonly results: CheckResult[] = [];
  readonly #wrong: ReadonlySet<string>;
  /** Origins that did not respond in time, with the title of the check that noticed: one wait for each is enough. */
  readonly #silent = new Map<string, string>();
  readonly #timeoutMs: number;
  readonly #onResult: (result: CheckResult) => void;

  /** @param options `wrong`: names of invalid settings; `timeoutMs`: of one check */
  constructor(options: {
    readonly wrong: ReadonlySet<string>;
    readonly timeoutMs: number;
    readonly onResult: (result: CheckResult) => void;
  }) {
    this.#wrong = options.wrong;
    this.#timeoutMs = options.timeoutMs;
    this.#onResult = options.onResult;
  }

  /** Runs one check, unless something that it needs failed. Never throws. */
  async run(check: Check, work: (alive: Alive) => Promise<Outcome>): Promise<CheckResult> {
    const reason = this.#reasonToSkip(check);
    const outcome = reason === null ? await this.#try(check, work) : open(`not tried: ${reason}`, { skipped: true });
    return this.add(check, outcome);
  }

  /** Adds a result that is already known. */
  add({ id, title }: Check, outcome: Outcome): CheckResult {
    const result = { id, title, ...outcome };
    this.results.push(result);
    this.#onResult(result);
    return result;
  }

  #reasonToSkip({ settings = [], needs = [], host }: Check): string | null {
    const wrong = settings.filter((name) => this.#wrong.has(name));
    if (wrong.length > 0) return `${wrong.join(', ')} ${wrong.length === 1 ? 'is' : 'are'} wrong`;
    const failed = this.results.find(({ id, ok }) => needs.includes(id) && ok !== true);
    if (failed !== undefined) return `it needs "${failed.title}"`;
    const silentAt = host && this.#silent.get(new URL(host.url).origin);
    return silentAt === undefined ? null : `its host gave no response to "${silentAt}"`;
  }

  async #try({ title, host }: Check, work: (alive: Alive) => Promise<Outcome>): Promise<Outcome> {
    const silent = new Silence(this.#timeoutMs);
    try {
      return await Promise.race([work(() => silent.alive()), silent.over]);
    } catch (error) {
      if (host === undefined || !(error instanceof NoResponse)) return faultOf(error);
      this.#silent.set(new URL(host.url).origin, title);
      return noResponseFault(error, host.setting);
    } finally {
      silent.end();
    }
  }
}

/** `over` rejects after `ms` milliseconds without a sign of life. */
class Silence {
  readonly over: Promise<never>;
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.over = promise;
    this.over.catch(() => {});
    this.#timer = setTimeout(() => reject(new NoResponse(ms)), ms);
  }

  alive(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
