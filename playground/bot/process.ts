import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { PanelBot } from '../panel/contract.ts';
import { portFrom, spawnShiftedBot } from './spawn.ts';

type Child = ReturnType<typeof spawnShiftedBot>;

interface Running {
  readonly child: Child;
  /** Resolves with the exit code; null after a signal. */
  readonly ended: Promise<number | null>;
}

/** How long a move of the clock waits for the bot's jobs, in milliseconds. */
const JOBS_TIMEOUT_MS = 30_000;

/** Starts, kills and stops the bot's process, and moves its clock. */
export class BotProcess {
  readonly #settings: Readonly<Record<string, string>>;
  readonly #log: WriteStream;
  readonly #aheadMs: () => number;
  readonly #onListening: (port: number) => void;
  readonly #onChange: () => void;
  #running: Running | undefined;
  #state: PanelBot['state'] = 'stopped';
  #starts = 0;
  #lastEvent = 'not started yet';

  constructor(options: {
    readonly settings: Readonly<Record<string, string>>;
    /** Where its JSON lines are written; restarts append. */
    readonly logFile: string;
    /** The offset of the playground's clock from the machine's, in milliseconds. */
    readonly aheadMs: () => number;
    /** Called with the port of each new process. */
    readonly onListening: (port: number) => void;
    readonly onChange: () => void;
  }) {
    this.#settings = options.settings;
    this.#log = createWriteStream(options.logFile);
    this.#aheadMs = options.aheadMs;
    this.#onListening = options.onListening;
    this.#onChange = options.onChange;
  }

  get view(): PanelBot {
    const pid = this.#running?.child.pid ?? null;
    return { state: this.#state, pid, starts: this.#starts, last: this.#lastEvent };
  }

  /** Resolves when the bot listens; immediately if it is running. @throws {Error} when it exits first */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const child = spawnShiftedBot(this.#settings, this.#aheadMs());
    child.stderr.pipe(process.stderr);
    child.stdout.pipe(this.#log, { end: false });
    // Not `exit`: output may still arrive after it.
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    this.#running = { child, ended };
    this.#starts += 1;
    this.#setState('starting', 'starting');
    void ended.then((code) => this.#onExit(child, code));
    const port = await Promise.race([
      portFrom(child.stdout),
      ended.then((code) => {
        throw new Error(`The bot exited with code ${code} before it was ready.`);
      }),
    ]);
    this.#onListening(port);
    this.#setState('running', this.#starts === 1 ? 'started' : 'started again');
  }

  /** SIGKILL: the bot has no chance to finish anything. */
  async kill(): Promise<void> {
    await this.#endWith('SIGKILL');
  }

  /** SIGTERM: the bot finishes what is in flight. */
  async stop(): Promise<void> {
    await this.#endWith('SIGTERM');
  }

  /** Sends the bot its new clock offset; resolves when the jobs that became due are done, or after 30 seconds. */
  async move(): Promise<void> {
    const running = this.#running;
    if (running === undefined || this.#state !== 'running') return;
    const timeout = new AbortController();
    const done = new Promise<void>((resolve) => running.child.once('message', () => resolve()));
    // The send fails when the bot is killed meanwhile.
    running.child.send({ aheadMs: this.#aheadMs() }, () => {});
    const timedOut = delay(JOBS_TIMEOUT_MS, undefined, { signal: timeout.signal }).catch(() => {});
    await Promise.race([done, running.ended, timedOut]);
    timeout.abort();
  }

  async #endWith(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.child.kill(signal);
    await running.ended;
  }

  #onExit(child: Child, code: number | null): void {
    if (this.#running?.child === child) this.#running = undefined;
    this.#setState('stopped', code === null ? `killed (${child.signalCode})` : `exited with code ${code}`);
  }

  #setState(state: PanelBot['state'], lastEvent: string): void {
    this.#state = state;
    this.#lastEvent = lastEvent;
    this.#onChange();
  }
}
