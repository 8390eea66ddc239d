import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryResult } from '../../playground/slack/transport.ts';
import type { Bot, World } from '../process/world.ts';
import type { Random } from '../support/random.ts';
import type { Victim } from './plan.ts';

/** One process, from its start to its end. */
interface InstanceProcess {
  readonly bot: Bot;
  /** Where Slack sends requests; null until it serves, and once it was signalled to stop. */
  url: string | null;
  /** Whether it was ended by the trial or exited on its own. */
  hasEnded: boolean;
}

/** An instance ended by the trial. Times in milliseconds since 1970. */
export interface Ended {
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly at: number;
  readonly endedAt: number;
  /** False only after a SIGTERM: a serving instance did not exit with 0 within 10 s. */
  readonly isOrderly: boolean;
}

/** When something was suspended: instances, or the database. Times in milliseconds since 1970. */
export interface Interruption {
  readonly what: 'pause' | 'database';
  readonly at: number;
  readonly endedAt: number;
}

/** Platforms kill 10 s after SIGTERM. Milliseconds. */
const STOP_WITHIN = 10_000;
/** The pause before an instance that exited on its own is restarted. Milliseconds. */
const RESTART_AFTER = 500;

/** The instances of one trial: restarted as a platform does, with a load balancer in front. */
export class Fleet {
  readonly ended: Ended[] = [];
  readonly interruptions: Interruption[] = [];
  readonly instances: InstanceProcess[] = [];
  /** Exits, while serving, that the trial did not cause: exit code and stderr. */
  readonly unexpectedExits: string[] = [];
  readonly #world: World;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #random: Random;
  #isClosed = false;

  constructor(world: World, settings: Readonly<Record<string, string>>, random: Random) {
    this.#world = world;
    this.#settings = settings;
    this.#random = random;
  }

  /** Starts this many instances at the same moment. */
  start(instances: number): void {
    for (let i = 0; i < instances; i++) this.#spawn();
  }

  /** Whether one of them has synced with Adobe. */
  get hasSynced(): boolean {
    return this.instances.some(({ bot }) => bot.linesWith({ msg: 'sync done' }).length > 0);
  }

  /** Whether all of them serve requests. */
  get isServing(): boolean {
    return this.#alive.every(({ url }) => url !== null);
  }

  /** From now on, no instance is restarted. */
  close(): void {
    this.#isClosed = true;
  }

  #spawn(): void {
    if (this.#isClosed) return;
    const instance: InstanceProcess = { bot: this.#world.spawn(this.#settings), url: null, hasEnded: false };
    this.instances.push(instance);
    void this.#waitUntilServing(instance);
    void instance.bot.ended.then(async (code) => {
      if (instance.hasEnded || this.#isClosed) return;
      // Not unexpected before it serves: a start fails, and is retried, while there is no database.
      if (instance.url !== null) this.unexpectedExits.push(`exited with ${code}: ${instance.bot.stderr.trim()}`);
      instance.hasEnded = true;
      instance.url = null;
      await delay(RESTART_AFTER);
      this.#spawn();
    });
  }

  /** Sends it requests once it serves, however long a busy machine takes to start it. */
  async #waitUntilServing(instance: InstanceProcess): Promise<void> {
    while (!instance.hasEnded && !this.#isClosed && instance.url === null) {
      const address = await instance.bot.address().catch(() => null);
      if (!instance.hasEnded && address !== null) instance.url = `${address}/slack/events`;
    }
  }

  get #alive(): InstanceProcess[] {
    return this.instances.filter(({ hasEnded }) => !hasEnded);
  }

  /** The instances among which a load balancer chooses. */
  get #serving(): InstanceProcess[] {
    return this.instances.filter(({ url }) => url !== null);
  }

  /**
   * Sends the same request `times` times at the same moment, each to another serving instance where there are several.
   * Slack does not repeat an interaction: one that reaches an instance as it dies is lost.
   */
  async send(act: () => Promise<DeliveryResult>, times = 1): Promise<DeliveryResult[]> {
    const { slack } = this.#world;
    const from = this.#random.between(0, 99);
    const sent = Array.from({ length: times }, (_, i) => {
      const serving = this.#serving;
      // The request goes to the address that is set when it is sent.
      slack.appUrl = serving[(from + i) % serving.length]?.url ?? undefined;
      return act();
    });
    return Promise.all(sent);
  }

  /** Ends the victims and restarts as many `downMs` milliseconds later. Resolves when they have been spawned. */
  async end(victim: Victim, signal: Ended['signal'], downMs: number): Promise<void> {
    await Promise.all(
      this.#victims(victim).map(async (instance) => {
        await this.#end(instance, signal);
        await delay(downMs);
        this.#spawn();
      }),
    );
  }

  /** Suspends the victims for `forMs` milliseconds. */
  async pause(victim: Victim, forMs: number): Promise<void> {
    const victims = this.#victims(victim);
    const at = Date.now();
    for (const { bot } of victims) bot.signal('SIGSTOP');
    await delay(forMs);
    for (const { bot } of victims) bot.signal('SIGCONT');
    this.interruptions.push({ what: 'pause', at, endedAt: Date.now() });
  }

  #victims(victim: Victim): InstanceProcess[] {
    const alive = this.#alive;
    if (victim === 'all' || alive.length === 0) return alive;
    const busiest = alive.toSorted((a, b) => lastMoved(b).localeCompare(lastMoved(a)))[0];
    const someone = alive[this.#random.between(0, alive.length - 1)];
    const chosen = victim === 'busiest' && busiest !== undefined && lastMoved(busiest) !== '' ? busiest : someone;
    return chosen === undefined ? [] : [chosen];
  }

  async #end(instance: InstanceProcess, signal: Ended['signal']): Promise<void> {
    const wasServing = instance.url !== null;
    instance.hasEnded = true;
    instance.url = null;
    const at = Date.now();
    const code = await instance.bot.end(signal);
    const endedAt = Date.now();
    const isOrderly = signal === 'SIGKILL' || !wasServing || (code === 0 && endedAt - at <= STOP_WITHIN);
    this.ended.push({ signal, at, endedAt, isOrderly });
  }
}

/** When it last changed a migration's state, as a log timestamp; empty: never. */
function lastMoved({ bot }: InstanceProcess): string {
  return String(bot.linesWith({ msg: 'migration moved' }).at(-1)?.['time'] ?? '');
}
