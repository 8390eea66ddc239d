import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const ROOT = join(import.meta.dirname, '../..');
/** Milliseconds until the address counts as missing: a loaded machine takes its time. */
const ADDRESS_WITHIN = 30_000;

/** The playground as its visitor starts it: a process of its own, and the bot below it. */
export class PlaygroundProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves with the exit code once everybody who could say something is gone; null: ended by a signal. */
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  /** @param command what runs it; the arguments of the playground come last */
  constructor(args: readonly string[], command: readonly [string, ...string[]] = PLAYGROUND) {
    const [program, ...before] = command;
    this.#child = spawn(program, [...before, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that nothing of it can be left behind.
      detached: true,
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Of the process started here: the playground, or the npm that runs it. */
  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the playground could not be started');
    return pid;
  }

  /** Where its page is, as it says itself. @throws {Error} when it ends or stays silent instead */
  async address(): Promise<string> {
    const late = AbortSignal.timeout(ADDRESS_WITHIN);
    const gone = this.ended.then((code) => `it ended with code ${code}`);
    for (;;) {
      const [, address] = /qs-creds playground: (http:\S+)/.exec(this.stdout) ?? [];
      if (address !== undefined) return address;
      const why = await Promise.race([this.#said(late), gone]);
      if (why !== undefined) throw new Error(`no address: ${why}\n${this.stdout}${this.stderr}`);
    }
  }

  /** Waits for the next words; resolves with a reason when there were none in time. */
  #said(late: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#child.stdout.once('data', () => resolve(undefined));
      late.addEventListener('abort', () => resolve('it said nothing in time'), { once: true });
    });
  }

  /** Sends a signal to the process started here, and to it alone. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /** Ends whatever is left of it, the hard way; true when something was. */
  clear(): boolean {
    try {
      return process.kill(-this.pid, 'SIGKILL');
    } catch {
      return false;
    }
  }
}

const PLAYGROUND = [process.execPath, '--import', './tools/require-node24.js', 'playground/main.ts'] as const;
