import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const ROOT = join(import.meta.dirname, '..');

/** The real bot as a process of its own: the same entry point and the same settings as in production. */
export interface BotProcess {
  readonly port: number;
  /** SIGTERM, then waits for the end. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Runs `src/main.ts` of `root`, as `npm start` does, with nothing in its environment but these settings. */
export function spawnBot(
  settings: Readonly<Record<string, string>>,
  root = ROOT,
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--import', './tools/require-node24.js', 'src/main.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Starts the bot. Its JSON lines go to `logFile`, what it says of a failed start to our stderr.
 * @throws {Error} when it ends before it serves
 */
export async function startBotProcess(
  settings: Readonly<Record<string, string>>,
  logFile: string,
): Promise<BotProcess> {
  const child = spawnBot(settings);
  child.stderr.pipe(process.stderr);
  child.stdout.pipe(createWriteStream(logFile));
  // Not `exit`, after which its last words may still be on their way.
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const port = await Promise.race([
    portFrom(child.stdout),
    ended.then((code) => {
      throw new Error(`The bot ended at once with code ${code}; its log is ${logFile}.`);
    }),
  ]);
  return {
    port,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** The bot says in its log where it listens. */
async function portFrom(stdout: Readable): Promise<number> {
  for await (const line of createInterface({ input: stdout })) {
    const { port } = JSON.parse(line) as { port?: number };
    if (port !== undefined) return port;
  }
  return new Promise(() => {});
}
