import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const ROOT = join(import.meta.dirname, '../..');

type Settings = Readonly<Record<string, string>>;

/** How `npm start` limits V8's memory. */
export const V8_FLAGS = ['--max-semi-space-size=2'];

/** Runs `src/main.ts` of `root` as `npm start` does; its environment holds these settings and PATH only. */
export function spawnBot(settings: Settings, root = ROOT): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [...V8_FLAGS, '--import', './tools/require-node24.js', 'src/main.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the same bot on a clock `aheadMs` milliseconds ahead of the machine's; messages to it change the offset. */
export function spawnShiftedBot(settings: Settings, aheadMs: number) {
  const entry = ['--import', './tools/require-node24.js', 'playground/bot/main.ts', String(aheadMs)];
  return spawn(process.execPath, entry, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  }) as ChildProcessByStdio<null, Readable, Readable>;
}

/** The port the bot logs when it listens. Never resolves when the bot exits before that. */
export async function portFrom(stdout: Readable): Promise<number> {
  for await (const line of createInterface({ input: stdout })) {
    const { port } = JSON.parse(line) as { port?: number };
    if (port !== undefined) return port;
  }
  return new Promise(() => {});
}
