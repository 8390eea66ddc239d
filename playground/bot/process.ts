import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { PanelBot } from '../panel/contract.ts';
import { portFrom, spawnShiftedBot } from './spawn.ts';

type Child = ReturnType<typeof spawnShiftedBot>;

interface Running {
  readonly child: Child;
  /** With the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** How long the bot's jobs may take on a move of the clock before it goes on without them. Milliseconds. */
const JOBS_TIMEOUT_MS = 30_000;

/** Starts, kills and moves the bot, which is a process of its own. */
export class BotProcess {
  readonly #settings: Readonly<Record<string, string>>;
  readonly #log: WriteStream;
  readonly #aheadMs: () => number;
  readonly #serves: (port: number) => void;
  readonly #changed: () => void;
  #running: Running | undefined;
  #state: PanelBot['state'] = 'stopped';
  #starts = 0;
  #last = 'not started yet';

  constructor(options: {
    readonly settings: Readonly<Record<string, string>>;
    /** Where its JSON lines go, one process after the other. */
    readonly logFile: string;
    /** How far the clock is ahead of the machine's, in milliseconds. */
    readonly aheadMs: () => number;
    /** Told where each new process listens. */
    readonly serves: (port: number) => void;
    readonly changed: () => void;
  }) {
    this.#settings = options.settings;
    this.#log = createWriteStream(options.logFile);
    this.#aheadMs = options.aheadMs;
    this.#serves = options.serves;
    this.#changed = options.changed;
  }

  get view(): PanelBot {
    const pid = this.#running?.child.pid ?? null;
    return { state: this.#state, pid, starts: this.#starts, last: this.#last };
  }

  /** Resolves when it serves; at once when it runs already. @throws {Error} when it ends before that */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const child = spawnShiftedBot(this.#settings, this.#aheadMs());
    child.stderr.pipe(process.stderr);
    child.stdout.pipe(this.#log, { end: false });
    // Not `exit`, after which its last words may still be on their way.
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    this.#running = { child, ended };
    this.#starts += 1;
    this.#note('starting', 'starting');
    void ended.then((code) => this.#gone(child, code));
    const port = await Promise.race([
      portFrom(child.stdout),
      ended.then((code) => {
        throw new Error(`The bot ended at once with code ${code}.`);
      }),
    ]);
    this.#serves(port);
    this.#note('running', this.#starts === 1 ? 'started' : 'started again');
  }

  /** SIGKILL: it can finish nothing and tell nobody. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM: it finishes what is in hand. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Tells it how far its clock is ahead now; resolves when the jobs that were due on the way are done. */
  async move(): Promise<void> {
    const running = this.#running;
    if (running === undefined || this.#state !== 'running') return;
    const given = new AbortController();
    const done = new Promise<void>((resolve) => running.child.once('message', () => resolve()));
    // It may be killed on the way.
    running.child.send({ aheadMs: this.#aheadMs() }, () => {});
    const late = delay(JOBS_TIMEOUT_MS, undefined, { signal: given.signal }).catch(() => {});
    await Promise.race([done, running.ended, late]);
    given.abort();
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.child.kill(signal);
    await running.ended;
  }

  #gone(child: Child, code: number | null): void {
    if (this.#running?.child === child) this.#running = undefined;
    this.#note(
      'stopped',
      code === null ? `killed (${child.signalCode})` : `ended by itself with code ${code}`,
    );
  }

  #note(state: PanelBot['state'], last: string): void {
    this.#state = state;
    this.#last = last;
    this.#changed();
  }
}
