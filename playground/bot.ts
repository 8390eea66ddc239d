import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');

/** The real bot as a process of its own: the same entry point and the same settings as in production. */
export interface BotProcess {
  readonly port: number;
  /** SIGTERM, then waits for the end. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts `src/main.ts` with nothing in its environment but these settings. Its JSON lines go to `logFile`, what it
 * says of a failed start to our stderr. @throws {Error} when it ends before it serves
 */
export async function startBotProcess(
  settings: Readonly<Record<string, string>>,
  logFile: string,
): Promise<BotProcess> {
  const child = spawn(process.execPath, ['--import', './tools/require-node24.js', 'src/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.pipe(createWriteStream(logFile));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const port = await Promise.race([
    portFrom(child),
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
async function portFrom(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('The bot has no output.');
  for await (const line of createInterface({ input: child.stdout })) {
    const { port } = JSON.parse(line) as { port?: number };
    if (port !== undefined) return port;
  }
  return new Promise(() => {});
}
