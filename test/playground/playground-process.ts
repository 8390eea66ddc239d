import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const ROOT = join(import.meta.dirname, '../..');
/** How long to wait for the address, in milliseconds; generous for loaded machines. */
const ADDRESS_TIMEOUT_MS = 30_000;

/** The playground as a user starts it: its process, and the bot's as a child. */
export class PlaygroundProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves with the exit code when all output is closed; null after a signal. */
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  /** @param command the command to run; the playground's arguments are appended */
  constructor(args: readonly string[], command: readonly [string, ...string[]] = PLAYGROUND) {
    const [program, ...before] = command;
    this.#child = spawn(program, [...before, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that `clear` can kill all of it.
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

  /** The id of the started process: the playground, or the npm that runs it. */
  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the playground could not be started');
    return pid;
  }

  /** The page's address, from the output. @throws {Error} when the process ends first or prints none in time */
  async address(): Promise<string> {
    const late = AbortSignal.timeout(ADDRESS_TIMEOUT_MS);
    const gone = this.ended.then((code) => `it ended with code ${code}`);
    for (;;) {
      const [, address] = /qs-creds playground: (http:\S+)/.exec(this.stdout) ?? [];
      if (address !== undefined) return address;
      const why = await Promise.race([this.#nextOutput(late), gone]);
      if (why !== undefined) throw new Error(`no address: ${why}\n${this.stdout}${this.stderr}`);
    }
  }

  /** Waits for output; resolves with a reason when there is none in time. */
  #nextOutput(late: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#child.stdout.once('data', () => resolve(undefined));
      late.addEventListener('abort', () => resolve('it printed nothing in time'), { once: true });
    });
  }

  /** Sends a signal to the started process only. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /** Kills all remaining processes; whether there were any. */
  clear(): boolean {
    try {
      return process.kill(-this.pid, 'SIGKILL');
    } catch {
      return false;
    }
  }
}

const PLAYGROUND = [process.execPath, '--import', './tools/require-node24.js', 'playground/main.ts'] as const;
