import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryResult } from '../../playground/slack/transport.ts';
import type { Bot, World } from '../process/world.ts';
import type { Random } from '../support/random.ts';
import type { Crash } from './plan.ts';

/** One process, from its start to its end. */
export interface InstanceProcess {
  readonly bot: Bot;
  /** Where Slack reaches it; null until it serves, and once it is told to end. */
  url: string | null;
  /** Ended by us, or by itself. */
  hasEnded: boolean;
}

/** An end that was brought about. Times in milliseconds since 1970. */
export interface Ended {
  readonly signal: Crash['signal'];
  readonly at: number;
  readonly over: number;
  /** Of a SIGTERM to an instance that served: whether it ended with 0 in 10 s. */
  readonly isOrderly: boolean;
}

/** Platforms kill 10 s after SIGTERM. Milliseconds. */
const STOP_WITHIN = 10_000;
/** After a process that ended by itself. Milliseconds. */
const RESTART_AFTER = 500;

/** The instances of one trial: kept running as a platform does, with a load balancer in front. */
export class Fleet {
  readonly ended: Ended[] = [];
  readonly instances: InstanceProcess[] = [];
  /** Ends nobody brought about: what the process said last. */
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

  /** Starts so many at the same moment. */
  start(instances: number): void {
    for (let i = 0; i < instances; i++) this.#spawn();
  }

  /** Whether one of them knows what there is to migrate. */
  get hasSynced(): boolean {
    return this.instances.some(({ bot }) => bot.linesWith({ msg: 'sync done' }).length > 0);
  }

  /** Whether all of them serve. */
  get isServing(): boolean {
    return this.#alive.every(({ url }) => url !== null);
  }

  /** Starts nobody again. */
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
      this.unexpectedExits.push(`ended with ${code}: ${instance.bot.stderr.trim()}`);
      instance.hasEnded = true;
      instance.url = null;
      await delay(RESTART_AFTER);
      this.#spawn();
    });
  }

  /** Has Slack reach it once it serves, however long a busy machine takes to start it. */
  async #waitUntilServing(instance: InstanceProcess): Promise<void> {
    while (!instance.hasEnded && !this.#isClosed && instance.url === null) {
      const address = await instance.bot.address().catch(() => null);
      if (!instance.hasEnded && address !== null) instance.url = `${address}/slack/events`;
    }
  }

  get #alive(): InstanceProcess[] {
    return this.instances.filter(({ hasEnded }) => !hasEnded);
  }

  /** Those a load balancer would choose from. */
  get #serving(): InstanceProcess[] {
    return this.instances.filter(({ url }) => url !== null);
  }

  /**
   * Has something sent to several instances that serve, as many as `times` if there are, at the same moment. Slack does
   * not repeat an interaction: what an instance takes with it when it dies has reached nobody.
   */
  async send(act: () => Promise<DeliveryResult>, times = 1): Promise<DeliveryResult[]> {
    const { slack } = this.#world;
    const from = this.#random.between(0, 99);
    const sent = Array.from({ length: times }, (_, i) => {
      const serving = this.#serving;
      // A request is sent to the address of its moment.
      slack.appUrl = serving[(from + i) % serving.length]?.url ?? undefined;
      return act();
    });
    return Promise.all(sent);
  }

  /** Ends those meant, and starts as many again after a while. Resolves when they have been started. */
  async crash({ victim, signal, downMs }: Crash): Promise<void> {
    await Promise.all(
      this.#victims(victim).map(async (instance) => {
        await this.#end(instance, signal);
        await delay(downMs);
        this.#spawn();
      }),
    );
  }

  #victims(victim: Crash['victim']): InstanceProcess[] {
    const alive = this.#alive;
    if (victim === 'all' || alive.length === 0) return alive;
    const busiest = alive.toSorted((a, b) => lastMoved(b).localeCompare(lastMoved(a)))[0];
    const someone = alive[this.#random.between(0, alive.length - 1)];
    const chosen = victim === 'busiest' && busiest !== undefined && lastMoved(busiest) !== '' ? busiest : someone;
    return chosen === undefined ? [] : [chosen];
  }

  async #end(instance: InstanceProcess, signal: Crash['signal']): Promise<void> {
    const wasServing = instance.url !== null;
    instance.hasEnded = true;
    instance.url = null;
    const at = Date.now();
    const code = await instance.bot.end(signal);
    const over = Date.now();
    const isOrderly = signal === 'SIGKILL' || !wasServing || (code === 0 && over - at <= STOP_WITHIN);
    this.ended.push({ signal, at, over, isOrderly });
  }
}

/** When it last moved a migration, as its log writes times; empty when it never did. */
function lastMoved({ bot }: InstanceProcess): string {
  return String(bot.linesWith({ msg: 'migration moved' }).at(-1)?.['time'] ?? '');
}
